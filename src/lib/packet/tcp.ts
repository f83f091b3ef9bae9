// Owns TCP with its options, and DCCP. Knows no payload. Start at tcp.

import { type NameTable, nameTable } from '../wire/name-table.ts'
import { type FieldSink, Key, KnownNumbers } from './field-sink.ts'
import { bool, layer, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import { optionLength } from './options.ts'

const flagBits = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE']

function flagsText(flags: number): string | undefined {
  if (flags < 1 || flags > 511) return undefined
  return flagBits.filter((_, bit) => (flags >>> bit) & 1).join(' ')
}

/** The nine flags in order of bits, spelled out: `SYN ACK`. Made when asked for: 511 names would slow every start. */
export const tcpFlags: NameTable = {
  title: 'TCP flags',
  source: 'RFC 9293, 3.1; RFC 9768 (AE)',
  get: flagsText,
  get entries() {
    return Array.from({ length: 511 }, (_, i) => [i + 1, flagsText(i + 1)!] as const)
  },
}

const kind = new Key('tcp.option_kind')
/** No-operation, no-operation, timestamp: what nearly every data segment carries (RFC 7323, appendix A). */
const timestampKinds = new KnownNumbers('tcp.option_kind', [1, 1, 8])
const mss = new Key('tcp.options.mss_val')
const wscale = new Key('tcp.options.wscale.shift')
const tsval = new Key('tcp.options.timestamp.tsval')
const tsecr = new Key('tcp.options.timestamp.tsecr')
const sackLeft = new Key('tcp.options.sack_le')
const sackRight = new Key('tcp.options.sack_re')
const mptcpSubtype = new Key('tcp.options.mptcp.subtype')

function visitSack(view: DataView, i: number, sink: FieldSink): void {
  const end = i + view.getUint8(i + 1)
  for (let edge = 0; edge < 2; edge++) {
    sink.list(edge === 0 ? sackLeft : sackRight)
    for (let k = i + 2; k + 8 <= end; k += 8) sink.itemNumber(view.getUint32(k + edge * 4))
    sink.endList()
  }
}

function visitMultipath(view: DataView, first: number, limit: number, sink: FieldSink): void {
  sink.list(mptcpSubtype)
  for (let i = first; i < limit; ) {
    const length = optionLength(view, i, limit)
    const type = view.getUint8(i)
    if (length === 0 || type === 0) break
    if (type === 30 && length > 2) sink.itemNumber(view.getUint8(i + 2) >>> 4)
    i += length
  }
  sink.endList()
}

/** The kinds as a list, then what the known ones say; of an option that comes twice, the last (Multipath TCP's: all). */
function visitOptions(view: DataView, at: number, limit: number, sink: FieldSink): void {
  const first = at + 20
  if (limit <= first) return
  if (limit === first + 12 && view.getUint32(first) === 0x0101080a) {
    sink.known(timestampKinds)
    sink.number(tsval, view.getUint32(first + 4))
    sink.number(tsecr, view.getUint32(first + 8))
    return
  }
  let mssAt = 0
  let wscaleAt = 0
  let sackAt = 0
  let timestampAt = 0
  let multipath = false
  sink.list(kind)
  for (let i = first; i < limit; ) {
    const length = optionLength(view, i, limit)
    if (length === 0) break
    const type = view.getUint8(i)
    sink.itemNumber(type)
    if (type === 0) break
    if (type === 8 && length === 10) timestampAt = i
    else if (type === 2 && length === 4) mssAt = i
    else if (type === 3 && length === 3) wscaleAt = i
    else if (type === 5) sackAt = i
    else if (type === 30 && length > 2) multipath = true
    i += length
  }
  sink.endList()
  if (mssAt > 0) sink.number(mss, view.getUint16(mssAt + 2))
  if (wscaleAt > 0) sink.number(wscale, view.getUint8(wscaleAt + 2))
  if (timestampAt > 0) {
    sink.number(tsval, view.getUint32(timestampAt + 2))
    sink.number(tsecr, view.getUint32(timestampAt + 6))
  }
  if (sackAt > 0) visitSack(view, sackAt, sink)
  if (multipath) visitMultipath(view, first, limit, sink)
}

export const tcp = layer({
  id: LayerId.tcp,
  name: 'tcp',
  token: 'tcp',
  title: 'TCP',
  source: 'RFC 9293, 3.1',
  fields: [
    u16('tcp.srcport', 0, 'source port'),
    u16('tcp.dstport', 2, 'destination port'),
    u32('tcp.seq_raw', 4, 'sequence number as sent'),
    u32('tcp.ack_raw', 8, 'acknowledgment number as sent'),
    u8('tcp.hdr_len', 12, 'header length', { shift: 4, mask: 15, scale: 4, unit: 'bytes' }),
    u16('tcp.flags', 12, 'nine flags, AE to FIN', { mask: 0x1ff, names: tcpFlags, usual: [0x10, 0x18] }),
    bool('tcp.flags.ae', 12, 0x01, 'accurate ECN', { hidden: true }),
    bool('tcp.flags.cwr', 13, 0x80, 'congestion window reduced', { hidden: true }),
    bool('tcp.flags.ece', 13, 0x40, 'ECN echo', { hidden: true }),
    bool('tcp.flags.urg', 13, 0x20, 'urgent pointer is valid', { hidden: true }),
    bool('tcp.flags.ack', 13, 0x10, 'acknowledgment number is valid', { hidden: true }),
    bool('tcp.flags.push', 13, 0x08, 'push', { hidden: true }),
    bool('tcp.flags.reset', 13, 0x04, 'reset', { hidden: true }),
    bool('tcp.flags.syn', 13, 0x02, 'synchronize', { hidden: true }),
    bool('tcp.flags.fin', 13, 0x01, 'no more data', { hidden: true }),
    u16('tcp.window_size_value', 14, 'window as sent, before scaling'),
    u16('tcp.checksum', 16, 'checksum'),
    u16('tcp.urgent_pointer', 18, 'urgent pointer'),
  ],
  variable: [
    { name: 'tcp.option_kind', type: 'numbers', doc: 'option kinds in order' },
    { name: 'tcp.options.mss_val', type: 'number', doc: 'maximum segment size (RFC 9293)' },
    { name: 'tcp.options.wscale.shift', type: 'number', doc: 'window scale (RFC 7323)' },
    { name: 'tcp.options.timestamp.tsval', type: 'number', doc: 'timestamp value (RFC 7323)' },
    { name: 'tcp.options.timestamp.tsecr', type: 'number', doc: 'timestamp echo reply (RFC 7323)' },
    { name: 'tcp.options.sack_le', type: 'numbers', doc: 'left edges of SACK blocks (RFC 2018)' },
    { name: 'tcp.options.sack_re', type: 'numbers', doc: 'right edges of SACK blocks (RFC 2018)' },
    { name: 'tcp.options.mptcp.subtype', type: 'numbers', doc: 'Multipath TCP option subtypes (RFC 8684)' },
  ],
  visit: visitOptions,
  dissect(packet, at) {
    if (!packet.claim(LayerId.tcp, at, 20)) return LayerId.none
    const headerLength = (packet.view.getUint8(at + 12) >>> 4) * 4
    if (headerLength < 20) return packet.fail(malformed.tcpHeaderLength)
    if (headerLength > 20) packet.extend(at + headerLength)
    return LayerId.none
  },
})

/** DCCP packet types. */
const dccpTypes = nameTable('DCCP packet type', 'RFC 4340, 5.1', {
  0: 'Request',
  1: 'Response',
  2: 'Data',
  3: 'Ack',
  4: 'DataAck',
  5: 'CloseReq',
  6: 'Close',
  7: 'Reset',
  8: 'Sync',
  9: 'SyncAck',
})

export const dccp = layer({
  id: LayerId.dccp,
  name: 'dccp',
  token: 'dccp',
  title: 'DCCP',
  source: 'RFC 4340, 5.1',
  fields: [
    u16('dccp.srcport', 0, 'source port'),
    u16('dccp.dstport', 2, 'destination port'),
    u8('dccp.data_offset', 4, 'header length in 32-bit words'),
    u16('dccp.checksum', 6, 'checksum'),
    u8('dccp.type', 8, 'packet type', { shift: 1, mask: 15, names: dccpTypes }),
    bool('dccp.x', 8, 0x01, 'sequence number has 48 bits, not 24'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.dccp, at, 12)) return LayerId.none
    const headerLength = packet.view.getUint8(at + 4) * 4
    if (headerLength < 12) return packet.fail(malformed.dccpHeaderLength)
    if (headerLength > 12) packet.extend(at + headerLength)
    return LayerId.none
  },
})
