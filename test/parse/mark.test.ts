import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseMark } from '../../src/lib/parse/mark.ts'
import { parseWholeName } from '../../src/lib/parse/whole-name.ts'

test('marks', () => {
  assert.deepEqual(parseMark('16', '--mark'), { value: 16, mask: 0xffffffff })
  assert.deepEqual(parseMark(' 0xFFffffff ', '--mark'), { value: 0xffffffff, mask: 0xffffffff })
  assert.deepEqual(parseMark('0x10/0xff', '--mark'), { value: 16, mask: 255 })
  assert.deepEqual(parseMark('0x80000000/0xf0000000', '--mark'), { value: 0x80000000, mask: 0xf0000000 })
  assert.deepEqual(parseMark('0/0', '--mark'), { value: 0, mask: 0 })
  for (const text of ['', 'x', '-1', '1/', '/1', '4294967296', '0x100000000', '1/2/3', '0x11/0xf0']) {
    assert.throws(
      () => parseMark(text, '--mark'),
      (error) => error instanceof InputError && error.message.startsWith(`--mark "${text}"`),
    )
  }
})

test('patterns of whole names', () => {
  const { pattern, text } = parseWholeName(' ip_.*|tcp_v4_rcv', '--func')
  assert.equal(text, 'ip_.*|tcp_v4_rcv')
  for (const name of ['ip_rcv', 'tcp_v4_rcv']) assert.ok(pattern.test(name), name)
  for (const name of ['__ip_local_out', 'tcp_v4_rcv_x', 'skip_rcv']) assert.ok(!pattern.test(name), name)
  assert.throws(
    () => parseWholeName('ip_(', '--func'),
    (error) =>
      error instanceof InputError && /^--func "ip_\(" is not understood.*Unterminated group/.test(error.message),
  )
})
