// Owns MPLS label stack entries, one layer each, and the guess at what is below the bottom one.
// Nothing in MPLS says what follows: only what can't be mistaken is taken. Start at mpls.

import { nameTable } from '../wire/name-table.ts'
import { bool, layer, u8, u16, u24 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import type { Packet } from './packet.ts'

const labels = nameTable('MPLS label', 'IANA mpls-label-values', {
  0: 'IPv4 Explicit NULL',
  1: 'Router Alert',
  2: 'IPv6 Explicit NULL',
  3: 'Implicit NULL',
  7: 'Entropy Label Indicator',
  13: 'GAL',
  14: 'OAM Alert',
  15: 'Extension',
})

/**
 * Whether an Ethernet frame at `at` is beyond doubt: its type field says IP, ARP or VLAN and the bytes behind it agree.
 */
function isEthernet(packet: Packet, at: number): boolean {
  const { view, payloadEnd } = packet
  if (at + 15 > payloadEnd) return false
  const type = view.getUint16(at + 12)
  const first = view.getUint8(at + 14)
  switch (type) {
    case 0x0800:
      return first >>> 4 === 4 && (first & 15) >= 5
    case 0x86dd:
      return first >>> 4 === 6
    case 0x0806:
      return at + 18 <= payloadEnd && view.getUint32(at + 14) === 0x00010800
    case 0x8100:
    case 0x88a8:
      return at + 18 <= payloadEnd && view.getUint16(at + 16) >= 0x0600
    default:
      return false
  }
}

/** The layer below the bottom label: RFC 4928, 3 (first nibble 4 or 6 is IP), RFC 4448 (Ethernet pseudowire). */
function belowLabels(packet: Packet, at: number): number {
  const { view, payloadEnd } = packet
  const first = view.getUint8(at)
  const nibble = first >>> 4
  if (nibble === 4 && (first & 15) >= 5) return isIpv4(packet, at) || !isEthernet(packet, at) ? LayerId.ip : LayerId.eth
  if (nibble === 6) return isIpv6(packet, at) || !isEthernet(packet, at) ? LayerId.ipv6 : LayerId.eth
  if (nibble === 0 && at + 4 <= payloadEnd && view.getUint16(at) === 0 && isEthernet(packet, at + 4)) {
    return LayerId.pweth
  }
  return isEthernet(packet, at) ? LayerId.eth : LayerId.none
}

/** An IPv4 total length that fits the bytes that are here: 0, or not below the header's. */
function isIpv4(packet: Packet, at: number): boolean {
  const { view, payloadEnd } = packet
  if (at + 4 > payloadEnd) return true
  const length = view.getUint16(at + 2)
  return length === 0 || length >= 20
}

/** Version 6 and a hop limit that isn't 0. */
function isIpv6(packet: Packet, at: number): boolean {
  const { view, payloadEnd } = packet
  return at + 8 > payloadEnd || view.getUint8(at + 7) !== 0
}

export const mpls = layer({
  id: LayerId.mpls,
  name: 'mpls',
  token: 'mpls',
  title: 'MPLS label stack entry',
  source: 'RFC 3032, 2.1; RFC 5462',
  fields: [
    u24('mpls.label', 0, 'label', { shift: 4, names: labels }),
    u8('mpls.exp', 2, 'traffic class', { shift: 1, mask: 7 }),
    bool('mpls.bottom', 2, 0x01, 'bottom of stack'),
    u8('mpls.ttl', 3, 'time to live'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.mpls, at, 4)) return LayerId.none
    if ((packet.view.getUint8(at + 2) & 1) === 0) return LayerId.mpls
    return packet.payload < packet.payloadEnd ? belowLabels(packet, packet.payload) : LayerId.none
  },
})

export const pweth = layer({
  id: LayerId.pweth,
  name: 'pwethcw',
  token: 'pweth',
  title: 'Ethernet pseudowire control word',
  source: 'RFC 4448, 4.6',
  fields: [u16('pweth.cw.sequence_number', 2, 'sequence number, 0 for none')],
  dissect(packet, at) {
    return packet.claim(LayerId.pweth, at, 4) ? LayerId.eth : LayerId.none
  },
})
