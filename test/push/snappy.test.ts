import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compressSnappy } from '../../src/lib/push/snappy.ts'
import { unsnappy } from './unsnappy.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('blocks by hand: a length, literals (tag 0) and copies (tag 2)', () => {
  for (const [text, block] of [
    ['', '00'],
    ['abc', '0308616263'],
    // 20: literal of 1, copy of 19 from 1 back.
    ['aaaaaaaaaaaaaaaaaaaa', '1400614a0100'],
    // 70: literal of 1, copies of 64 and 5 from 1 back.
    ['a'.repeat(70), '460061fe0100120100'],
    // 8: literal of 4, copy of 4 from 4 back.
    ['abcdabcd', '080c616263640e0400'],
  ] as const) {
    assert.equal(hex(compressSnappy(Buffer.from(text))), block, text)
  }
})

test('a literal of 61 bytes and more says its length in two bytes', () => {
  const bytes = Uint8Array.from({ length: 61 }, (_, i) => i)
  assert.equal(hex(compressSnappy(bytes)), `3df43c00${hex(bytes)}`)
})

test('whatever the bytes, they come back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 90 }), fc.constant(Buffer.from('sflow_ai_bps')))),
      (parts) => {
        const bytes = Buffer.concat(parts)
        assert.deepEqual(unsnappy(compressSnappy(bytes)), Uint8Array.from(bytes))
      },
    ),
  )
})

test('what is larger than a copy reaches, and what does not compress', () => {
  let state = 1
  const noise = Uint8Array.from({ length: 200_000 }, () => {
    state = Math.imul(state, 1103515245) + 12345
    return state >>> 16
  })
  const far = Buffer.concat([noise.subarray(0, 70_000), noise.subarray(0, 70_000)])
  for (const bytes of [noise, far]) {
    const block = compressSnappy(bytes)
    assert.ok(block.length < bytes.length + 40)
    assert.equal(hex(unsnappy(block)), hex(bytes))
  }
})
