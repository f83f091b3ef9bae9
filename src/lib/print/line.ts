// Owns the `line` format: one comma-separated line a sample, byte for byte what `sflowtool -l` prints.
// Must not know any other format; where the columns come from is line-columns.ts. Start at LineWriter.sample;
// docs/src/line-format.md has the columns and the differences.

import { dropReasonName } from '../names/drop-reasons.ts'
import { counterRecords } from '../sflow/registry.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { type TextBuffer, writeAscii, writeI32, writeU32, writeU64 } from '../wire/text.ts'
import type { Format } from './format.ts'
import { FlowColumns, reportBroken } from './line-columns.ts'

/** The longest line: two long IPv6 addresses, an agent's, and every number at its widest are below 400 characters. */
const LINE_BYTES = 512

const IF_COUNTERS = 1
const IF_COUNTERS_BYTES = 88

/**
 * Writes samples as lines. The columns are a state that the sample's records change one after the other, in wire order,
 * as in sflowtool: a record that comes later wins, what no record gives is 0, `-` or twelve zeros.
 *
 * - `FLOW,agent,inputPort,outputPort,src_MAC,dst_MAC,ethernet_type,in_vlan,out_vlan,src_IP,dst_IP,IP_protocol,ip_tos,
 *   ip_ttl,src_port,dst_port,tcp_flags,packet_size,IP_size,sampling_rate`
 * - `CNTR,agent,` and the 19 fields of if_counters (0:1), zeros where the sample has none
 * - `DROP,` with the columns of FLOW, but the reason's code and its name in place of the sampling rate: ours,
 *   sflowtool prints nothing for discards
 *
 * Only the records that set columns are looked at: damage in others is not told. Holds offsets into the walker's bytes
 * only while `sample` runs. Never throws; never reads behind a sampled header.
 * @see sflowtool 6.11, writeFlowLine and writeCountersLine
 */
export class LineWriter implements Format {
  readonly #columns = new FlowColumns()

  begin(): void {}

  datagram(): void {}

  /** Appends the line of the walker's current sample. False for samples without one: text, unknown, broken. */
  sample(w: Walker, out: TextBuffer): boolean {
    if (w.sampleBroken) return false
    const kind = w.sampleKind
    if (kind === SampleKind.counters) {
      out.ensure(LINE_BYTES)
      out.length = writeCounters(w, out.view, out.length)
    } else if (kind === SampleKind.flow || kind === SampleKind.discard) {
      this.#columns.read(w)
      out.ensure(LINE_BYTES)
      out.length = writeFlow(w, this.#columns, out.view, out.length, kind === SampleKind.flow)
    } else {
      return false
    }
    return true
  }

  endDatagram(): void {}

  end(): void {}
}

const COMMA = 44
const COLON = 58
/** First four characters of the lines, as big-endian numbers. */
const FLOW = 0x464c4f57
const CNTR = 0x434e5452
const DROP = 0x44524f50

/** The line of a flow sample, or of a discarded packet. */
function writeFlow(w: Walker, c: FlowColumns, v: DataView, start: number, flow: boolean): number {
  const from = c.view
  let p = writeAgent(w, v, start, flow ? FLOW : DROP)
  p = writeI32(v, p, w.inputValue | 0)
  v.setUint8(p++, COMMA)
  p = writeI32(v, p, w.outputValue | 0)
  v.setUint8(p++, COMMA)
  p = writeMacColumn(v, p, from, c.srcMac)
  p = writeMacColumn(v, p, from, c.dstMac)
  p = writeHexColumn(v, p, c.etherType, 4)
  p = writeI32(v, p, c.inVlan)
  v.setUint8(p++, COMMA)
  p = writeI32(v, p, c.outVlan)
  v.setUint8(p++, COMMA)
  p = writeAddressColumn(v, p, c.ip, from, c.src)
  p = writeAddressColumn(v, p, c.ip, from, c.dst)
  p = writeI32(v, p, c.protocol)
  v.setUint8(p++, COMMA)
  p = writeHexColumn(v, p, c.tos, 2)
  p = writeI32(v, p, c.ttl)
  v.setUint8(p++, COMMA)
  p = writeI32(v, p, c.srcPort)
  v.setUint8(p++, COMMA)
  p = writeI32(v, p, c.dstPort)
  v.setUint8(p++, COMMA)
  p = writeHexColumn(v, p, c.tcpFlags, 2)
  p = writeI32(v, p, c.size)
  v.setUint8(p++, COMMA)
  // The IP size: from IPv4's first byte, from the frame's where there is none.
  p = writeI32(v, p, (c.size - c.stripped - c.offset4) | 0)
  v.setUint8(p++, COMMA)
  if (flow) {
    p = writeI32(v, p, w.samplingRate | 0)
  } else {
    p = writeU32(v, p, w.reason)
    v.setUint8(p++, COMMA)
    p = writeAscii(v, p, dropReasonName(w.reason) ?? 'unassigned')
  }
  v.setUint8(p, 10)
  return p + 1
}

/** The line of a counter sample: the last if_counters record of it counts. */
function writeCounters(w: Walker, v: DataView, start: number): number {
  const { recordTag, recordOffset, recordEnd, recordCount, recordClipped, view } = w
  let p = writeAgent(w, v, start, CNTR)
  let at = -1
  for (let i = 0; i < recordCount; i++) {
    if (recordTag[i] !== IF_COUNTERS || i === recordClipped) continue
    if (recordEnd[i]! - recordOffset[i]! >= IF_COUNTERS_BYTES) at = recordOffset[i]!
    else reportBroken(w, i, counterRecords)
  }
  // Three of the nineteen fields are 64 bits wide: ifSpeed, ifInOctets, ifOutOctets.
  for (let field = 0; field < 19; field++) {
    const wide = field === 2 || field === 5 || field === 12
    if (at < 0) {
      v.setUint8(p++, 48)
    } else if (wide) {
      p = writeU64(v, p, view.getUint32(at), view.getUint32(at + 4))
      at += 8
    } else {
      p = writeU32(v, p, view.getUint32(at))
      at += 4
    }
    v.setUint8(p++, COMMA)
  }
  v.setUint8(p - 1, 10)
  return p
}

function writeAgent(w: Walker, v: DataView, p: number, kind: number): number {
  v.setUint32(p, kind)
  v.setUint8(p + 4, COMMA)
  return writeAddressColumn(v, p + 5, w.agentType === 1 ? 4 : w.agentType === 2 ? 6 : 0, w.view, w.agentOffset)
}

/** Version 0 is `-`; IPv6 has all its digits and no `::`. */
function writeAddressColumn(v: DataView, p: number, version: number, from: DataView, at: number): number {
  if (version === 4) {
    const x = from.getUint32(at)
    v.setUint32(p, octetText[x >>> 24]!, true)
    let q = p + octetLength[x >>> 24]!
    v.setUint32(q, octetText[(x >>> 16) & 255]!, true)
    q += octetLength[(x >>> 16) & 255]!
    v.setUint32(q, octetText[(x >>> 8) & 255]!, true)
    q += octetLength[(x >>> 8) & 255]!
    v.setUint32(q, octetText[x & 255]!, true)
    q += octetLength[x & 255]!
    v.setUint8(q - 1, COMMA)
    return q
  }
  if (version === 6) {
    let q = p
    for (let i = 0; i < 16; i += 2) {
      v.setUint16(q, hexText[from.getUint8(at + i)]!)
      v.setUint16(q + 2, hexText[from.getUint8(at + i + 1)]!)
      v.setUint8(q + 4, COLON)
      q += 5
    }
    v.setUint8(q - 1, COMMA)
    return q
  }
  v.setUint16(p, 0x2d2c)
  return p + 2
}

/** Twelve digits without separators. */
function writeMacColumn(v: DataView, p: number, from: DataView, at: number): number {
  if (at >= 0) {
    const high = from.getUint32(at)
    const low = from.getUint16(at + 4)
    v.setUint16(p, hexText[high >>> 24]!)
    v.setUint16(p + 2, hexText[(high >>> 16) & 255]!)
    v.setUint16(p + 4, hexText[(high >>> 8) & 255]!)
    v.setUint16(p + 6, hexText[high & 255]!)
    v.setUint16(p + 8, hexText[low >>> 8]!)
    v.setUint16(p + 10, hexText[low & 255]!)
  } else {
    v.setUint32(p, 0x30303030)
    v.setUint32(p + 4, 0x30303030)
    v.setUint32(p + 8, 0x30303030)
  }
  v.setUint8(p + 12, COMMA)
  return p + 13
}

/** `0x` and at least `digits` (2 or 4) hex digits of an unsigned 32-bit number. */
function writeHexColumn(v: DataView, p: number, value: number, digits: number): number {
  v.setUint16(p, 0x3078)
  let q = p + 2
  if (value >>> (digits * 4) !== 0) {
    let shift = 28
    while (value >>> shift === 0) shift -= 4
    for (; shift >= 0; shift -= 4) v.setUint8(q++, hexText[(value >>> shift) & 15]! & 255)
  } else {
    if (digits === 4) {
      v.setUint16(q, hexText[value >>> 8]!)
      q += 2
    }
    v.setUint16(q, hexText[value & 255]!)
    q += 2
  }
  v.setUint8(q, COMMA)
  return q + 1
}

/** Two hex digits of a byte, big-endian. */
const hexText = new Uint16Array(256)
/** A byte in decimal with a dot behind it, little-endian, and how long that is: one store instead of three branches. */
const octetText = new Uint32Array(256)
const octetLength = new Uint8Array(256)
for (let i = 0; i < 256; i++) {
  const high = '0123456789abcdef'.charCodeAt(i >>> 4)
  hexText[i] = (high << 8) | '0123456789abcdef'.charCodeAt(i & 15)
  const text = `${i}.`
  octetLength[i] = text.length
  for (let k = text.length - 1; k >= 0; k--) octetText[i] = (octetText[i]! << 8) | text.charCodeAt(k)
}
