// Owns GRE (with NVGRE and PPTP's version 1) and ERSPAN. Knows no other layer's content. Start at gre.

import { ethertypes } from '../names/ethertypes.ts'
import { ethertypeLayer } from './ethernet.ts'
import { bool, layer, test, u8, u16, u24, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import type { Packet } from './packet.ts'

const CHECKSUM_OR_ROUTING = 0xc000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGMENT = 0x0080
const VERSION = 0x0007

const flag = (mask: number) => test('u16', 0, { mask, not: 0 })
const version = (is: number) => test('u16', 0, { mask: VERSION, is })
const checksumBytes = [flag(CHECKSUM_OR_ROUTING), 4] as const
const keyBytes = [flag(KEY), 4] as const
const keyAt = { base: 4, plus: [checksumBytes] }
const sequenceAt = { base: 4, plus: [checksumBytes, keyBytes] }
const bridged = [flag(KEY), version(0), test('u16', 2, { is: 0x6558 })]

/**
 * End of RFC 1701's source route entries, which start at `at`: the entry with address family and length 0 is the last.
 * Stops at the first that is not wholly here.
 */
function routingEnd(packet: Packet, at: number): number {
  const { view, payloadEnd } = packet
  let i = at
  while (i + 4 <= payloadEnd) {
    const length = view.getUint8(i + 3)
    const family = view.getUint16(i)
    i += 4 + length
    if (length === 0) {
      if (family !== 0) packet.fail(malformed.greRouting)
      return i
    }
  }
  return Math.max(i, payloadEnd + 1)
}

/** What a GRE protocol type means: an Ethernet type, or one of GRE's own. */
function payloadLayer(packet: Packet, flags: number, type: number): number {
  const { payload, payloadEnd, view } = packet
  switch (type) {
    case 0x88be:
      // Type I has no sequence number and no ERSPAN header: the frame follows at once.
      if ((flags & SEQUENCE) !== 0) return LayerId.erspan
      if (packet.room()) packet.claim(LayerId.erspan, payload, 0)
      return LayerId.eth
    case 0x22eb:
      return LayerId.erspan
    case 0x883e:
      // WCCP version 2 puts a redirect header of 4 bytes before the IP packet, version 1 doesn't.
      if (payload < payloadEnd && view.getUint8(payload) >>> 4 !== 4 && !packet.extend(payload + 4)) return LayerId.none
      return LayerId.ip
    default:
      return ethertypeLayer(type)
  }
}

export const gre = layer({
  id: LayerId.gre,
  name: 'gre',
  token: 'gre',
  title: 'Generic Routing Encapsulation',
  source: 'RFC 2784, 2; RFC 2890, 2; RFC 1701; RFC 2637, 4.1 (PPTP); RFC 7637, 3.2 (NVGRE)',
  fields: [
    u16('gre.flags_and_version', 0, 'flags and version'),
    u16('gre.proto', 2, 'protocol type', { names: ethertypes }),
    u16('gre.checksum', 4, 'checksum', { when: flag(0x8000) }),
    u32('gre.key', keyAt, 'key', { when: [flag(KEY), version(0)] }),
    u24('gre.nvgre.vsid', keyAt, 'virtual subnet (upper 24 bits of the key)', { when: bridged }),
    u8('gre.nvgre.flow_id', { base: 7, plus: [checksumBytes] }, 'flow (lower 8 bits of the key)', { when: bridged }),
    u16('gre.key.payload_length', keyAt, 'PPTP payload length', { when: [flag(KEY), version(1)], unit: 'bytes' }),
    u16('gre.key.call_id', { base: 6, plus: [checksumBytes] }, 'PPTP call', { when: [flag(KEY), version(1)] }),
    u32('gre.sequence_number', sequenceAt, 'sequence number', { when: flag(SEQUENCE) }),
    u32(
      'gre.ack_number',
      { base: 4, plus: [checksumBytes, keyBytes, [flag(SEQUENCE), 4]] },
      'PPTP acknowledgment number',
      { when: [flag(ACKNOWLEDGMENT), version(1)] },
    ),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.gre, at, 4)) return LayerId.none
    const { view } = packet
    const flags = view.getUint16(at)
    const number = flags & VERSION
    if (number > 1) return packet.fail(malformed.greVersion)
    let end = at + 4
    if ((flags & CHECKSUM_OR_ROUTING) !== 0) end += 4
    if ((flags & KEY) !== 0) end += 4
    if ((flags & SEQUENCE) !== 0) end += 4
    if (number === 1 && (flags & ACKNOWLEDGMENT) !== 0) end += 4
    if ((flags & ROUTING) !== 0 && end <= packet.payloadEnd) end = routingEnd(packet, end)
    if (end > at + 4 && !packet.extend(end)) return LayerId.none
    if (packet.malformed !== 0) return LayerId.none
    const type = view.getUint16(at + 2)
    if (number === 0) return payloadLayer(packet, flags, type)
    const length = (flags & KEY) === 0 ? 0 : view.getUint16(at + 4)
    // A PPTP packet without payload only acknowledges.
    if (type !== 0x880b || length === 0) return LayerId.none
    packet.bound(end + length)
    return LayerId.ppp
  },
})

const typeII = { when: test('u8', 0, { mask: 0xf0, is: 0x10 }) }
const typeIII = { when: test('u8', 0, { mask: 0xf0, is: 0x20 }) }

export const erspan = layer({
  id: LayerId.erspan,
  name: 'erspan',
  token: 'erspan',
  title: 'ERSPAN',
  source: 'draft-foschiano-erspan-03, 4',
  fields: [
    u8('erspan.version', 0, '1 for type II, 2 for type III; type I has no header', { shift: 4 }),
    u16('erspan.vlan', 0, 'VLAN of the mirrored frame', { mask: 0xfff }),
    u8('erspan.cos', 2, 'class of service of the mirrored frame', { shift: 5 }),
    bool('erspan.truncated', 2, 0x04, 'the copy was cut'),
    u16('erspan.spanid', 2, 'session', { mask: 0x3ff }),
    u32('erspan.index', 4, 'source port and direction', { mask: 0xfffff, ...typeII }),
    u32('erspan.timestamp', 4, 'time of the copy, in units of erspan.gra', typeIII),
    u16('erspan.sgt', 8, 'security group tag', typeIII),
    u8('erspan.ft', 10, 'frame type, 0 for Ethernet, 2 for IP', { shift: 2, mask: 31, ...typeIII }),
    u16('erspan.hw', 10, 'hardware that made the copy', { shift: 4, mask: 63, ...typeIII }),
    bool('erspan.direction', 11, 0x08, 'egress', typeIII),
    u8('erspan.gra', 11, 'granularity of the timestamp', { shift: 1, mask: 3, ...typeIII }),
  ],
  dissect(packet, at) {
    const { view } = packet
    const number = view.getUint8(at) >>> 4
    if (number === 1) return packet.claim(LayerId.erspan, at, 8) ? LayerId.eth : LayerId.none
    if (number !== 2) return LayerId.none
    if (!packet.claim(LayerId.erspan, at, 12)) return LayerId.none
    const last = view.getUint16(at + 10)
    if ((last & 1) !== 0 && !packet.extend(at + 20)) return LayerId.none
    const frameType = (last >>> 10) & 31
    return frameType === 0 ? LayerId.eth : frameType === 2 ? LayerId.ip : LayerId.none
  },
})
