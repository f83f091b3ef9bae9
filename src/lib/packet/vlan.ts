// Owns 802.1Q and 802.1ad tags: one layer a tag. Knows no other layer's content. Start at vlan.

import { ethertypes } from '../names/ethertypes.ts'
import { isLength, isType, typeOrLength } from './ethernet.ts'
import { bool, layer, u8, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

export const vlan = layer({
  id: LayerId.vlan,
  name: 'vlan',
  token: 'vlan',
  title: 'VLAN tag',
  source: 'IEEE 802.1Q, 9.6',
  fields: [
    u8('vlan.priority', 0, 'priority code point', { shift: 5, mask: 7 }),
    bool('vlan.dei', 0, 0x10, 'drop eligible'),
    u16('vlan.id', 0, 'VLAN identifier', { mask: 0xfff }),
    u16('vlan.etype', 2, 'Ethernet type of what follows', {
      when: isType(2),
      names: ethertypes,
      usual: [0x0800, 0x86dd],
    }),
    u16('vlan.len', 2, 'length of the 802.3 payload', { when: isLength(2), unit: 'bytes' }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.vlan, at, 4)) return LayerId.none
    return typeOrLength(packet, packet.view.getUint16(at + 2))
  },
})
