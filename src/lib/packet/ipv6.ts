// Owns the IPv6 header. The extension headers are layers of their own (ipv6-extensions.ts). Start at ipv6.

import { dscpNames, ecnNames } from '../names/dscp.ts'
import { ipProtocols } from '../names/ip-protocols.ts'
import { protocolLayer } from './ipv4.ts'
import { ipv6 as address, layer, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'

export const ipv6 = layer({
  id: LayerId.ipv6,
  name: 'ipv6',
  token: 'ip6',
  title: 'IPv6',
  source: 'RFC 8200, 3; RFC 2474; RFC 3168',
  fields: [
    u8('ipv6.version', 0, 'version', { shift: 4, mask: 15 }),
    u16('ipv6.tclass', 0, 'traffic class', { shift: 4, mask: 255, hidden: true }),
    u16('ipv6.tclass.dscp', 0, 'differentiated services code point', {
      shift: 6,
      mask: 63,
      names: dscpNames,
      usual: [0],
    }),
    u8('ipv6.tclass.ecn', 1, 'explicit congestion notification', { shift: 4, mask: 3, names: ecnNames, usual: [0, 2] }),
    u32('ipv6.flow', 0, 'flow label', { mask: 0xfffff }),
    u16('ipv6.plen', 4, 'payload length; 0 for jumbograms and segmentation offload', { unit: 'bytes' }),
    u8('ipv6.nxt', 6, 'next header', { names: ipProtocols, usual: [6, 17] }),
    u8('ipv6.hlim', 7, 'hop limit'),
    address('ipv6.src', 8, 'source address'),
    address('ipv6.dst', 24, 'destination address'),
  ],
  dissect(packet, at) {
    const { view } = packet
    if (view.getUint8(at) >>> 4 !== 6) {
      packet.claim(LayerId.ipv6, at, 1)
      return packet.fail(malformed.ipv6Version)
    }
    if (!packet.claim(LayerId.ipv6, at, 40)) return LayerId.none
    const length = view.getUint16(at + 4)
    // 0: a jumbogram (RFC 2675) or segmentation offload; the packet goes on to the end of what is here.
    if (length !== 0) packet.bound(at + 40 + length)
    return protocolLayer(view.getUint8(at + 6))
  },
})
