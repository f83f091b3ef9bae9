// A pcap-filter expression asked of samples: which headers, of which protocols, and what is told of those without.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPacketFilter, type PacketChoice, type PacketFilter } from '../../src/lib/print/packet-filter.ts'
import type { Sample } from '../../src/lib/sflow/datagram.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { bytes, counters, datagram, flow, header, record } from '../helpers/cards.ts'
import { aclDiscard, ifCounters, oneBadOfSeven, synPacket } from '../helpers/sflow-captures.ts'

/** IPv4, UDP to port 53, without a link header. */
const dns = bytes('4500001c 0000 4000 4011 0000 c0000201 c6336402 9c40 0035 0008 0000')
const dnsFrame = bytes(`020000000001 020000000002 0800 ${Buffer.from(dns).toString('hex')}`)
const ppp = bytes(`ff03 0021 ${Buffer.from(dns).toString('hex')}`)
const dns6 = bytes(
  `60000000 0008 11 40 ${'20010db8'.padEnd(32, '0')} ${'20010db8'.padEnd(31, '0')}1 9c40 0035 0008 0000`,
)

const open = (text: string, more: Partial<PacketChoice> = {}): PacketFilter => openPacketFilter({ text, ...more })

/** Whether each sample of a datagram passes, and what was told of its bytes. */
function ask(filter: PacketFilter, whole: Uint8Array): { passed: boolean[]; issues: string[] } {
  const issues: string[] = []
  const walker = new Walker(({ where, problem }) => issues.push(`${where}: ${problem}`))
  const passed: boolean[] = []
  walker.open(whole, new DataView(whole.buffer, whole.byteOffset, whole.length), 0, whole.length)
  while (walker.nextSample()) passed.push(filter.passes(walker))
  return { passed, issues }
}

const passes = (text: string, ...samples: Sample[]): boolean[] => ask(open(text), datagram(samples)).passed

describe('headers', () => {
  test('of flow samples and of discards', () => {
    assert.deepEqual(passes('tcp port https', flow([header(synPacket)]), aclDiscard), [true, true])
    assert.deepEqual(passes('udp', flow([header(synPacket)]), flow([header(dnsFrame)]), aclDiscard), [
      false,
      true,
      false,
    ])
  })

  test('each header protocol by its link type', () => {
    const samples = [
      flow([header(dnsFrame, dnsFrame.length + 4, 1)]),
      flow([header(ppp, ppp.length + 4, 7)]),
      flow([header(dns, dns.length + 4, 11)]),
      flow([header(dns6, dns6.length + 4, 12)]),
    ]
    assert.deepEqual(passes('udp port 53', ...samples), [true, true, true, true])
    assert.deepEqual(passes('ip and udp port 53', ...samples), [true, true, true, false])
    assert.deepEqual(passes('ip6', ...samples), [false, false, false, true])
  })

  test('one of several is enough, and one that can not be read is passed over', () => {
    const two = flow([header(synPacket), header(dnsFrame)])
    assert.deepEqual(passes('udp', two), [true])
    assert.deepEqual(passes('icmp', two), [false])
  })

  test('bytes that were not captured are out of reach', () => {
    const short = flow([header(synPacket.subarray(0, 36), synPacket.length + 4)])
    assert.deepEqual(passes('tcp', short), [true])
    assert.deepEqual(passes('tcp dst port 443', short), [false])
    assert.deepEqual(passes('not tcp dst port 443', short), [false])
  })

  test("the length is the packet's, without what was stripped", () => {
    const long = flow([header(synPacket, 1504)])
    assert.deepEqual(passes('len = 1500', long), [true])
    assert.deepEqual(passes('less 100', long), [false])
    assert.deepEqual(passes('greater 1500', long), [true])
  })
})

describe('what can not be asked', () => {
  test('counter samples and samples without a header', () => {
    const filter = open('not tcp')
    const ipv4 = record(3, 'sampled_ipv4', {
      length: 40,
      protocol: 17,
      src_ip: bytes('c0000201'),
      dst_ip: bytes('c0000202'),
      src_port: 1,
      dst_port: 2,
      tcp_flags: 0,
      tos: 0,
    })
    const { passed, issues } = ask(
      filter,
      datagram([counters(1, [ifCounters(1)]), flow([]), flow([ipv4]), flow([header(dnsFrame)])]),
    )
    assert.deepEqual(passed, [false, false, false, true])
    assert.deepEqual(issues, [])
    assert.deepEqual(filter.notes(), ["3 of 4 samples have no packet header: the filter 'not tcp' leaves them out."])
  })

  test('header protocols without a link type, and links of which it means nothing', () => {
    const filter = open('ether host 02:00:00:00:00:01')
    const { passed } = ask(
      filter,
      datagram([
        flow([header(dnsFrame)]),
        flow([header(ppp, ppp.length, 7)]),
        flow([header(ppp, ppp.length, 7)]),
        flow([header(dns, dns.length, 2)]),
        flow([header(dns, dns.length, 0xffffffff)]),
      ]),
    )
    assert.deepEqual(passed, [true, false, false, false, false])
    const end = "left out: no header of that kind can pass the filter 'ether host 02:00:00:00:00:01'."
    assert.deepEqual(filter.notes(), [
      `1 header of ISO88024-TOKENBUS is ${end}`,
      `2 headers of PPP are ${end}`,
      `1 header of an unknown protocol is ${end}`,
    ])
  })

  test('a header that says more bytes than it has is told, once, and does not match', () => {
    const { passed, issues } = ask(open('tcp'), oneBadOfSeven())
    assert.deepEqual(passed, [true, true, true, false, true, true, true])
    assert.deepEqual(issues, ['samples[3].flow_records[0] sampled_header (0:1): header claims 400 bytes, 56 left'])
  })
})

describe('errors', () => {
  test('the place is shown; a first word that may be a file is told as both', () => {
    assert.throws(() => open('tcp prt 80'), /^InputError: the filter is wrong: 'prt' does not fit here/)
    assert.throws(
      () => open('x.pcap', { perhapsFile: 'x.pcap' }),
      /^InputError: There is no file 'x\.pcap', and as a filter it is wrong: 'x\.pcap' does not fit here/,
    )
    assert.throws(
      () => open('x.pcap tcp', { perhapsFile: 'x.pcap' }),
      /^InputError: There is no file 'x\.pcap', and as a filter 'x\.pcap tcp' it is wrong: /,
    )
    assert.throws(
      () => open('tcp y.pcap', { lateFile: 'y.pcap' }),
      (error) =>
        (error as { nextSteps: string[] }).nextSteps[0] === "Files come before the filter, and 'y.pcap' is one.",
    )
  })
})
