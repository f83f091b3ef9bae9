import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusedSenders } from '../../src/lib/source/udp-allow.ts'

test('the first three senders that are refused are named, the others are others', () => {
  const refused = new RefusedSenders()
  const add = (...words: number[]) => refused.add(Uint32Array.from([9, ...words]), 1)
  assert.deepEqual(refused.names(), [])
  add(0, 0, 0xffff, 0xc0000201)
  add(0x20010db8, 0, 0, 1)
  add(0, 0, 0xffff, 0xc0000201)
  add(0, 0, 0xffff, 0xc0000202)
  assert.deepEqual(refused.names(), ['192.0.2.1', '2001:db8::1', '192.0.2.2'])
  add(0, 0, 0xffff, 0xc0000203)
  add(0, 0, 0xffff, 0xc0000204)
  assert.deepEqual(refused.names(), ['192.0.2.1', '2001:db8::1', '192.0.2.2', 'others'])
})
