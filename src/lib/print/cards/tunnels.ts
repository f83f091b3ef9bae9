// Owns the lines of link and tunnel encapsulations on a card: GRE, VXLAN, Geneve, GTP-U, ERSPAN, Teredo, IPsec, LLC, PPP.
// Start at tunnelLines.

import { fieldsLine, type LayerLine, type LayerView } from './layer-view.ts'
import { dim } from './text.ts'
import { formatEthertype } from './values.ts'

function greLine(v: LayerView): void {
  const type = v.number('gre.proto')
  if (type !== undefined) v.card.out.group(formatEthertype(v.card, type))
  v.pair('VSID', 'gre.nvgre.vsid')
  v.hexPair('key', 'gre.key', 8)
  v.pair('call', 'gre.key.call_id')
  v.pair('seq', 'gre.sequence_number')
  v.pair('ack', 'gre.ack_number')
}

/** Units of the timestamp by erspan.gra (draft-foschiano-erspan-03, 4.2). */
const granularity: Readonly<Record<number, string>> = { 0: ' × 100 µs', 1: ' × 100 ns', 2: ' of IEEE 1588' }

function erspanLine(v: LayerView): void {
  const { out } = v.card
  const version = v.number('erspan.version')
  if (version !== undefined) out.pair('type', version === 1 ? 'II' : 'III')
  v.pair('vlan', 'erspan.vlan')
  v.pair('session', 'erspan.spanid')
  if (v.number('erspan.cos') !== 0) v.pair('priority', 'erspan.cos')
  if (v.is('erspan.truncated')) out.group('cut')
  v.pair('index', 'erspan.index')
  if (version !== 2) return
  const unit = granularity[v.number('erspan.gra') ?? 0] ?? ''
  if (v.has('erspan.timestamp')) out.pair('timestamp', v.text('erspan.timestamp'), dim(unit))
  if (v.has('erspan.direction')) out.group(v.is('erspan.direction') ? 'egress' : 'ingress')
  if (v.number('erspan.sgt') !== 0) v.pair('SGT', 'erspan.sgt')
  if (v.number('erspan.hw') !== 0) v.pair('hardware', 'erspan.hw')
}

function ahLine(v: LayerView): void {
  v.hexPair('SPI', 'ah.spi', 8)
  v.pair('seq', 'ah.sequence')
  v.next('ah.next_header')
}

function pppoedLine(v: LayerView): void {
  if (v.has('pppoe.code')) v.card.out.group(v.name('pppoe.code'))
  if (v.number('pppoe.session_id') !== 0) v.hexPair('session', 'pppoe.session_id', 4)
}

/** Of a pseudowire; 0 means that it does not number its frames (RFC 4448, 4.6). */
function controlWordLine(v: LayerView): void {
  if (v.number('pweth.cw.sequence_number') !== 0) v.pair('seq', 'pweth.cw.sequence_number')
  v.elseDim('not numbered')
}

function teredoLine(v: LayerView): void {
  v.pair('mapped port', 'teredo.orig.port')
  v.elseDim('no origin')
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
      v.hexPair('TEID', 'gtp.teid', 8)
      v.pair('seq', 'gtp.seq_number')
      v.pair('QoS flow', 'gtp.ext_hdr.pdu_ses_con.qos_flow_id')
    },
  ],
  esp: [
    'esp',
    (v) => {
      v.hexPair('SPI', 'esp.spi', 8)
      v.pair('seq', 'esp.sequence')
    },
  ],
  llc: [
    'llc',
    (v) => {
      v.hexPair('DSAP', 'llc.dsap', 2)
      v.hexPair('SSAP', 'llc.ssap', 2)
      v.hexPair('OUI', 'llc.oui', 6)
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
      v.hexPair('session', 'pppoe.session_id', 4)
    },
  ],
  pppoed: ['pppoe', pppoedLine],
  pwethcw: ['control', controlWordLine],
  erspan: ['erspan', erspanLine],
  vxlan_gpe: fieldsLine('vxlan', [['VNI', 'vxlan.vni']], 'vxlan.next_proto'),
  teredo: ['teredo', teredoLine],
  ah: ['ah', ahLine],
}
