// Error numbers in words.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errnoMessage, errnoName, SystemCallError } from '../../src/lib/sys/errno.ts'

const linux = { skip: process.platform === 'linux' ? false : 'numbers of Linux' }

test('names of Linux', linux, () => {
  const want: readonly (readonly [number, string])[] = [
    [1, 'EPERM'],
    [11, 'EAGAIN'],
    [13, 'EACCES'],
    [98, 'EADDRINUSE'],
    [99, 'EADDRNOTAVAIL'],
    [105, 'ENOBUFS'],
    [111, 'ECONNREFUSED'],
    // No libuv error, so from the other table.
    [62, 'ETIME'],
    // Of the kernel only.
    [524, 'ENOTSUPP'],
    [4711, 'errno 4711'],
  ]
  assert.deepEqual(
    want.map(([number]) => [number, errnoName(number)]),
    want,
  )
})

test('sentences, and the error of a call', linux, () => {
  assert.equal(errnoMessage(98), 'address already in use')
  assert.equal(errnoMessage(4711), 'errno 4711')
  const error = new SystemCallError('bind', 98)
  assert.deepEqual(
    [error.message, error.code, error.errno],
    ['bind: address already in use (EADDRINUSE)', 'EADDRINUSE', 98],
  )
})
