// Owns IPv4 with its options, and which layer an IP protocol number means. Knows no other layer's content.
// Start at ipv4.

import { dscpNames, ecnNames } from '../names/dscp.ts'
import { ipProtocols } from '../names/ip-protocols.ts'
import { type FieldSink, Key } from './field-sink.ts'
import { ipv4 as address, bool, layer, u8, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import { optionLength } from './options.ts'

const byProtocol = new Uint8Array(256)
byProtocol[0] = LayerId.hopopts
byProtocol[1] = LayerId.icmp
byProtocol[2] = LayerId.igmp
byProtocol[4] = LayerId.ip
byProtocol[6] = LayerId.tcp
byProtocol[17] = LayerId.udp
byProtocol[33] = LayerId.dccp
byProtocol[41] = LayerId.ipv6
byProtocol[43] = LayerId.routing
byProtocol[44] = LayerId.fraghdr
byProtocol[47] = LayerId.gre
byProtocol[50] = LayerId.esp
byProtocol[51] = LayerId.ah
byProtocol[58] = LayerId.icmpv6
byProtocol[60] = LayerId.dstopts
byProtocol[132] = LayerId.sctp
byProtocol[135] = LayerId.mipv6
byProtocol[136] = LayerId.udplite
byProtocol[137] = LayerId.mpls
byProtocol[139] = LayerId.hip
byProtocol[140] = LayerId.shim6
byProtocol[143] = LayerId.eth

/** The layer that an IP protocol or next header number (0..255) means, or 0. */
export function protocolLayer(protocol: number): number {
  return byProtocol[protocol]!
}

const typeKey = new Key('ip.opt.type')
const routerAlert = new Key('ip.opt.ra')
const recordRoute = new Key('ip.rec_rt')
const sourceRoute = new Key('ip.src_rt')

/** The slots of a route option at `i`, used or not. */
function visitRoute(view: DataView, key: Key, i: number, sink: FieldSink): void {
  const end = i + view.getUint8(i + 1)
  sink.list(key)
  for (let k = i + 3; k + 4 <= end; k += 4) sink.itemIpv4(k)
  sink.endList()
}

/** The types as a list, then what the known ones say; of an option that comes twice, the last. */
function visitOptions(view: DataView, at: number, limit: number, sink: FieldSink): void {
  const first = at + 20
  if (limit <= first) return
  let alertAt = 0
  let recordAt = 0
  let sourceAt = 0
  sink.list(typeKey)
  for (let i = first; i < limit; ) {
    const length = optionLength(view, i, limit)
    if (length === 0) break
    const type = view.getUint8(i)
    sink.itemNumber(type)
    if (type === 0) break
    if (type === 148 && length === 4) alertAt = i
    else if (type === 7) recordAt = i
    else if (type === 131 || type === 137) sourceAt = i
    i += length
  }
  sink.endList()
  if (alertAt > 0) sink.number(routerAlert, view.getUint16(alertAt + 2))
  if (recordAt > 0) visitRoute(view, recordRoute, recordAt, sink)
  if (sourceAt > 0) visitRoute(view, sourceRoute, sourceAt, sink)
}

export const ipv4 = layer({
  id: LayerId.ip,
  name: 'ip',
  token: 'ip',
  title: 'IPv4',
  source: 'RFC 791, 3.1; RFC 2474; RFC 3168',
  fields: [
    u8('ip.version', 0, 'version', { shift: 4, mask: 15 }),
    u8('ip.hdr_len', 0, 'header length', { mask: 15, scale: 4, unit: 'bytes' }),
    u8('ip.dsfield', 1, 'differentiated services field', { hidden: true }),
    u8('ip.dsfield.dscp', 1, 'differentiated services code point', {
      shift: 2,
      mask: 63,
      names: dscpNames,
      usual: [0],
    }),
    u8('ip.dsfield.ecn', 1, 'explicit congestion notification', { mask: 3, names: ecnNames, usual: [0, 2] }),
    u16('ip.len', 2, 'total length; 0 where the sender left it to segmentation offload', { unit: 'bytes' }),
    u16('ip.id', 4, 'identification'),
    u8('ip.flags', 6, 'reserved bit, DF, MF', { shift: 5, mask: 7, hidden: true }),
    bool('ip.flags.df', 6, 0x40, "don't fragment"),
    bool('ip.flags.mf', 6, 0x20, 'more fragments'),
    u16('ip.frag_offset', 6, 'offset of this fragment in 8-byte units', { mask: 0x1fff }),
    u8('ip.ttl', 8, 'time to live'),
    u8('ip.proto', 9, 'protocol', { names: ipProtocols, usual: [6, 17] }),
    u16('ip.checksum', 10, 'header checksum'),
    address('ip.src', 12, 'source address'),
    address('ip.dst', 16, 'destination address'),
  ],
  variable: [
    { name: 'ip.opt.type', type: 'numbers', doc: 'option types in order, copy and class bits included' },
    { name: 'ip.opt.ra', type: 'number', doc: 'router alert value (RFC 2113)' },
    { name: 'ip.rec_rt', type: 'texts', doc: 'record route: the slots, used or not' },
    { name: 'ip.src_rt', type: 'texts', doc: 'loose or strict source route: the slots' },
  ],
  visit: visitOptions,
  dissect(packet, at) {
    const { view } = packet
    const first = view.getUint8(at)
    if (first >>> 4 !== 4) {
      packet.claim(LayerId.ip, at, 1)
      return packet.fail(malformed.ipVersion)
    }
    if (!packet.claim(LayerId.ip, at, 20)) return LayerId.none
    const headerLength = (first & 15) * 4
    if (headerLength < 20) return packet.fail(malformed.ipHeaderLength)
    const length = view.getUint16(at + 2)
    // 0: segmentation offload (TSO, BIG TCP) filled nothing in; the packet goes on to the end of what is here.
    if (length !== 0) {
      if (length < headerLength) return packet.fail(malformed.ipTotalLength)
      packet.bound(at + length)
    }
    if (headerLength > 20 && !packet.extend(at + headerLength)) return LayerId.none
    const fragment = view.getUint16(at + 6) & 0x3fff
    if (fragment !== 0) {
      packet.fragment = true
      if ((fragment & 0x1fff) !== 0) return LayerId.none
    }
    return protocolLayer(view.getUint8(at + 9))
  },
})
