// Owns ARP and RARP. Start at arp.

import { ethertypes } from '../names/ethertypes.ts'
import { nameTable } from '../wire/name-table.ts'
import { ipv4, layer, mac, test, u8, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

const operations = nameTable('ARP operation', 'IANA arp-parameters', {
  1: 'request',
  2: 'reply',
  3: 'request reverse',
  4: 'reply reverse',
  8: 'InARP request',
  9: 'InARP reply',
})

/** Addresses are 6 and 4 bytes: Ethernet and IPv4. Others are not shown. */
const ethernetIpv4 = { when: test('u16', 4, { is: 0x0604 }) }

export const arp = layer({
  id: LayerId.arp,
  name: 'arp',
  token: 'arp',
  title: 'ARP',
  source: 'RFC 826; RFC 903',
  fields: [
    u16('arp.hw.type', 0, 'hardware type, 1 for Ethernet'),
    u16('arp.proto.type', 2, 'protocol type', { names: ethertypes }),
    u8('arp.hw.size', 4, 'hardware address length', { unit: 'bytes' }),
    u8('arp.proto.size', 5, 'protocol address length', { unit: 'bytes' }),
    u16('arp.opcode', 6, 'operation', { names: operations }),
    mac('arp.src.hw_mac', 8, 'sender hardware address', ethernetIpv4),
    ipv4('arp.src.proto_ipv4', 14, 'sender protocol address', ethernetIpv4),
    mac('arp.dst.hw_mac', 18, 'target hardware address', ethernetIpv4),
    ipv4('arp.dst.proto_ipv4', 24, 'target protocol address', ethernetIpv4),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.arp, at, 8)) return LayerId.none
    const { view } = packet
    packet.extend(at + 8 + 2 * (view.getUint8(at + 4) + view.getUint8(at + 5)))
    return LayerId.none
  },
})
