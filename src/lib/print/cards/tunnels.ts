// Owns the lines of link and tunnel encapsulations on a card: GRE, VXLAN, Geneve, GTP-U, ESP, LLC, PPP, fragments.
// Start at tunnelLines.

import type { LayerLine, LayerView } from './layer-view.ts'
import { formatEthertype } from './values.ts'

/** A field as hex, where the header has it. */
function hexPair(v: LayerView, name: string, field: string, digits: number): void {
  if (v.has(field)) v.card.out.pair(name, v.hex(field, digits))
}

function greLine(v: LayerView): void {
  const type = v.number('gre.proto')
  if (type !== undefined) v.card.out.group(formatEthertype(v.card, type))
  v.pair('VSID', 'gre.nvgre.vsid')
  hexPair(v, 'key', 'gre.key', 8)
  v.pair('call', 'gre.key.call_id')
  v.pair('seq', 'gre.sequence_number')
  v.pair('ack', 'gre.ack_number')
}

function fragmentLine(v: LayerView): void {
  // In units of 8 bytes (RFC 8200, 4.5).
  const offset = (v.number('ipv6.fraghdr.offset') ?? 0) * 8
  v.card.out.group(`at ${offset}${v.is('ipv6.fraghdr.more') ? ', more follow' : ', the last'}`)
  hexPair(v, 'id', 'ipv6.fraghdr.ident', 8)
}

/** By Wireshark's names. */
export const tunnelLines: Readonly<Record<string, LayerLine>> = {
  vxlan: [
    'vxlan',
    (v) => {
      v.pair('VNI', 'vxlan.vni')
      v.pair('policy', 'vxlan.gbp')
    },
  ],
  geneve: [
    'geneve',
    (v) => {
      v.pair('VNI', 'geneve.vni')
      v.pair('options', 'geneve.option.type')
      v.etherType('geneve.proto_type')
    },
  ],
  gre: ['gre', greLine],
  gtp: [
    'gtp',
    (v) => {
      if (v.has('gtp.message')) v.card.out.group(v.name('gtp.message'))
      hexPair(v, 'TEID', 'gtp.teid', 8)
      v.pair('seq', 'gtp.seq_number')
      v.pair('QoS flow', 'gtp.ext_hdr.pdu_ses_con.qos_flow_id')
    },
  ],
  esp: [
    'esp',
    (v) => {
      hexPair(v, 'SPI', 'esp.spi', 8)
      v.pair('seq', 'esp.sequence')
    },
  ],
  llc: [
    'llc',
    (v) => {
      hexPair(v, 'DSAP', 'llc.dsap', 2)
      hexPair(v, 'SSAP', 'llc.ssap', 2)
      hexPair(v, 'OUI', 'llc.oui', 6)
      v.etherType('llc.type')
    },
  ],
  ppp: [
    'ppp',
    (v) => {
      if (v.has('ppp.protocol')) v.card.out.group(v.name('ppp.protocol'))
    },
  ],
  pppoes: [
    'pppoe',
    (v) => {
      hexPair(v, 'session', 'pppoe.session_id', 4)
    },
  ],
  'ipv6.fraghdr': ['fragment', fragmentLine],
}
