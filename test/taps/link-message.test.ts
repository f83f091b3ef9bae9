import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countersOf,
  countersQuestion,
  linkQuestion,
  readCounters,
  readLink,
} from '../../src/lib/kernel/links/link-message.ts'
import { noise } from '../helpers/noise.ts'

const hex = (text: string) => new DataView(Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex')).buffer)

/** By hand after linux/rtnetlink.h: eth7.100, a VLAN interface above index 3, up and running, promiscuous. */
const vlan = hex(`
  00 00 0100 07000000 43100100 00000000
  0d00 0300 657468372e31303000 000000
  0800 0400 dc050000
  0a00 0100 020000000007 0000
  0800 0500 03000000
  0500 1000 06 000000
  0800 1e00 01000000
  1c00 1280 0900 0100 766c616e00 000000 0c00 0200 0600 0100 6400 0000
  1800 1700 0100000000000000 02000000 00000000 ffffff`)

test('a VLAN interface', () => {
  const { mac, ...rest } = readLink(vlan, 0, vlan.byteLength)!
  assert.deepEqual([...mac], [2, 0, 0, 0, 0, 7])
  assert.deepEqual(rest, {
    index: 7,
    name: 'eth7.100',
    kind: 'vlan',
    hardwareType: 1,
    interfaceType: 135,
    hasEthernet: true,
    mtu: 1500,
    isUp: true,
    isRunning: true,
    isLoopback: false,
    isPromiscuous: true,
    master: 0,
    link: 3,
    vlanId: 100,
  })
})

test('counters; those that a kernel does not tell are 0', () => {
  const message = hex(`
    00 00 0000 07000000 01000000
    2400 0100 0100000000000000 0200000000000000 0000000001000000 ffffffffffffffff`)
  const counters = readCounters(message, 0, message.byteLength)!
  assert.deepEqual(
    [counters.rxPackets, counters.txPackets, counters.rxBytes, counters.txBytes, counters.rxErrors],
    [1n, 2n, 2n ** 32n, 2n ** 64n - 1n, 0n],
  )
  assert.equal(countersOf(message, 0), 7)
  assert.equal(readCounters(hex('00 00 0000 07000000 01000000'), 0, 12), undefined)
})

test('the questions for one interface, and for its counters', () => {
  assert.deepEqual([...linkQuestion(5)], [0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 29, 0, 8, 0, 0, 0])
  assert.deepEqual([...countersQuestion(5)], [0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0])
})

test('messages that are cut or garbage give nothing, or what fits; never an error', () => {
  let found = 0
  for (let end = 0; end < vlan.byteLength; end++) if (readLink(vlan, 0, end) !== undefined) found++
  // From the whole name on.
  assert.equal(found, vlan.byteLength - 29)
  for (const bytes of noise(5000, 400)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    readLink(view, 0, view.byteLength)
    readCounters(view, 0, view.byteLength)
  }
})
