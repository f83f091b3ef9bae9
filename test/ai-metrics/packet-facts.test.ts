// What is read of sampled RoCE packets, byte for byte.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PacketFacts } from '../../src/lib/ai-metrics/packet-facts.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import type { DecodedRecord } from '../../src/lib/sflow/datagram.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { ethernet, ipv4, join, udp } from '../helpers/capture-bytes.ts'
import { bytes, datagram, flow, header, record } from '../helpers/cards.ts'

/** Facts of one sample with these records. */
function read(records: DecodedRecord[], trimDscp = 11): PacketFacts {
  const sent = datagram([flow(records)])
  const walker = new Walker((issue) => assert.fail(issue.problem))
  assert.ok(walker.open(sent, new DataView(sent.buffer, sent.byteOffset), 0, sent.length))
  assert.ok(walker.nextSample())
  const view = new SampleView(walker)
  view.startDatagram(1_767_225_600, 250_000_000, new Uint32Array(4), 0)
  view.startSample()
  const facts = new PacketFacts(trimDscp)
  facts.read(view)
  facts.addresses(view)
  return facts
}

/** BTH of an opcode to QP 0x000123 with PSN 0x00abcd, and what follows. */
const bth = (opcode: string, rest = '', flags = '40') => `${opcode} ${flags} ffff 00 000123 80 00abcd ${rest}`
const reth = '0000000000000000 00000000 00008000'
const aeth = (syndrome: string) => `${syndrome} 000007`

/** RoCEv2 over IPv4 with this TOS. */
function roce(text: string, tos = 0): Uint8Array {
  const packet = ipv4(udp(text.replaceAll(' ', ''), 4791))
  packet[1] = tos
  return ethernet(0x0800, packet)
}

const facts = (frame: Uint8Array, kept = frame.length) => read([header(frame.subarray(0, kept), frame.length + 4)])

test('opcodes: what is behind them, and what they mean', () => {
  for (const [text, dma, syndrome, isStart] of [
    [bth('00'), -1, -1, true],
    [bth('01'), -1, -1, false],
    [bth('04'), -1, -1, true],
    [bth('06', reth), 32_768, -1, true],
    [bth('07', reth), -1, -1, false],
    [bth('08'), -1, -1, false],
    [bth('0a', reth), 32_768, -1, true],
    [bth('0b', `${reth} 00000001`), 32_768, -1, true],
    [bth('0c', reth), 32_768, -1, true],
    [bth('0d', aeth('1f')), -1, 0x1f, false],
    [bth('0e'), -1, -1, false],
    [bth('11', aeth('07')), -1, 7, false],
    [bth('11', aeth('60')), -1, 0x60, false],
    [bth('11', aeth('2a')), -1, 0x2a, false],
    [bth('13', '00'.repeat(28)), -1, -1, true],
    [bth('2a', reth), 32_768, -1, true],
    // XRC has XRCETH in front, UD and RD a DETH.
    [bth('aa', `00000009 ${reth}`), 32_768, -1, true],
    [bth('64', '0000000100000002'), -1, -1, true],
  ] as const) {
    const found = facts(roce(`${text} 00000000`))
    const opcode = Number.parseInt(text.slice(0, 2), 16)
    assert.deepEqual(
      [found.opcode, found.dma, found.syndrome, (found.meaning & 1) === 1, found.qp, found.psn, found.cutBehindBth],
      [opcode, dma, syndrome, isStart, 0x123, 0xabcd, false],
      text,
    )
  }
})

test('a CNP has SE and M 0; any other form is told apart', () => {
  const reserved = '00'.repeat(16)
  assert.deepEqual(
    [facts(roce(bth('81', reserved, '00'))).opcode, facts(roce(bth('81', reserved, '00'))).plain],
    [0x81, true],
  )
  assert.equal(facts(roce(bth('81', reserved, '40'))).plain, false)
  assert.equal(facts(roce(bth('81', reserved, '80'))).plain, false)
})

test('marks and DSCP are those of any IP header', () => {
  for (const [tos, ce, trimmed] of [
    [0, false, false],
    [1, false, false],
    [2, false, false],
    [3, true, false],
    [11 << 2, false, true],
    [(11 << 2) | 3, true, true],
  ] as const) {
    const found = facts(roce(bth('07'), tos))
    assert.deepEqual([found.ce, found.trimmed], [ce, trimmed], `${tos}`)
  }
  // Traffic class 0x2f of IPv6: DSCP 11, CE.
  const inner = udp(bth('07').replaceAll(' ', ''), 4791)
  const address = '20010db8000000000000000000000001'
  const ipv6 = join('62f00000', new Uint8Array([0, inner.length]), '1140', address, address.replace(/1$/, '2'), inner)
  const found = facts(ethernet(0x86dd, ipv6))
  assert.deepEqual([found.opcode, found.ce, found.trimmed], [7, true, true])
  assert.deepEqual([...found.destination], [0x20010db8, 0, 0, 2])
})

test('behind VLAN tags, in VXLAN, as RoCEv1', () => {
  const packet = ipv4(udp(bth('07').replaceAll(' ', ''), 4791))
  assert.equal(facts(ethernet(0x0800, packet, '8100000a')).opcode, 7)
  const tunnel = ethernet(0x0800, ipv4(udp(join('0800000000000100', ethernet(0x0800, packet)), 4789)))
  assert.equal(facts(tunnel).opcode, 7)
  // A mark that a switch makes is in the outer header.
  tunnel[15] = 3
  assert.equal(facts(tunnel).ce, true)
  const gid = (last: string) => `00000000000000000000ffff0a0000${last}`
  const v1 = ethernet(0x8915, join('60000000', '0010', '1b40', gid('01'), gid('02'), bth('04')))
  const found = facts(v1)
  assert.deepEqual([found.opcode, [...found.destination]], [4, [0, 0, 0xffff, 0x0a000002]])
})

test('what is cut is told, not taken for something else', () => {
  const frame = roce(bth('06', reth))
  const upTo = 14 + 20 + 8
  const at = (kept: number) => {
    const found = facts(frame, kept)
    return [found.opcode, found.dma, found.cutBeforeBth, found.cutBehindBth]
  }
  assert.deepEqual(at(upTo), [-1, -1, true, false])
  assert.deepEqual(at(upTo + 11), [-1, -1, true, false])
  assert.deepEqual(at(upTo + 12), [6, -1, false, true])
  assert.deepEqual(at(upTo + 27), [6, -1, false, true])
  assert.deepEqual(at(upTo + 28), [6, 32_768, false, false])
  const ack = roce(bth('11', aeth('07')))
  assert.deepEqual([facts(ack, upTo + 12).cutBehindBth, facts(ack, upTo + 12).syndrome], [true, -1])
})

test('what is no RoCE: another port, no header at all', () => {
  const found = facts(ethernet(0x0800, ipv4(udp('06400000000001230000000000000000', 4790))))
  assert.deepEqual([found.opcode, found.cutBeforeBth, found.frame], [-1, false, 14 + 20 + 8 + 16 + 4])
  const ethernetOnly = read([
    record(2, 'sampled_ethernet', {
      length: 1500,
      src_mac: bytes('020000000001'),
      dst_mac: bytes('020000000002'),
      type: 0x0800,
    }),
  ])
  assert.deepEqual([ethernetOnly.opcode, ethernetOnly.frame], [-1, 1500])
  assert.equal(read([]).frame, -1)
})

test('the time of a sample is that of its stamp, where it is near', () => {
  const sent = datagram([flow([record(1043, 'extended_timestamp', { nanoseconds: 1_767_225_599_750_000_000n })])])
  const walker = new Walker(() => assert.fail())
  walker.open(sent, new DataView(sent.buffer, sent.byteOffset), 0, sent.length)
  walker.nextSample()
  const view = new SampleView(walker)
  view.startDatagram(1_767_225_600, 250_000_000, new Uint32Array(4), 0)
  view.startSample()
  assert.equal(new PacketFacts(-1).timeMs(view), 1_767_225_599_750)
  assert.equal(new PacketFacts(-1).clockMs(view), 1_767_225_599_750)
  view.startDatagram(1_767_300_000, 0, new Uint32Array(4), 0)
  assert.equal(new PacketFacts(-1).clockMs(view), 1_767_300_000_000)
})
