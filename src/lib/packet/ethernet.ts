// Owns Ethernet II and 802.3 frames, and which layer an Ethernet type means (for every layer that carries one).
// Knows no other layer's content. Start at ethernet.

import { ethertypes } from '../names/ethertypes.ts'
import { layer, mac, test, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import type { Packet } from './packet.ts'

/** The layer that an Ethernet type means, or 0. */
export function ethertypeLayer(type: number): number {
  switch (type) {
    case 0x0800:
      return LayerId.ip
    case 0x86dd:
      return LayerId.ipv6
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return LayerId.vlan
    case 0x0806:
    case 0x8035:
      return LayerId.arp
    case 0x8847:
    case 0x8848:
      return LayerId.mpls
    case 0x8863:
      return LayerId.pppoed
    case 0x8864:
      return LayerId.pppoes
    case 0x8915:
      return LayerId.grh
    case 0x6558:
      return LayerId.eth
    case 0x880b:
      return LayerId.ppp
    default:
      return LayerId.none
  }
}

/**
 * What follows a type-or-length field that ended at `payload`. A length bounds the payload; 0xffff behind it is
 * Novell's raw 802.3 (IPX without LLC), which is left as bytes.
 */
export function typeOrLength(packet: Packet, value: number): number {
  if (value >= 1536) return ethertypeLayer(value)
  if (value > 1500) return packet.fail(malformed.ethernetType)
  const { payload, view } = packet
  packet.bound(payload + value)
  if (payload + 2 <= packet.payloadEnd && view.getUint16(payload) === 0xffff) return LayerId.none
  return value === 0 ? LayerId.none : LayerId.llc
}

/** The two-byte field at `at` is a type, not a length. */
export const isType = (at: number) => test('u16', at, { min: 1536 })
/** The two-byte field at `at` is a length. */
export const isLength = (at: number) => test('u16', at, { max: 1500 })

export const ethernet = layer({
  id: LayerId.eth,
  name: 'eth',
  token: 'eth',
  title: 'Ethernet',
  source: 'IEEE 802.3, 3.2',
  fields: [
    mac('eth.dst', 0, 'destination address'),
    mac('eth.src', 6, 'source address'),
    u16('eth.type', 12, 'Ethernet type', { when: isType(12), names: ethertypes, usual: [0x0800, 0x86dd] }),
    u16('eth.len', 12, 'length of the 802.3 payload', { when: isLength(12), unit: 'bytes' }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.eth, at, 14)) return LayerId.none
    const type = packet.view.getUint16(at + 12)
    return type === 0x0800 ? LayerId.ip : typeOrLength(packet, type)
  },
})
