// Where a server listens, as text.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { isServeAddress, parseServeAddress } from '../../src/lib/parse/serve-address.ts'

test('addresses', () => {
  const table: [text: string, host: string, port: number][] = [
    ['8008', '127.0.0.1', 8008],
    [' 8008 ', '127.0.0.1', 8008],
    ['0', '127.0.0.1', 0],
    ['65535', '127.0.0.1', 65_535],
    ['0.0.0.0:8008', '0.0.0.0', 8008],
    ['192.0.2.1:1', '192.0.2.1', 1],
    ['[::]:8008', '::', 8008],
    ['[::1]:9', '::1', 9],
    ['localhost:8008', '127.0.0.1', 8008],
    ['LOCALHOST:0', '127.0.0.1', 0],
  ]
  for (const [text, host, port] of table) {
    assert.deepEqual(parseServeAddress(text, '--serve'), { host, port }, text)
    assert.equal(isServeAddress(text), true, text)
  }
})

test('what is none, and what to give instead', () => {
  const table: [text: string, words: RegExp][] = [
    ['', /Give PORT or ADDR:PORT/],
    ['x', /Give PORT or ADDR:PORT/],
    ['65536', /The largest port is 65535/],
    ['123456', /Give PORT/],
    [':8008', /For all addresses of this machine: 0\.0\.0\.0:8008, or \[::\]:8008\./],
    ['*:8008', /For all addresses/],
    ['host.example:8008', /A name is not looked up here/],
    ['::1:8008', /Give PORT/],
    ['[127.0.0.1]:8008', /Give PORT/],
    ['256.0.0.1:8008', /Give PORT/],
    ['0.0.0.0:', /Give PORT/],
    ['-1', /Give PORT/],
    ['http://127.0.0.1:8008', /Give PORT/],
  ]
  for (const [text, words] of table) {
    assert.throws(
      () => parseServeAddress(text, '--serve'),
      (error) => error instanceof InputError && words.test(error.message) && error.message.includes(`"${text}"`),
      text,
    )
  }
})
