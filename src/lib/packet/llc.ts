// Owns LLC and SNAP, of 802.3 frames. Knows no other layer's content. Start at llc.

import { ethertypes } from '../names/ethertypes.ts'
import { ethertypeLayer } from './ethernet.ts'
import { layer, test, u8, u16, u24 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

/** DSAP and SSAP 0xaa, control UI: a SNAP header follows (IEEE 802, 9.5). */
const snap = [test('u16', 0, { is: 0xaaaa }), test('u8', 2, { is: 3 })]
/** SNAP with an OUI whose protocol identifiers are Ethernet types: 0 (RFC 1042) and 00-00-f8 (802.1H). */
const encapsulated = [...snap, test('u8', 3, { is: 0 }), test('u16', 4, { is: [0, 0xf8] })]

export const llc = layer({
  id: LayerId.llc,
  name: 'llc',
  token: 'llc',
  title: 'Logical Link Control, SNAP',
  source: 'IEEE 802.2, 3; IEEE 802, 9.5; RFC 1042',
  fields: [
    u8('llc.dsap', 0, 'destination service access point'),
    u8('llc.ssap', 1, 'source service access point'),
    u8('llc.control', 2, 'first byte of the control field'),
    u24('llc.oui', 3, 'SNAP organization code', { when: snap }),
    u16('llc.type', 6, 'Ethernet type of what follows', { when: encapsulated, names: ethertypes }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.llc, at, 3)) return LayerId.none
    const { view } = packet
    const saps = view.getUint16(at)
    const control = view.getUint8(at + 2)
    if (saps === 0x0606) return LayerId.ip
    if (saps !== 0xaaaa || control !== 3) {
      // Information and supervisory frames have two bytes of control, unnumbered ones have one.
      if ((control & 3) !== 3) packet.extend(at + 4)
      return LayerId.none
    }
    if (!packet.extend(at + 8)) return LayerId.none
    const organization = view.getUint16(at + 3) * 256 + view.getUint8(at + 5)
    return organization === 0 || organization === 0xf8 ? ethertypeLayer(view.getUint16(at + 6)) : LayerId.none
  },
})
