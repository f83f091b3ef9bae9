import assert from 'node:assert/strict'
import { readFileSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { BugError, EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { formatFailure } from '../../src/lib/ui/failure.ts'

const tell = (error: unknown): ReturnType<typeof formatFailure> => formatFailure(error, coloursOfLevel(0), 'sonde/1')

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('the input: message, next steps, 2', () => {
  assert.deepEqual(tell(new InputError('x.pcap is empty.', ['Give another.', 'Or none.'])), {
    text: 'x.pcap is empty.\n  Give another.\n  Or none.',
    exitCode: 2,
  })
})
test('the environment: 5', () =>
  assert.deepEqual(tell(new EnvironmentError('Port in use.')), { text: 'Port in use.', exitCode: 5 }))
test('names from outside are escaped', () =>
  assert.equal(tell(new InputError('a\u001b[2Jb is empty.')).text, 'a\\x1b[2Jb is empty.'))
test('names from outside are escaped in next steps, too', () =>
  assert.equal(
    tell(new InputError('x', ['Known: \u001b]0;y\u0007.\nAnd this.'])).text,
    'x\n  Known: \\x1b]0;y\\x07.\nAnd this.',
  ))
test('a closed pipe is a normal end', () => {
  assert.deepEqual(tell(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })), {
    text: '',
    exitCode: 0,
  })
})
test('a missing file: 2', () => {
  assert.deepEqual(tell(thrownBy(() => readFileSync('/no/such.pcap'))), {
    text: '/no/such.pcap does not exist.',
    exitCode: 2,
  })
})
test('a full disk: 5', () => {
  const error = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
  assert.deepEqual(tell(error), { text: 'The output has no space left.', exitCode: 5 })
})
test('a system error that nobody expects is ours: 70', () => {
  assert.equal(tell(thrownBy(() => writeSync(-1 >>> 1, 'x'))).exitCode, 70)
})
test('ours: stack, cause, how to report, 70', () => {
  const { text, exitCode } = tell(new BugError('The table is empty.', { cause: new Error('inner') }))
  assert.equal(exitCode, 70)
  assert.match(
    text,
    /^This is a mistake in sonde, not in your input\. The table is empty\.\n {2}BugError: The table is empty\.\n {6}at /,
  )
  assert.match(text, /Caused by Error: inner/)
  assert.match(text, /Please report it with these lines \(sonde\/1\) and, if you may, with the input\.$/)
})
test('what is thrown need not be an error', () => assert.equal(tell('oops').exitCode, 70))
