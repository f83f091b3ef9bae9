// Owns small captures of sFlow datagrams for tests of the program: made in memory or as files, byte for byte known.

import type { DiscardedPacket, Sample } from '../../src/lib/sflow/datagram.ts'
import { ethernet, ipv4, pcap, udp } from './capture-bytes.ts'
import { bytes, counters, datagram, flow, header, record } from './cards.ts'
import { temporaryFile } from './read-captures.ts'

/** 2026-05-01 12:00:00 UTC. */
export const NOON = 1_777_636_800

/** TCP SYN from 192.0.2.1:40000 to 198.51.100.2:443, 54 bytes. */
export const synPacket = bytes(
  '020000000001 020000000002 0800 4500 0028 0001 0000 4006 0000 c0000201 c6336402' +
    '9c40 01bb 00000001 00000000 5002 1000 0000 0000',
)

const octets = 18_446_744_073_709_551_557n

/** The counters of a port; octets received are a prime near 2^64, so that a rounded number shows. */
export function ifCounters(ifIndex: number) {
  return record(1, 'if_counters', {
    ifIndex,
    ifType: 6,
    ifSpeed: 100_000_000_000n,
    ifDirection: 1,
    ifStatus: 3,
    ifInOctets: octets,
    ifInUcastPkts: 12,
    ifInMulticastPkts: 0,
    ifInBroadcastPkts: 0,
    ifInDiscards: 0,
    ifInErrors: 0,
    ifInUnknownProtos: 0xffffffff,
    ifOutOctets: 9_007_199_254_740_993n,
    ifOutUcastPkts: 0,
    ifOutMulticastPkts: 0,
    ifOutBroadcastPkts: 0,
    ifOutDiscards: 0,
    ifOutErrors: 0,
    ifPromiscuousMode: 0,
  })
}

/** A packet that an ACL (reason 258) dropped between port 3 and nowhere. */
export const aclDiscard: DiscardedPacket = {
  kind: 'discard',
  tag: 5,
  name: 'discarded_packet',
  sequence_number: 1,
  source_id_type: 0,
  source_id_index: 3,
  drops: 0,
  inputifindex: 3,
  outputifindex: 0,
  reason: 258,
  records: [header(synPacket)],
}

export interface Sent {
  readonly datagram: Uint8Array
  readonly sec?: number
  readonly nsec?: number
  readonly port?: number
  /** Last byte of the sender's address 192.0.2.x. */
  readonly from?: number
}

/** A nanosecond pcap of these datagrams. */
export function captureBytes(sent: readonly Sent[]): Uint8Array {
  return pcap(
    sent.map(({ datagram: payload, sec = NOON, nsec = 0, port = 6343, from = 9 }) => ({
      frame: ethernet(0x0800, ipv4(udp(payload, port), { last: from })),
      sec,
      fraction: nsec,
    })),
    { nanoseconds: true },
  )
}

export const captureFile = (sent: readonly Sent[], name = 'sflow.pcap'): string =>
  temporaryFile(captureBytes(sent), name)

/** A datagram a second: a flow sample; a flow sample and counters of port 3; a flow sample and a discard. */
export const threeDatagrams: readonly Sent[] = [
  { datagram: numbered(1), nsec: 123_456_789 },
  { datagram: numbered(2, counters(3, [ifCounters(3)])), sec: NOON + 1 },
  { datagram: numbered(3, aclDiscard), sec: NOON + 2 },
]

/** Datagram and flow sample of this number, with a TCP SYN, and whatever more. */
export function numbered(sequence_number: number, ...more: Sample[]): Uint8Array {
  return datagram([flow([header(synPacket)], { sequence_number }), ...more], { sequence_number })
}

/** A datagram of seven flow samples; the fourth's header record claims 400 bytes where 12 are. */
export function oneBadOfSeven(): Uint8Array {
  const good = (sequence_number: number) => flow([header(synPacket)], { sequence_number })
  const broken = flow(
    [record(1, 'sampled_header', { protocol: 1, frame_length: 64, stripped: 4, header: synPacket })],
    {
      sequence_number: 4,
    },
  )
  const whole = datagram([good(1), good(2), good(3), broken, good(5), good(6), good(7)])
  const view = new DataView(whole.buffer, whole.byteOffset, whole.length)
  // Header of 28 bytes; each sample: tag, length, 32 bytes of head, tag and length of the record, 4 words, 54 + 2 bytes.
  const sample = 8 + 32 + 8 + 16 + 56
  const record4 = 28 + 3 * sample + 8 + 32 + 8
  view.setUint32(record4 + 12, 400)
  return whole
}
