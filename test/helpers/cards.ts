// Owns making datagrams for tests of cards and summaries, and showing them: samples as objects in, text out.

import type { DecodeIssue } from '../../src/lib/errors.ts'
import { CardFormat, type CardOptions } from '../../src/lib/print/cards/cards.ts'
import type { Datagram, DecodedRecord, FlowSample, Sample } from '../../src/lib/sflow/datagram.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import type { Batch } from '../../src/lib/source/source.ts'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { decodeStyle } from '../../src/lib/ui/decode-style.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'

export const plain = decodeStyle(coloursOfLevel(0))
export const coloured = decodeStyle(coloursOfLevel(1))

/** Bytes of hex text; spaces are for the reader. */
export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** A datagram of agent 192.0.2.9, an hour after its start. */
export function datagram(samples: Sample[], more: Partial<Datagram> = {}): Uint8Array {
  return encodeDatagram({
    agent: { type: 1, bytes: bytes('c0000209') },
    sub_agent_id: 0,
    sequence_number: 7,
    uptime: 3_600_000,
    samples,
    ...more,
  })
}

/** A flow sample number 4711 of port 3, 1 in 1,000, from port 3 to port 7. */
export function flow(records: DecodedRecord[], more: Partial<FlowSample> = {}): Sample {
  return {
    kind: 'flow',
    tag: 1,
    name: 'flow_sample',
    sequence_number: 4711,
    source_id_type: 0,
    source_id_index: 3,
    sampling_rate: 1000,
    sample_pool: 4_711_000,
    drops: 0,
    input_format: 0,
    input_value: 3,
    output_format: 0,
    output_value: 7,
    records,
    ...more,
  }
}

/** A counters sample number 1 of a port. */
export function counters(ifIndex: number, records: DecodedRecord[]): Sample {
  return {
    kind: 'counters',
    tag: 2,
    name: 'counters_sample',
    sequence_number: 1,
    source_id_type: 0,
    source_id_index: ifIndex,
    records,
  }
}

export function record(tag: number, name: string, fields: Record<string, unknown>): DecodedRecord {
  return { tag, name, fields }
}

/** A sampled Ethernet header; the frame is as long as said, else as the header with an FCS stripped. */
export function header(packet: Uint8Array, frameLength = packet.length + 4, protocol = 1): DecodedRecord {
  return record(1, 'sampled_header', { protocol, frame_length: frameLength, stripped: 4, header: packet })
}

/** A batch that says only when its one datagram came: 2026-05-01 12:00:01.123456789 UTC. */
export function arrival(datagramBytes: Uint8Array, sec = 1_777_636_801, nsec = 123_456_789): Batch {
  return {
    bytes: datagramBytes,
    view: new DataView(datagramBytes.buffer, datagramBytes.byteOffset, datagramBytes.length),
    count: 1,
    offset: new Uint32Array(1),
    length: new Uint32Array([datagramBytes.length]),
    wireLength: new Uint32Array([datagramBytes.length]),
    sec: new Uint32Array([sec]),
    nsec: new Uint32Array([nsec]),
    sender: new Uint32Array(4),
    senderPort: new Uint16Array(1),
  }
}

/** A port that should be up and is not, of an agent without some of the counters. */
export const portCounters = record(1, 'if_counters', {
  ifIndex: 3,
  ifType: 6,
  ifSpeed: 100_000_000_000n,
  ifDirection: 1,
  ifStatus: 1,
  ifInOctets: 1_234_567_890_123n,
  ifInUcastPkts: 1_234_567,
  ifInMulticastPkts: 0xffffffff,
  ifInBroadcastPkts: 0,
  ifInDiscards: 51,
  ifInErrors: 0,
  ifInUnknownProtos: 2,
  ifOutOctets: 99n,
  ifOutUcastPkts: 1,
  ifOutMulticastPkts: 0xffffffff,
  ifOutBroadcastPkts: 0,
  ifOutDiscards: 0,
  ifOutErrors: 0,
  ifPromiscuousMode: 1,
})

/** Of the same port, with frames that were damaged. */
export const ethernetCounters = record(2, 'ethernet_counters', {
  dot3StatsAlignmentErrors: 0,
  dot3StatsFCSErrors: 9,
  dot3StatsSingleCollisionFrames: 0,
  dot3StatsMultipleCollisionFrames: 0,
  dot3StatsSQETestErrors: 0,
  dot3StatsDeferredTransmissions: 0,
  dot3StatsLateCollisions: 0,
  dot3StatsExcessiveCollisions: 0,
  dot3StatsInternalMacTransmitErrors: 0,
  dot3StatsCarrierSenseErrors: 0,
  dot3StatsFrameTooLongs: 0,
  dot3StatsInternalMacReceiveErrors: 0,
  dot3StatsSymbolErrors: 0xffffffff,
})

/** Lines as they are expected, without the empty one behind each card. */
export const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/**
 * The cards of these datagrams, and what the walker and the records complained of.
 * @param seconds when they came; else all at the same time
 */
export function cardsOf(
  datagrams: readonly Uint8Array[],
  options: Partial<CardOptions> = {},
  seconds: readonly number[] = [],
): { text: string; issues: DecodeIssue[] } {
  const issues: DecodeIssue[] = []
  const walker = new Walker((issue) => issues.push(issue))
  const time = () => '12:00:01.123'
  const format = new CardFormat({ style: plain, names: true, time, clock: time, day: () => '', width: 80, ...options })
  const out = new TextBuffer(64)
  for (const [i, each] of datagrams.entries()) {
    const batch = arrival(each, seconds[i])
    if (!walker.open(batch.bytes, batch.view, 0, each.length)) continue
    format.datagram(walker, batch, 0)
    while (walker.nextSample()) format.sample(walker, out)
    format.endDatagram(walker, out)
  }
  return { text: new TextDecoder().decode(out.written()), issues }
}
