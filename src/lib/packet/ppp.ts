// Owns PPPoE (discovery and session) and PPP. Knows no other layer's content. Start at ppp.

import { nameTable } from '../wire/name-table.ts'
import { layer, test, u8, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import type { Packet } from './packet.ts'

const codes = nameTable('PPPoE code', 'IANA pppoe-parameters', {
  0: 'Session Data',
  7: 'PADO',
  9: 'PADI',
  10: 'PADG',
  11: 'PADC',
  12: 'PADQ',
  25: 'PADR',
  101: 'PADS',
  167: 'PADT',
  211: 'PADM',
  212: 'PADN',
})

const protocols = nameTable('PPP protocol', 'IANA ppp-numbers', {
  33: 'IPv4',
  35: 'OSI',
  41: 'AppleTalk',
  43: 'IPX',
  45: 'Van Jacobson Compressed TCP/IP',
  47: 'Van Jacobson Uncompressed TCP/IP',
  61: 'Multi-Link',
  83: 'Encryption',
  87: 'IPv6',
  253: 'Compressed Datagram',
  641: 'MPLS Unicast',
  643: 'MPLS Multicast',
  32801: 'IPCP',
  32851: 'ECP',
  32855: 'IPV6CP',
  33021: 'CCP',
  33409: 'MPLSCP',
  49185: 'LCP',
  49187: 'PAP',
  49189: 'LQR',
  49699: 'CHAP',
  49703: 'EAP',
})

const pppoeFields = [
  u8('pppoe.version', 0, 'version', { shift: 4, mask: 15 }),
  u8('pppoe.type', 0, 'type', { mask: 15 }),
  u8('pppoe.code', 1, 'code', { names: codes }),
  u16('pppoe.session_id', 2, 'session'),
  u16('pppoe.payload_length', 4, 'payload length', { unit: 'bytes' }),
]

function pppoeHeader(packet: Packet, id: number, at: number): boolean {
  if (!packet.claim(id, at, 6)) return false
  const { view } = packet
  if (view.getUint8(at) !== 0x11) {
    packet.fail(malformed.pppoeVersion)
    return false
  }
  packet.bound(at + 6 + view.getUint16(at + 4))
  return true
}

export const pppoed = layer({
  id: LayerId.pppoed,
  name: 'pppoed',
  token: 'pppoed',
  title: 'PPPoE discovery',
  source: 'RFC 2516, 4',
  fields: pppoeFields,
  dissect(packet, at) {
    pppoeHeader(packet, LayerId.pppoed, at)
    return LayerId.none
  },
})

export const pppoes = layer({
  id: LayerId.pppoes,
  name: 'pppoes',
  token: 'pppoe',
  title: 'PPPoE session',
  source: 'RFC 2516, 4',
  fields: pppoeFields,
  dissect(packet, at) {
    return pppoeHeader(packet, LayerId.pppoes, at) ? LayerId.ppp : LayerId.none
  },
})

/** Address 0xff and control 0x03 stand first (RFC 1662); they may be left out, as PPPoE and GRE do. */
const framed = test('u16', 0, { is: 0xff03 })
/** The protocol field is one byte where that is odd (RFC 1661, 6.5), else two. */
const compressed = (at: number) => test('u8', at, { mask: 1, is: 1 })
const wide = (at: number) => test('u8', at, { mask: 1, is: 0 })

export const ppp = layer({
  id: LayerId.ppp,
  name: 'ppp',
  token: 'ppp',
  title: 'PPP',
  source: 'RFC 1661, 2; RFC 1662, 3.1',
  fields: [
    u8('ppp.address', 0, 'address', { when: framed }),
    u8('ppp.control', 1, 'control', { when: framed }),
    u16('ppp.protocol', 2, 'protocol', { when: [framed, wide(2)], names: protocols }),
    u8('ppp.protocol', 2, 'protocol', { when: [framed, compressed(2)], names: protocols }),
    u16('ppp.protocol', 0, 'protocol', { when: wide(0), names: protocols }),
    u8('ppp.protocol', 0, 'protocol', { when: [compressed(0), test('u8', 0, { not: 0xff })], names: protocols }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.ppp, at, 1)) return LayerId.none
    const { view } = packet
    let i = at
    if (view.getUint8(at) === 0xff) {
      if (!packet.extend(at + 3) || view.getUint8(at + 1) !== 3) return LayerId.none
      i = at + 2
    }
    let protocol = view.getUint8(i)
    if ((protocol & 1) === 0) {
      if (!packet.extend(i + 2)) return LayerId.none
      protocol = view.getUint16(i)
    }
    switch (protocol) {
      case 0x0021:
        return LayerId.ip
      case 0x0057:
        return LayerId.ipv6
      case 0x0281:
      case 0x0283:
        return LayerId.mpls
      default:
        return LayerId.none
    }
  },
})
