// Owns how the layers of a sampled header look on a card: one line a layer, names beside numbers. Layers without a line
// of their own are shown from their declarations. Knows no sFlow. Start at layerLine; InfiniBand and tunnels are in
// files of their own.

import type { Layer } from '../../packet/full.ts'
import type { Card } from './context.ts'
import { infinibandLines } from './infiniband.ts'
import { type LayerLine, LayerView } from './layer-view.ts'
import { dim, strong } from './text.ts'
import { tunnelLines } from './tunnels.ts'

/** Class of service and lifetime, which IPv4 and IPv6 name differently. */
function classLine(v: LayerView, dscp: string, ecn: string, life: string, lifeName: string): void {
  const { out } = v.card
  const code = v.number(dscp)
  // 0 is no class at all: its name would only be noise.
  if (code !== undefined) out.pair('DSCP', code === 0 ? '0' : v.named(dscp))
  const mark = v.number(ecn)
  // 3: congestion was met (RFC 3168), which is what one looks for.
  if (mark !== undefined) out.pair('ECN', mark === 3 ? strong(v.name(ecn)) : v.name(ecn))
  v.pair(lifeName, life)
}

function ipLine(v: LayerView): void {
  const { out } = v.card
  v.addresses('ip.src', 'ip.dst')
  if (v.has('ip.proto')) out.group(v.name('ip.proto'))
  classLine(v, 'ip.dsfield.dscp', 'ip.dsfield.ecn', 'ip.ttl', 'TTL')
  const offset = v.number('ip.frag_offset') ?? 0
  if (offset > 0 || v.is('ip.flags.mf')) {
    out.pair(
      'fragment',
      `at ${offset}${v.is('ip.flags.mf') ? ', more follow' : ', the last'}`,
      dim(', id '),
      v.text('ip.id'),
    )
  }
  v.pair('options', 'ip.opt.type')
}

function ipv6Line(v: LayerView): void {
  const { out } = v.card
  v.addresses('ipv6.src', 'ipv6.dst')
  if (v.has('ipv6.nxt')) out.group(v.name('ipv6.nxt'))
  classLine(v, 'ipv6.tclass.dscp', 'ipv6.tclass.ecn', 'ipv6.hlim', 'hops')
  if ((v.number('ipv6.flow') ?? 0) !== 0) out.pair('flow', v.hex('ipv6.flow', 5))
}

function tcpLine(v: LayerView): void {
  const { out } = v.card
  v.ports('tcp.srcport', 'tcp.dstport')
  if (v.has('tcp.flags')) {
    const flags = v.number('tcp.flags')
    out.group(flags === 0 ? 'no flags' : v.card.names ? strong(v.name('tcp.flags')) : v.hex('tcp.flags', 3))
  }
  v.pair('seq', 'tcp.seq_raw')
  v.pair('ack', 'tcp.ack_raw')
  v.pair('window', 'tcp.window_size_value')
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

function icmpLine(prefix: 'icmp' | 'icmpv6') {
  return (v: LayerView): void => {
    if (v.has(`${prefix}.type`)) v.card.out.group(v.named(`${prefix}.type`))
    if (v.has(`${prefix}.code`) && (v.number(`${prefix}.code`) !== 0 || v.has(`${prefix}.code_name`))) {
      v.card.out.pair('code', v.named(`${prefix}.code`))
    }
    v.rest([`${prefix}.type`, `${prefix}.code`, `${prefix}.checksum`])
  }
}

function vlanLine(v: LayerView): void {
  v.card.out.group(v.text('vlan.id'))
  v.pair('priority', 'vlan.priority')
  if (v.is('vlan.dei')) v.card.out.group('drop eligible')
  v.etherType('vlan.etype')
}

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
  ip: ['ip', ipLine],
  ipv6: ['ipv6', ipv6Line],
  icmp: ['icmp', icmpLine('icmp')],
  icmpv6: ['icmpv6', icmpLine('icmpv6')],
  tcp: ['tcp', tcpLine],
  udp: ['udp', (v) => v.ports('udp.srcport', 'udp.dstport')],
  sctp: [
    'sctp',
    (v) => {
      v.ports('sctp.srcport', 'sctp.dstport')
      if (v.has('sctp.chunk_type')) v.card.out.group(v.name('sctp.chunk_type'))
      if (v.has('sctp.verification_tag')) v.card.out.pair('tag', v.hex('sctp.verification_tag', 8))
    },
  ],
  dns: ['dns', dnsLine],
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
  const label = known?.[0] ?? layer.layer.replace(/^(infiniband|ipv6)\./, '')
  card.out.label(label, 'accent', layer.quoted ? 1 : 0)
  const view = new LayerView(card, layer, last)
  if (Object.keys(layer.fields).length === 0) card.out.group(dim(cut ? 'cut' : 'no fields'))
  else if (known === undefined) view.rest()
  else known[1](view)
}
