// Owns the IPv6 extension headers: one layer each, so that a stack shows them and each is addressable.
// Knows no transport. Start at hopopts.

import { ipProtocols } from '../names/ip-protocols.ts'
import { nameTable } from '../wire/name-table.ts'
import { type FieldSink, Key } from './field-sink.ts'
import { protocolLayer } from './ipv4.ts'
import { ipv6 as address, bool, layer, test, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import type { Packet } from './packet.ts'

/** Claims a header of (length byte + 1) × 8 bytes and gives what its next header byte means. */
function eights(packet: Packet, id: number, at: number): number {
  if (!packet.claim(id, at, 8)) return LayerId.none
  const { view } = packet
  const length = (view.getUint8(at + 1) + 1) * 8
  if (length > 8 && !packet.extend(at + length)) return LayerId.none
  return protocolLayer(view.getUint8(at))
}

const next = (name: string) => u8(name, 0, 'next header', { names: ipProtocols })
const length = (name: string) => u8(name, 1, 'length in 8-byte units, the first not counted')

const typeKey = new Key('ipv6.opt.type')
const jumbo = new Key('ipv6.opt.jumbo')
const routerAlert = new Key('ipv6.opt.router_alert')
const homeAddress = new Key('ipv6.opt.mipv6.home_address')

/** Length of the option at `i`: 1 for Pad1, or 0 where it isn't wholly before `limit`. */
function optionLength(view: DataView, i: number, limit: number): number {
  if (view.getUint8(i) === 0) return 1
  if (i + 2 > limit) return 0
  const bytes = 2 + view.getUint8(i + 1)
  return i + bytes > limit ? 0 : bytes
}

/** The types as a list, then what the known ones say (RFC 8200, 4.2); of a repeated one, the last. */
function visitOptions(view: DataView, at: number, limit: number, sink: FieldSink): void {
  if (limit < at + 8) return
  let jumboAt = 0
  let alertAt = 0
  let homeAt = 0
  sink.list(typeKey)
  for (let i = at + 2; i < limit; ) {
    const bytes = optionLength(view, i, limit)
    if (bytes === 0) break
    const type = view.getUint8(i)
    sink.itemNumber(type)
    if (type === 0xc2 && bytes === 6) jumboAt = i
    else if (type === 5 && bytes === 4) alertAt = i
    else if (type === 0xc9 && bytes === 18) homeAt = i
    i += bytes
  }
  sink.endList()
  if (jumboAt > 0) sink.number(jumbo, view.getUint32(jumboAt + 2))
  if (alertAt > 0) sink.number(routerAlert, view.getUint16(alertAt + 2))
  if (homeAt > 0) sink.ipv6(homeAddress, homeAt + 2)
}

const options = [
  { name: 'ipv6.opt.type', type: 'numbers', doc: 'option types in order' },
  { name: 'ipv6.opt.jumbo', type: 'number', doc: 'jumbo payload length (RFC 2675)' },
  { name: 'ipv6.opt.router_alert', type: 'number', doc: 'router alert value (RFC 2711)' },
  { name: 'ipv6.opt.mipv6.home_address', type: 'text', doc: 'home address (RFC 6275, 6.3)' },
] as const

export const hopopts = layer({
  id: LayerId.hopopts,
  name: 'ipv6.hopopts',
  token: 'ip6hop',
  title: 'IPv6 hop-by-hop options',
  source: 'RFC 8200, 4.3',
  fields: [next('ipv6.hopopts.nxt'), length('ipv6.hopopts.len')],
  variable: options,
  visit: visitOptions,
  dissect: (packet, at) => eights(packet, LayerId.hopopts, at),
})

export const dstopts = layer({
  id: LayerId.dstopts,
  name: 'ipv6.dstopts',
  token: 'ip6dst',
  title: 'IPv6 destination options',
  source: 'RFC 8200, 4.6',
  fields: [next('ipv6.dstopts.nxt'), length('ipv6.dstopts.len')],
  variable: options,
  visit: visitOptions,
  dissect: (packet, at) => eights(packet, LayerId.dstopts, at),
})

const routingTypes = nameTable('IPv6 routing type', 'IANA ipv6-parameters', {
  0: 'Source Route',
  1: 'Nimrod',
  2: 'Type 2 Routing Header',
  3: 'RPL Source Route Header',
  4: 'Segment Routing Header',
  5: 'CRH-16',
  6: 'CRH-32',
})

const sourceAddress = new Key('ipv6.routing.src.addr')
const segmentAddress = new Key('ipv6.routing.srh.addr')

/** Addresses of types 0 (RFC 5095 deprecates it) and 4 (RFC 8754, 2: last segment first). */
function visitRouting(view: DataView, at: number, limit: number, sink: FieldSink): void {
  if (limit < at + 8) return
  const type = view.getUint8(at + 2)
  if (type !== 0 && type !== 4) return
  const whole = Math.floor((limit - at - 8) / 16)
  const stated = type === 4 ? view.getUint8(at + 4) + 1 : view.getUint8(at + 1) >>> 1
  const count = Math.min(whole, stated)
  if (count === 0) return
  sink.list(type === 4 ? segmentAddress : sourceAddress)
  for (let i = 0; i < count; i++) sink.itemIpv6(at + 8 + i * 16)
  sink.endList()
}

const routingType = (is: number) => test('u8', 2, { is })

export const routing = layer({
  id: LayerId.routing,
  name: 'ipv6.routing',
  token: 'ip6route',
  title: 'IPv6 routing header',
  source: 'RFC 8200, 4.4; RFC 8754, 2; RFC 6275, 6.4',
  fields: [
    next('ipv6.routing.nxt'),
    length('ipv6.routing.len'),
    u8('ipv6.routing.type', 2, 'routing type', { names: routingTypes }),
    u8('ipv6.routing.segleft', 3, 'segments left'),
    u8('ipv6.routing.srh.last_entry', 4, 'index of the last segment', { when: routingType(4) }),
    u8('ipv6.routing.srh.flags', 5, 'flags', { when: routingType(4) }),
    u16('ipv6.routing.srh.tag', 6, 'tag', { when: routingType(4) }),
    address('ipv6.routing.mipv6.home_address', 8, 'home address', { when: routingType(2) }),
  ],
  variable: [
    { name: 'ipv6.routing.src.addr', type: 'texts', doc: 'addresses of a type 0 header' },
    { name: 'ipv6.routing.srh.addr', type: 'texts', doc: 'segments, last one first' },
  ],
  visit: visitRouting,
  dissect: (packet, at) => eights(packet, LayerId.routing, at),
})

export const fraghdr = layer({
  id: LayerId.fraghdr,
  name: 'ipv6.fraghdr',
  token: 'ip6frag',
  title: 'IPv6 fragment header',
  source: 'RFC 8200, 4.5',
  fields: [
    next('ipv6.fraghdr.nxt'),
    u16('ipv6.fraghdr.offset', 2, 'offset of this fragment in 8-byte units', { shift: 3, mask: 0x1fff }),
    bool('ipv6.fraghdr.more', 3, 0x01, 'more fragments'),
    u32('ipv6.fraghdr.ident', 4, 'identification'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.fraghdr, at, 8)) return LayerId.none
    const { view } = packet
    const offsetAndMore = view.getUint16(at + 2)
    // An atomic fragment (RFC 6946) is whole.
    if ((offsetAndMore & 0xfff9) !== 0) packet.fragment = true
    return (offsetAndMore & 0xfff8) === 0 ? protocolLayer(view.getUint8(at)) : LayerId.none
  },
})

const mobilityTypes = nameTable('Mobility header type', 'IANA mobility-parameters', {
  0: 'Binding Refresh Request',
  1: 'Home Test Init',
  2: 'Care-of Test Init',
  3: 'Home Test',
  4: 'Care-of Test',
  5: 'Binding Update',
  6: 'Binding Acknowledgement',
  7: 'Binding Error',
})

export const mipv6 = layer({
  id: LayerId.mipv6,
  name: 'mipv6',
  token: 'mip6',
  title: 'IPv6 mobility header',
  source: 'RFC 6275, 6.1',
  fields: [
    u8('mip6.proto', 0, 'payload protocol', { names: ipProtocols }),
    length('mip6.hlen'),
    u8('mip6.mhtype', 2, 'type', { names: mobilityTypes }),
    u16('mip6.csum', 4, 'checksum'),
  ],
  dissect: (packet, at) => eights(packet, LayerId.mipv6, at),
})

export const hip = layer({
  id: LayerId.hip,
  name: 'hip',
  token: 'hip',
  title: 'Host Identity Protocol',
  source: 'RFC 7401, 5.1',
  fields: [
    u8('hip.proto', 0, 'next header', { names: ipProtocols }),
    length('hip.hdr_len'),
    u8('hip.type', 2, 'packet type', { mask: 0x7f }),
  ],
  dissect: (packet, at) => eights(packet, LayerId.hip, at),
})

export const shim6 = layer({
  id: LayerId.shim6,
  name: 'shim6',
  token: 'shim6',
  title: 'Shim6',
  source: 'RFC 5533, 5.1',
  fields: [next('shim6.nxt'), length('shim6.len')],
  dissect: (packet, at) => eights(packet, LayerId.shim6, at),
})
