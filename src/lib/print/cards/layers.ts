// Owns how the layers of a sampled header look on a card: one line a layer, names beside numbers. Layers without a line
// of their own are shown from their declarations. Knows no sFlow. Start at layerLine; IP, InfiniBand and tunnels are
// in files of their own.

import type { Layer } from '../../packet/full.ts'
import type { Card } from './context.ts'
import { infinibandLines } from './infiniband.ts'
import { ipLines } from './ip.ts'
import { fieldsLine, type LayerLine, LayerView } from './layer-view.ts'
import { dim, strong } from './text.ts'
import { tunnelLines } from './tunnels.ts'

function tcpLine(v: LayerView): void {
  const { out } = v.card
  v.ports('tcp.srcport', 'tcp.dstport')
  if (v.has('tcp.flags')) {
    const flags = v.number('tcp.flags')
    out.group(flags === 0 ? 'no flags' : v.card.names ? strong(v.name('tcp.flags')) : v.hex('tcp.flags', 3))
  }
  v.pair('seq', 'tcp.seq_raw')
  v.pair('ack', 'tcp.ack_raw')
  v.pair('win', 'tcp.window_size_value')
  v.pair('MSS', 'tcp.options.mss_val')
  v.pair('scale', 'tcp.options.wscale.shift')
}

function arpLine(v: LayerView): void {
  v.card.out.group(v.name('arp.opcode'))
  if (v.has('arp.src.proto_ipv4')) {
    v.card.out.group(v.text('arp.src.proto_ipv4'), dim(' at '), v.text('arp.src.hw_mac'))
    v.card.out.pair('for', v.text('arp.dst.proto_ipv4'))
  }
}

function dnsLine(v: LayerView): void {
  const { out } = v.card
  out.group(v.is('dns.flags.response') ? 'response' : 'query')
  if (v.has('dns.qry.name')) out.group(v.text('dns.qry.name'))
  if (v.has('dns.qry.type')) out.group(v.name('dns.qry.type'))
  if (v.is('dns.flags.response')) {
    out.group(v.name('dns.flags.rcode'))
    v.pair('answers', 'dns.count.answers')
  }
  out.pair('id', v.hex('dns.id', 4))
}

/** Type and code; names of codes say more than the type alone. */
function icmpHead(v: LayerView, type: string, code: string): void {
  if (v.has(type)) v.card.out.group(v.named(type))
  if (v.has(code) && (v.number(code) !== 0 || v.has(`${code}_name`))) v.card.out.pair('code', v.named(code))
}

function icmpLine(v: LayerView): void {
  icmpHead(v, 'icmp.type', 'icmp.code')
  v.pair('id', 'icmp.ident')
  v.pair('seq', 'icmp.seq')
  v.sizePair('MTU', 'icmp.mtu')
  v.pair('gateway', 'icmp.redir_gw')
  v.pair('wrong at byte', 'icmp.pointer')
}

function icmpv6Line(v: LayerView): void {
  icmpHead(v, 'icmpv6.type', 'icmpv6.code')
  v.pair('id', 'icmpv6.echo.identifier')
  v.pair('seq', 'icmpv6.echo.sequence_number')
  v.sizePair('MTU', 'icmpv6.mtu')
  v.pair('wrong at byte', 'icmpv6.pointer')
  v.pair('group', 'icmpv6.mld.multicast_address')
  v.pair('target', 'icmpv6.nd.ns.target_address')
  v.pair('target', 'icmpv6.nd.na.target_address')
  v.pair('target', 'icmpv6.nd.rd.target_address')
}

function dccpLine(v: LayerView): void {
  v.ports('dccp.srcport', 'dccp.dstport')
  if (v.has('dccp.type')) v.card.out.group(v.name('dccp.type'))
}

function vlanLine(v: LayerView): void {
  v.card.out.group(v.text('vlan.id'))
  v.pair('priority', 'vlan.priority')
  if (v.is('vlan.dei')) v.card.out.group('drop eligible')
  v.etherType('vlan.etype')
}

/** A layer's name as a label: without the family's. */
export const shortLayerName = (layer: string): string => layer.replace(/^(infiniband|ipv6)\./, '')

/** Lines of the layers that have one of their own: by Wireshark's name, with the label where that is shorter. */
const lines: Readonly<Record<string, LayerLine>> = {
  eth: [
    'eth',
    (v) => {
      v.addresses('eth.src', 'eth.dst')
      v.etherType('eth.type')
      v.pair('length', 'eth.len')
    },
  ],
  vlan: ['vlan', vlanLine],
  mpls: [
    'mpls',
    (v) => {
      v.card.out.pair('label', v.named('mpls.label'))
      v.pair('TC', 'mpls.exp')
      v.pair('TTL', 'mpls.ttl')
      if (v.is('mpls.bottom')) v.card.out.group(dim('bottom'))
    },
  ],
  arp: ['arp', arpLine],
  icmp: ['icmp', icmpLine],
  icmpv6: ['icmpv6', icmpv6Line],
  igmp: fieldsLine('igmp', [
    ['', 'igmp.type'],
    ['group', 'igmp.maddr'],
    ['groups', 'igmp.num_grp_recs'],
  ]),
  tcp: ['tcp', tcpLine],
  udp: ['udp', (v) => v.ports('udp.srcport', 'udp.dstport')],
  udplite: ['udplite', (v) => v.ports('udp.srcport', 'udp.dstport')],
  dccp: ['dccp', dccpLine],
  sctp: [
    'sctp',
    (v) => {
      v.ports('sctp.srcport', 'sctp.dstport')
      if (v.has('sctp.chunk_type')) v.card.out.group(v.name('sctp.chunk_type'))
      if (v.has('sctp.verification_tag')) v.card.out.pair('tag', v.hex('sctp.verification_tag', 8))
    },
  ],
  dns: ['dns', dnsLine],
  ...ipLines,
  ...tunnelLines,
  ...infinibandLines,
}

/**
 * Writes one layer's line. A packet that an ICMP error quotes is set in.
 * @param last nothing follows this layer in its packet
 * @param cut the header ends within this layer
 */
export function layerLine(card: Card, layer: Layer, last: boolean, cut: boolean): void {
  const known = lines[layer.layer]
  const label = known?.[0] ?? shortLayerName(layer.layer)
  card.out.label(label, 'accent', layer.quoted ? 1 : 0)
  const view = new LayerView(card, layer, last)
  if (Object.keys(layer.fields).length === 0) card.out.group(dim(cut ? 'cut' : 'no fields'))
  else if (known === undefined) view.rest()
  else known[1](view)
}
