// Owns VXLAN, VXLAN-GPE and Geneve. Knows no inner layer's content. Start at vxlan.

import { ethertypes } from '../names/ethertypes.ts'
import { nameTable } from '../wire/name-table.ts'
import { ethertypeLayer } from './ethernet.ts'
import { type FieldSink, Key } from './field-sink.ts'
import { bool, layer, test, u8, u16, u24 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

export const vxlan = layer({
  id: LayerId.vxlan,
  name: 'vxlan',
  token: 'vxlan',
  title: 'VXLAN',
  source: 'RFC 7348, 5; draft-smith-vxlan-group-policy-05, 2',
  fields: [
    u16('vxlan.flags', 0, 'flags, 0x0800 for a valid VNI'),
    u16('vxlan.gbp', 2, 'group policy', { when: test('u16', 0, { mask: 0x8000, not: 0 }) }),
    u24('vxlan.vni', 4, 'VXLAN network'),
  ],
  dissect(packet, at) {
    return packet.claim(LayerId.vxlan, at, 8) ? LayerId.eth : LayerId.none
  },
})

const nextProtocols = nameTable('VXLAN-GPE next protocol', 'draft-ietf-nvo3-vxlan-gpe-12, 3.2', {
  1: 'IPv4',
  2: 'IPv6',
  3: 'Ethernet',
  4: 'NSH',
  5: 'MPLS',
})

const byNextProtocol = [LayerId.none, LayerId.ip, LayerId.ipv6, LayerId.eth, LayerId.none, LayerId.mpls] as const

export const vxlanGpe = layer({
  id: LayerId.vxlanGpe,
  name: 'vxlan_gpe',
  token: 'vxlangpe',
  title: 'VXLAN-GPE',
  source: 'draft-ietf-nvo3-vxlan-gpe-12, 3',
  fields: [
    u8('vxlan.ver', 0, 'version', { shift: 4, mask: 3 }),
    u8('vxlan.next_proto', 3, 'what follows', { names: nextProtocols }),
    u24('vxlan.vni', 4, 'VXLAN network'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.vxlanGpe, at, 8)) return LayerId.none
    return byNextProtocol[packet.view.getUint8(at + 3)] ?? LayerId.none
  },
})

const optionClass = new Key('geneve.option.class')
const optionType = new Key('geneve.option.type')
const optionData = new Key('geneve.option')

/** Class and type of the options, and the options themselves, that are wholly here, as three lists. */
function visitOptions(view: DataView, at: number, limit: number, sink: FieldSink): void {
  if (limit < at + 12) return
  for (const key of [optionClass, optionType, optionData]) {
    sink.list(key)
    for (let i = at + 8; i + 4 <= limit; ) {
      const length = 4 + (view.getUint8(i + 3) & 31) * 4
      if (i + length > limit) break
      if (key === optionClass) sink.itemNumber(view.getUint16(i))
      else if (key === optionType) sink.itemNumber(view.getUint8(i + 2))
      else sink.itemHex(i, length)
      i += length
    }
    sink.endList()
  }
}

export const geneve = layer({
  id: LayerId.geneve,
  name: 'geneve',
  token: 'geneve',
  title: 'Geneve',
  source: 'RFC 8926, 3.4',
  fields: [
    u8('geneve.version', 0, 'version', { shift: 6 }),
    bool('geneve.flags.oam', 1, 0x80, 'control packet'),
    bool('geneve.flags.critical', 1, 0x40, 'critical options are present'),
    u16('geneve.proto_type', 2, 'protocol type', { names: ethertypes }),
    u24('geneve.vni', 4, 'virtual network'),
  ],
  variable: [
    { name: 'geneve.option.class', type: 'numbers', doc: 'option classes in order' },
    { name: 'geneve.option.type', type: 'numbers', doc: 'option types in order' },
    { name: 'geneve.option', type: 'texts', doc: 'options in order, header and data, hex' },
  ],
  visit: visitOptions,
  dissect(packet, at) {
    if (!packet.claim(LayerId.geneve, at, 8)) return LayerId.none
    const { view } = packet
    const options = (view.getUint8(at) & 63) * 4
    if (options > 0 && !packet.extend(at + 8 + options)) return LayerId.none
    return ethertypeLayer(view.getUint16(at + 2))
  },
})
