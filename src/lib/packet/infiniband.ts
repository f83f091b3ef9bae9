// Owns what stands before a BTH outside of UDP: the local route header and the global route header.
// Knows nothing of transport. Start at lrh.

import { ethertypeLayer } from './ethernet.ts'
import { ipv6 as address, layer, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'

export const lrh = layer({
  id: LayerId.lrh,
  name: 'infiniband.lrh',
  token: 'iblr',
  title: 'InfiniBand local route header',
  source: 'InfiniBand Architecture 1.7, vol. 1, 7.7',
  fields: [
    u8('infiniband.lrh.vl', 0, 'virtual lane', { shift: 4 }),
    u8('infiniband.lrh.lver', 0, 'link version', { mask: 15 }),
    u8('infiniband.lrh.sl', 1, 'service level', { shift: 4 }),
    u8('infiniband.lrh.lnh', 1, 'link next header', { mask: 3 }),
    u16('infiniband.lrh.dlid', 2, 'destination local identifier'),
    u16('infiniband.lrh.pktlen', 4, 'packet length in 4-byte words', { mask: 0x7ff }),
    u16('infiniband.lrh.slid', 6, 'source local identifier'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.lrh, at, 8)) return LayerId.none
    const { view } = packet
    const length = (view.getUint16(at + 4) & 0x7ff) * 4
    if (length !== 0) {
      if (length < 8) return packet.fail(malformed.lrhLength)
      packet.bound(at + length)
    }
    switch (view.getUint8(at + 1) & 3) {
      case 0:
        // Raw: a header of 4 bytes whose last two are an Ethernet type.
        return packet.extend(at + 12) ? ethertypeLayer(view.getUint16(at + 10)) : LayerId.none
      case 1:
        return LayerId.ipv6
      case 2:
        return LayerId.bth
      default:
        return LayerId.grh
    }
  },
})

export const grh = layer({
  id: LayerId.grh,
  name: 'infiniband.grh',
  token: 'ibgh',
  title: 'InfiniBand global route header',
  source: 'InfiniBand Architecture 1.7, vol. 1, 8.3; Annex A16 (RoCE)',
  fields: [
    u8('infiniband.grh.ipver', 0, 'version, 6', { shift: 4 }),
    u16('infiniband.grh.tclass', 0, 'traffic class', { shift: 4, mask: 255 }),
    u32('infiniband.grh.flowlabel', 0, 'flow label', { mask: 0xfffff }),
    u16('infiniband.grh.paylen', 4, 'payload length', { unit: 'bytes' }),
    u8('infiniband.grh.nxthdr', 6, 'next header, 27 for a BTH'),
    u8('infiniband.grh.hoplmt', 7, 'hop limit'),
    address('infiniband.grh.sgid', 8, 'source global identifier'),
    address('infiniband.grh.dgid', 24, 'destination global identifier'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.grh, at, 40)) return LayerId.none
    const { view } = packet
    const length = view.getUint16(at + 4)
    if (length !== 0) packet.bound(at + 40 + length)
    return view.getUint8(at + 6) === 0x1b ? LayerId.bth : LayerId.none
  },
})
