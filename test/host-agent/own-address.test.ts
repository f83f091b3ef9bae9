import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { addressOf, ownAddress } from '../../src/lib/host-agent/own-address.ts'
import { parsePrefix } from '../../src/lib/parse/address.ts'

const none = { given: undefined, within: undefined, towards: undefined }
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

test('an address that is given is the agent, whether this host has it or not', async () => {
  assert.deepEqual(await ownAddress({ ...none, given: '192.0.2.77' }), { type: 1, bytes: Uint8Array.of(192, 0, 2, 77) })
  const v6 = await ownAddress({ ...none, given: '2001:db8::1' })
  assert.deepEqual([v6.type, Buffer.from(v6.bytes).toString('hex')], [2, '20010db8000000000000000000000001'])
})

test('an interface stands for its address', async () => {
  assert.deepEqual(await ownAddress({ ...none, given: 'lo' }), { type: 1, bytes: Uint8Array.of(127, 0, 0, 1) })
  await assert.rejects(ownAddress({ ...none, given: 'eth77' }), {
    name: InputError.name,
    message: '--agent eth77 is no address, and no interface that has one.',
  })
})

test('the address that leads to the collector', async () => {
  assert.deepEqual(await ownAddress({ ...none, towards: '127.0.0.9' }), {
    type: 1,
    bytes: Uint8Array.of(127, 0, 0, 1),
  })
})

test('over IPv6 too', { skip: !hasIpv6 && 'no IPv6 here' }, async () => {
  const { type, bytes } = await ownAddress({ ...none, towards: '::1' })
  assert.deepEqual([type, bytes[15]], [2, 1])
})

test('without a collector it is an address all the same, never 0.0.0.0', async () => {
  const { type, bytes } = await ownAddress(none)
  assert.ok(type === 1 || type === 2)
  assert.ok(bytes.some((byte) => byte !== 0))
})

test('none within agent.cidr is an error', async () => {
  await assert.rejects(ownAddress({ ...none, within: parsePrefix('198.51.100.0/24', 'x') }), InputError)
})

test('words become bytes, IPv4 in four', () => {
  assert.deepEqual(addressOf([0, 0, 0xffff, 0x0a000001]), { type: 1, bytes: Uint8Array.of(10, 0, 0, 1) })
})
