// Addresses as text, outside of the hot path.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressText } from '../../src/lib/wire/address-text.ts'

for (const [words, text] of [
  [[0, 0, 0xffff, 0xc0000201], '192.0.2.1'],
  [[0, 0, 0xffff, 0xffffffff], '255.255.255.255'],
  [[0, 0, 0xffff, 0], '0.0.0.0'],
  [[0, 0, 0, 0], null],
  [[0, 0, 0, 1], '::1'],
  [[0x20010db8, 0, 0, 0xa], '2001:db8::a'],
] as const) {
  test(`${words.map((word) => word.toString(16)).join(' ')} is ${text}`, () => {
    // Behind another one, as in a table.
    assert.equal(addressText(Uint32Array.from([7, 7, 7, 7, 7, ...words]), 5), text)
  })
}
