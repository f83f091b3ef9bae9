// Owns ESP and AH. Knows no payload. Start at esp.

import { ipProtocols } from '../names/ip-protocols.ts'
import { protocolLayer } from './ipv4.ts'
import { layer, u8, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'

export const esp = layer({
  id: LayerId.esp,
  name: 'esp',
  token: 'esp',
  title: 'Encapsulating Security Payload',
  source: 'RFC 4303, 2',
  fields: [u32('esp.spi', 0, 'security parameters index'), u32('esp.sequence', 4, 'sequence number')],
  dissect(packet, at) {
    packet.claim(LayerId.esp, at, 8)
    return LayerId.none
  },
})

export const ah = layer({
  id: LayerId.ah,
  name: 'ah',
  token: 'ah',
  title: 'Authentication Header',
  source: 'RFC 4302, 2',
  fields: [
    u8('ah.next_header', 0, 'next header', { names: ipProtocols }),
    u8('ah.length', 1, 'length in 32-bit words, two not counted'),
    u32('ah.spi', 4, 'security parameters index'),
    u32('ah.sequence', 8, 'sequence number'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.ah, at, 12)) return LayerId.none
    const { view } = packet
    const length = (view.getUint8(at + 1) + 2) * 4
    if (length < 12) return packet.fail(malformed.ahLength)
    if (length > 12 && !packet.extend(at + length)) return LayerId.none
    return protocolLayer(view.getUint8(at))
  },
})
