// Owns how the commoner flow records look on a card. All others are shown by records.ts from their declarations.
// Knows no bytes. Start at flowCards.

import { ipProtocols } from '../../names/ip-protocols.ts'
import { aclDirections, charsets } from '../../names/sflow.ts'
import { tcpFlags } from '../../packet/tcp.ts'
import { extended_acl, extended_egress_queue, extended_function } from '../../sflow/records/drops.ts'
import { extended_socket_ipv4, extended_socket_ipv6 } from '../../sflow/records/host.ts'
import { extended_hw_trap, extended_linux_drop_reason, extended_timestamp } from '../../sflow/records/host-sflow.ts'
import { extended_proxy_socket_ipv4, extended_proxy_socket_ipv6 } from '../../sflow/records/http.ts'
import { extended_nat_port } from '../../sflow/records/port-nat.ts'
import { extended_queue, extended_transit } from '../../sflow/records/transit.ts'
import {
  extended_ipv4_tunnel_egress,
  extended_ipv4_tunnel_ingress,
  extended_ipv6_tunnel_egress,
  extended_ipv6_tunnel_ingress,
  extended_L2_tunnel_egress,
  extended_L2_tunnel_ingress,
  extended_vni_egress,
  extended_vni_ingress,
} from '../../sflow/records/tunnels.ts'
import {
  extended_gateway,
  extended_mpls,
  extended_nat,
  extended_router,
  extended_switch,
  extended_user,
  extended_vlantunnel,
  type SampledEthernet,
  type SampledIpv4,
  type SampledIpv6,
  sampled_ethernet,
  sampled_ipv4,
  sampled_ipv6,
} from '../../sflow/records/version-5.ts'
import { extended_vlanin, extended_vlanout } from '../../sflow/records/vlan-lists.ts'
import { decodeText } from '../../wire/interpret.ts'
import { formatIp, formatMac } from '../../wire/json.ts'
import type { RecordType } from '../../wire/record.ts'
import { type Card, formatService, type RecordCard, recordCard } from './context.ts'
import { ARROW, bad, dim, type Piece, strong } from './text.ts'
import {
  formatAddress,
  formatBytes,
  formatEthertype,
  formatList,
  formatName,
  formatSize,
  formatText,
  formatWord,
} from './values.ts'

/** Erratum to extended_switch. */
const UNKNOWN = 0xffffffff

function ethernetCard(label: string) {
  return (card: Card, x: SampledEthernet): void => {
    card.out.label(label)
    card.out.group(formatMac(x.src_mac), ARROW, formatMac(x.dst_mac))
    card.out.pair('type', formatEthertype(card, x.type))
    card.out.group(formatSize(card, x.length))
  }
}

function ipCard(label: string) {
  return (card: Card, x: SampledIpv4 | SampledIpv6): void => {
    const { out } = card
    out.label(label)
    out.group(formatIp(x.src_ip), ARROW, formatIp(x.dst_ip))
    out.group(formatName(card, ipProtocols, x.protocol))
    if (x.src_port !== 0 || x.dst_port !== 0) {
      out.pair('ports', formatService(card, x.src_port), ARROW, formatService(card, x.dst_port))
    }
    if (x.tcp_flags !== 0) out.pair('flags', formatName(card, tcpFlags, x.tcp_flags))
    out.pair('tos' in x ? 'ToS' : 'class', `0x${('tos' in x ? x.tos : x.priority).toString(16).padStart(2, '0')}`)
    out.group(formatSize(card, x.length))
  }
}

/** A VLAN tag as these records keep it: TPID << 16 | TCI. */
function formatTagValue(tag: number): string {
  const tpid = tag >>> 16
  const priority = (tag >>> 13) & 7
  const kind = tpid === 0x8100 ? '' : ` (0x${tpid.toString(16).padStart(4, '0')})`
  return `${tag & 0xfff}${kind}${priority === 0 ? '' : ` priority ${priority}`}`
}

/** A label stack entry (RFC 3032): label, and what else is not as usual. */
function formatLabel(entry: number): string {
  const tc = (entry >>> 9) & 7
  return `${entry >>> 12}${tc === 0 ? '' : ` TC ${tc}`} TTL ${entry & 255}`
}

const formatVlan = (vlan: number): string => (vlan === UNKNOWN ? 'unknown' : String(vlan))

function tagsCard(label: string, what: string) {
  return (card: Card, x: { stack: number[] }): void => {
    card.out.label(label)
    card.out.pair(what, formatList(card, x.stack, formatTagValue))
  }
}

interface Socket {
  readonly protocol: number
  readonly local_ip: Uint8Array
  readonly remote_ip: Uint8Array
  readonly local_port: number
  readonly remote_port: number
}

function socketCard(label: string) {
  return (card: Card, x: Socket): void => {
    card.out.label(label)
    card.out.group(formatName(card, ipProtocols, x.protocol))
    card.out.pair('local', formatIp(x.local_ip), dim(' port '), formatService(card, x.local_port))
    card.out.pair('remote', formatIp(x.remote_ip), dim(' port '), formatService(card, x.remote_port))
  }
}

/** MIBenum of UTF-8 (IANA Character Sets). */
const UTF_8 = 106

/** Text where the bytes are text in any likely character set, or said to be UTF-8; else hex. */
function formatUser(card: Card, charset: number, bytes: Uint8Array): Piece[] {
  if (bytes.length === 0) return ['none']
  const name = dim(` ${formatName(card, charsets, charset)}`)
  const ascii = bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
  if (!ascii && charset !== UTF_8) return [formatBytes(card, bytes), name]
  return [formatText(card, decodeText(bytes, 0, bytes.length)), name]
}

/** A path of segments: sequences in order, sets in braces, as routers print it. */
function formatPath(card: Card, path: readonly { type: number; as_numbers: number[] }[]): string {
  return formatList(card, path, ({ type, as_numbers: numbers }) => {
    const list = numbers.slice(0, 32).join(' ') + (numbers.length > 32 ? ` … ${numbers.length - 32} more` : '')
    return type === 2 ? list : type === 1 ? `{${list}}` : `(type ${type}: ${list})`
  }).replaceAll(', ', ' ')
}

/** `65000:100`; the well-known ones by name (RFC 1997, RFC 7999, RFC 8326). */
function formatCommunity(card: Card, value: number): string {
  const name = card.names ? wellKnownCommunities.get(value) : undefined
  return name ?? `${value >>> 16}:${value & 0xffff}`
}

const wellKnownCommunities: ReadonlyMap<number, string> = new Map([
  [0xffff0000, 'graceful-shutdown'],
  [0xffff029a, 'blackhole'],
  [0xffffff01, 'no-export'],
  [0xffffff02, 'no-advertise'],
  [0xffffff03, 'no-export-subconfed'],
])

/** Packets wait this long in the device or longer: the field is at its end (sflow_transit.txt). */
const formatAtLeast = (card: Card, value: number, unit: string): string =>
  value === UNKNOWN ? `${card.style.count(value)} ${unit} or more` : `${card.style.count(value)} ${unit}`

/** A packet's own time, and how long before its datagram that was. */
function timestampCard(card: Card, { nanoseconds }: { nanoseconds: bigint }): void {
  const sec = Number(nanoseconds / 1_000_000_000n)
  card.out.label('time')
  // The field is 64 bits wide; times that no calendar has are shown as they are.
  if (sec > 0xffffffff) {
    card.out.group(`${card.style.count(nanoseconds)} ns since 1970`)
    return
  }
  card.out.group(card.time(sec, Number(nanoseconds % 1_000_000_000n)))
  const before = (card.sec - sec) * 1000 + (card.nsec - Number(nanoseconds % 1_000_000_000n)) / 1e6
  if (before < 0 || before >= 86_400_000) return
  const span = before < 1000 ? `${before.toFixed(1)} ms` : card.style.span(before)
  card.out.group(dim(`${span} before the datagram`))
}

function single(card: Card, label: string, value: Piece): void {
  card.out.label(label)
  card.out.group(value)
}

/** Cards of flow records by record type. */
export const flowCards: ReadonlyMap<RecordType, RecordCard> = new Map([
  recordCard(sampled_ethernet, ethernetCard('ethernet')),
  recordCard(sampled_ipv4, ipCard('ipv4')),
  recordCard(sampled_ipv6, ipCard('ipv6')),
  recordCard(extended_L2_tunnel_egress, ethernetCard('L2 out')),
  recordCard(extended_L2_tunnel_ingress, ethernetCard('L2 in')),
  recordCard(extended_ipv4_tunnel_egress, ipCard('ipv4 out')),
  recordCard(extended_ipv4_tunnel_ingress, ipCard('ipv4 in')),
  recordCard(extended_ipv6_tunnel_egress, ipCard('ipv6 out')),
  recordCard(extended_ipv6_tunnel_ingress, ipCard('ipv6 in')),
  recordCard(extended_vni_egress, (card, x) => single(card, 'vni out', String(x.vni))),
  recordCard(extended_vni_ingress, (card, x) => single(card, 'vni in', String(x.vni))),
  recordCard(extended_switch, (card, x) => {
    card.out.label('switch')
    card.out.pair('vlan', formatVlan(x.src_vlan), ARROW, formatVlan(x.dst_vlan))
    card.out.pair('priority', formatVlan(x.src_priority), ARROW, formatVlan(x.dst_priority))
  }),
  recordCard(extended_router, (card, x) => {
    card.out.label('router')
    card.out.pair('next hop', formatAddress(x.nexthop))
    card.out.pair('prefixes', `/${x.src_mask_len}`, ARROW, `/${x.dst_mask_len}`)
  }),
  recordCard(extended_gateway, (card, x) => {
    const { out } = card
    out.label('gateway')
    out.pair('next hop', formatAddress(x.nexthop))
    out.pair('AS', String(x.as))
    out.pair('source AS', String(x.src_as), dim(' by '), String(x.src_peer_as))
    out.pair('path', formatPath(card, x.dst_as_path))
    out.pair(
      'communities',
      formatList(card, x.communities, (value) => formatCommunity(card, value)),
    )
    out.pair('localpref', String(x.localpref))
  }),
  recordCard(extended_mpls, (card, x) => {
    card.out.label('mpls')
    card.out.pair('next hop', formatAddress(x.nexthop))
    card.out.pair('in', formatList(card, x.in_stack, formatLabel))
    card.out.pair('out', formatList(card, x.out_stack, formatLabel))
  }),
  recordCard(extended_nat, (card, x) => {
    card.out.label('nat')
    card.out.group(formatAddress(x.src_address), ARROW, formatAddress(x.dst_address))
  }),
  recordCard(extended_nat_port, (card, x) => {
    card.out.label('nat')
    card.out.pair('ports', formatService(card, x.src_port), ARROW, formatService(card, x.dst_port))
  }),
  recordCard(extended_vlantunnel, tagsCard('tags', 'stripped')),
  recordCard(extended_vlanin, tagsCard('tags', 'in')),
  recordCard(extended_vlanout, tagsCard('tags', 'out')),
  recordCard(extended_user, (card, x) => {
    card.out.label('user')
    card.out.pair('source', ...formatUser(card, x.src_charset, x.src_user))
    card.out.pair('destination', ...formatUser(card, x.dst_charset, x.dst_user))
  }),
  recordCard(extended_socket_ipv4, socketCard('socket')),
  recordCard(extended_socket_ipv6, socketCard('socket')),
  recordCard(extended_proxy_socket_ipv4, socketCard('proxy')),
  recordCard(extended_proxy_socket_ipv6, socketCard('proxy')),
  recordCard(extended_egress_queue, (card, x) => single(card, 'queue', String(x.queue))),
  recordCard(extended_queue, (card, x) => {
    card.out.label('queue')
    card.out.pair('depth', x.depth === 1 ? '1 byte' : formatAtLeast(card, x.depth, 'bytes'))
  }),
  recordCard(extended_transit, (card, x) => {
    card.out.label('transit')
    card.out.pair('delay', formatAtLeast(card, x.delay, 'ns'))
  }),
  recordCard(extended_acl, (card, x) => {
    card.out.label('acl')
    card.out.group(String(x.number))
    if (x.name !== '') card.out.group(formatText(card, x.name))
    card.out.group(formatName(card, aclDirections, x.direction))
  }),
  recordCard(extended_function, (card, x) => single(card, 'function', strong(formatWord(card, x.symbol)))),
  recordCard(extended_hw_trap, (card, x) => {
    card.out.label('trap')
    card.out.group(strong(formatWord(card, x.trap)))
    card.out.pair('group', formatWord(card, x.group))
  }),
  recordCard(extended_linux_drop_reason, (card, x) => single(card, 'linux', bad(formatWord(card, x.reason)))),
  recordCard(extended_timestamp, timestampCard),
])
