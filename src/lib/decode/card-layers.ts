// Owns how the layers of a sampled header look on a card: one line a layer, names beside numbers. Layers without a line
// of their own are shown from their declarations. Knows no sFlow. Start at layerLine.

import type { FieldValue, Layer } from '../packet/full.ts'
import { type Card, formatService } from './card-context.ts'
import { ARROW, dim, strong } from './card-text.ts'
import { formatEthertype, formatWord } from './card-values.ts'

/** One layer's fields, with the innermost question a line asks: is it here, and what is it called. */
class View {
  readonly card: Card
  readonly layer: Layer
  /** Nothing follows this layer in its packet: what it says of the next one is worth showing. */
  readonly last: boolean

  constructor(card: Card, layer: Layer, last: boolean) {
    this.card = card
    this.layer = layer
    this.last = last
  }

  has(name: string): boolean {
    return this.layer.fields[name] !== undefined
  }

  /** The value as text; `?` where the header was cut before it. */
  text(name: string): string {
    const value = this.layer.fields[name]
    return value === undefined ? '?' : formatField(this.card, value)
  }

  number(name: string): number | undefined {
    const value = this.layer.fields[name]
    return typeof value === 'number' ? value : undefined
  }

  is(name: string): boolean {
    return this.layer.fields[name] === true
  }

  /** The value's name, or the number where it has none or names are off. */
  name(field: string): string {
    const name = this.card.names ? this.layer.fields[`${field}_name`] : undefined
    return typeof name === 'string' ? name : this.text(field)
  }

  /** `AF31 (26)` turned round: `26 (AF31)`. */
  named(field: string): string {
    const name = this.card.names ? this.layer.fields[`${field}_name`] : undefined
    return typeof name === 'string' ? `${this.text(field)} (${name})` : this.text(field)
  }

  hex(field: string, digits: number): string {
    const value = this.number(field)
    return value === undefined ? '?' : `0x${value.toString(16).padStart(digits, '0')}`
  }

  /** A group of a dim name and the value, where the header has it. */
  pair(name: string, field: string): void {
    if (this.has(field)) this.card.out.pair(name, this.text(field))
  }

  addresses(from: string, to: string): void {
    this.card.out.group(this.text(from), ARROW, this.text(to))
  }

  ports(from: string, to: string): void {
    const service = (field: string): string => {
      const port = this.number(field)
      return port === undefined ? '?' : formatService(this.card, port)
    }
    this.card.out.group(service(from), ARROW, service(to))
  }
}

function formatField(card: Card, value: FieldValue): string {
  if (typeof value === 'string') return formatWord(card, value)
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((x) => formatWord(card, String(x))).join(', ')
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** Class of service and lifetime, which IPv4 and IPv6 name differently. */
function classLine(v: View, dscp: string, ecn: string, life: string, lifeName: string): void {
  const { out } = v.card
  const code = v.number(dscp)
  // 0 is no class at all: its name would only be noise.
  if (code !== undefined) out.pair('DSCP', code === 0 ? '0' : v.named(dscp))
  const mark = v.number(ecn)
  // 3: congestion was met (RFC 3168), which is what one looks for.
  if (mark !== undefined) out.pair('ECN', mark === 3 ? strong(v.name(ecn)) : v.name(ecn))
  v.pair(lifeName, life)
}

function ipLine(v: View): void {
  const { out } = v.card
  v.addresses('ip.src', 'ip.dst')
  if (v.has('ip.proto')) out.group(v.name('ip.proto'))
  classLine(v, 'ip.dsfield.dscp', 'ip.dsfield.ecn', 'ip.ttl', 'TTL')
  const offset = v.number('ip.frag_offset') ?? 0
  if (offset > 0 || v.is('ip.flags.mf')) {
    out.pair(
      'fragment',
      `at ${offset}${v.is('ip.flags.mf') ? ', more follow' : ', the last'}`,
      dim(' id '),
      v.text('ip.id'),
    )
  }
  v.pair('options', 'ip.opt.type')
}

function ipv6Line(v: View): void {
  const { out } = v.card
  v.addresses('ipv6.src', 'ipv6.dst')
  if (v.has('ipv6.nxt')) out.group(v.name('ipv6.nxt'))
  classLine(v, 'ipv6.tclass.dscp', 'ipv6.tclass.ecn', 'ipv6.hlim', 'hops')
  if ((v.number('ipv6.flow') ?? 0) !== 0) out.pair('flow', v.hex('ipv6.flow', 5))
}

function tcpLine(v: View): void {
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

function bthLine(v: View): void {
  const { out } = v.card
  const opcode = v.number('infiniband.bth.opcode')
  const known = v.layer.fields['infiniband.bth.opcode_name'] !== undefined
  out.group(
    known && v.card.names ? strong(v.name('infiniband.bth.opcode')) : `opcode ${v.hex('infiniband.bth.opcode', 2)}`,
  )
  if (opcode === undefined) return
  out.pair('QP', v.hex('infiniband.bth.destqp', 6))
  v.pair('PSN', 'infiniband.bth.psn')
  if (v.is('infiniband.bth.a')) out.group('ack wanted')
  if (v.is('infiniband.bth.se')) out.group('solicited')
  if (v.is('infiniband.bth.fecn')) out.group(strong('FECN'))
  if (v.is('infiniband.bth.becn')) out.group(strong('BECN'))
  // 0xffff is the default partition; 0, which is none, is what simple senders leave there.
  const key = v.number('infiniband.bth.p_key')
  if (key !== undefined && key !== 0xffff && key !== 0) out.pair('pkey', v.hex('infiniband.bth.p_key', 4))
}

/** Virtual address and key of RETH and AtomicETH. */
function remote(v: View, prefix: string): void {
  const address = v.layer.fields[`${prefix}.va`]
  if (typeof address === 'bigint') v.card.out.pair('at', `0x${address.toString(16)}`)
  if (v.has(`${prefix}.r_key`)) v.card.out.pair('key', v.hex(`${prefix}.r_key`, 8))
}

function rethLine(v: View): void {
  const length = v.number('infiniband.reth.dmalen')
  if (length !== undefined) v.card.out.group(`${v.card.style.count(length)} bytes`)
  remote(v, 'infiniband.reth')
}

function aethLine(v: View): void {
  const { out } = v.card
  const type = v.number('infiniband.aeth.syndrome.opcode')
  if (type !== undefined) out.group(v.name('infiniband.aeth.syndrome.opcode'))
  if (type === 3 && v.has('infiniband.aeth.syndrome.error_code'))
    out.group(v.name('infiniband.aeth.syndrome.error_code'))
  v.pair('credits', 'infiniband.aeth.credits')
  v.pair('timer code', 'infiniband.aeth.syndrome.timer')
  v.pair('MSN', 'infiniband.aeth.msn')
}

function arpLine(v: View): void {
  v.card.out.group(v.name('arp.opcode'))
  if (v.has('arp.src.proto_ipv4')) {
    v.card.out.group(v.text('arp.src.proto_ipv4'), dim(' at '), v.text('arp.src.hw_mac'))
    v.card.out.pair('for', v.text('arp.dst.proto_ipv4'))
  }
}

function dnsLine(v: View): void {
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
  return (v: View): void => {
    if (v.has(`${prefix}.type`)) v.card.out.group(v.named(`${prefix}.type`))
    if (v.has(`${prefix}.code`) && (v.number(`${prefix}.code`) !== 0 || v.has(`${prefix}.code_name`))) {
      v.card.out.pair('code', v.named(`${prefix}.code`))
    }
    rest(v, [`${prefix}.type`, `${prefix}.code`, `${prefix}.checksum`])
  }
}

/** All fields but these, under their own names without the layer's. */
function rest(v: View, except: readonly string[] = []): void {
  for (const field of Object.keys(v.layer.fields)) {
    if (except.includes(field) || field.endsWith('_name') || field.endsWith('checksum')) continue
    if (v.layer.fields[field] !== false)
      v.card.out.pair(shortName(field), v.layer.fields[field] === true ? 'yes' : v.named(field))
  }
}

/** `geneve.flags.oam` is `flags.oam` on a line that says geneve. */
const shortName = (field: string): string => field.replace(/^(infiniband\.|ipv6\.)?[a-z0-9_]+\./, '')

function vlanLine(v: View): void {
  v.card.out.group(v.text('vlan.id'))
  v.pair('priority', 'vlan.priority')
  if (v.is('vlan.dei')) v.card.out.group('drop eligible')
  etherType(v, 'vlan.etype')
}

function etherType(v: View, field: string): void {
  const type = v.number(field)
  if (v.last && type !== undefined) v.card.out.pair('type', formatEthertype(v.card, type))
}

/** Lines of the layers that have one of their own: by Wireshark's name, with the label where that is shorter. */
const lines: Readonly<Record<string, readonly [label: string, line: (v: View) => void]>> = {
  eth: [
    'eth',
    (v) => {
      v.addresses('eth.src', 'eth.dst')
      etherType(v, 'eth.type')
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
  vxlan: [
    'vxlan',
    (v) => {
      v.pair('VNI', 'vxlan.vni')
      v.pair('policy', 'vxlan.gbp')
    },
  ],
  dns: ['dns', dnsLine],
  'infiniband.bth': ['bth', bthLine],
  'infiniband.reth': ['reth', rethLine],
  'infiniband.aeth': ['aeth', aethLine],
  'infiniband.deth': [
    'deth',
    (v) => {
      if (v.has('infiniband.deth.srcqp')) v.card.out.pair('from QP', v.hex('infiniband.deth.srcqp', 6))
      if (v.has('infiniband.deth.q_key')) v.card.out.pair('qkey', v.hex('infiniband.deth.q_key', 8))
    },
  ],
  'infiniband.atomiceth': [
    'atomic',
    (v) => {
      remote(v, 'infiniband.atomiceth')
      v.pair('swap or add', 'infiniband.atomiceth.swapdt')
      v.pair('compare', 'infiniband.atomiceth.cmpdt')
    },
  ],
  'infiniband.immdt': ['immdt', (v) => v.card.out.group(v.hex('infiniband.immdt', 8))],
}

/**
 * Writes one layer's line. A packet that an ICMP error quotes is set in.
 * @param last nothing follows this layer in its packet
 */
export function layerLine(card: Card, layer: Layer, last: boolean): void {
  const known = lines[layer.layer]
  const label = known?.[0] ?? layer.layer.replace(/^(infiniband|ipv6)\./, '')
  card.out.label(label, 'accent', layer.quoted ? 1 : 0)
  const view = new View(card, layer, last)
  if (Object.keys(layer.fields).length === 0) card.out.group(dim('cut'))
  else if (known === undefined) rest(view)
  else known[1](view)
}
