// Owns UDP and UDP-Lite, and which tunnel a UDP port means. Knows no tunnel's content. Start at udp.

import { layer, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import type { Packet } from './packet.ts'

/** The layer behind a UDP header: by destination port, and for DNS and GTP-U, whose answers swap ports, by source port. */
function portLayer(source: number, destination: number): number {
  switch (destination) {
    case 4789:
    case 8472: // Linux's default before it knew IANA's, still in use
      return LayerId.vxlan
    case 4790:
      return LayerId.vxlanGpe
    case 4791:
      return LayerId.bth
    case 4793:
      return LayerId.uet
    case 6081:
      return LayerId.geneve
    case 2152:
      return LayerId.gtp
    case 53:
      return LayerId.dns
    case 3544:
      return LayerId.teredo
    case 4754:
      return LayerId.gre
    case 6635:
      return LayerId.mpls
  }
  switch (source) {
    case 53:
      return LayerId.dns
    case 2152:
      return LayerId.gtp
    case 3544:
      return LayerId.teredo
    default:
      return LayerId.none
  }
}

/** NAT traversal (RFC 3948, 2): four zero bytes mark IKE, a single 0xff keeps the mapping alive, all else is ESP. */
function ipsecLayer(packet: Packet): number {
  const { payload, payloadEnd, view } = packet
  return payload + 4 <= payloadEnd && view.getUint32(payload) !== 0 ? LayerId.esp : LayerId.none
}

export const udp = layer({
  id: LayerId.udp,
  name: 'udp',
  token: 'udp',
  title: 'UDP',
  source: 'RFC 768',
  fields: [
    u16('udp.srcport', 0, 'source port'),
    u16('udp.dstport', 2, 'destination port'),
    u16('udp.length', 4, 'length with this header; 0 for jumbograms and segmentation offload', { unit: 'bytes' }),
    u16('udp.checksum', 6, 'checksum, 0 for none'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.udp, at, 8)) return LayerId.none
    const { view } = packet
    const length = view.getUint16(at + 4)
    if (length !== 0) {
      if (length < 8) return packet.fail(malformed.udpLength)
      packet.bound(at + length)
    }
    if (view.getUint16(at + 2) === 4500 || view.getUint16(at) === 4500) return ipsecLayer(packet)
    const next = portLayer(view.getUint16(at), view.getUint16(at + 2))
    // An empty datagram to a tunnel's port carries no tunnel.
    return packet.payload === packet.declaredEnd ? LayerId.none : next
  },
})

export const udplite = layer({
  id: LayerId.udplite,
  name: 'udplite',
  token: 'udplite',
  title: 'UDP-Lite',
  source: 'RFC 3828, 3.1',
  fields: [
    u16('udp.srcport', 0, 'source port'),
    u16('udp.dstport', 2, 'destination port'),
    u16('udp.checksum_coverage', 4, 'bytes that the checksum covers, 0 for all', { unit: 'bytes' }),
    u16('udp.checksum', 6, 'checksum'),
  ],
  dissect(packet, at) {
    packet.claim(LayerId.udplite, at, 8)
    return LayerId.none
  },
})
