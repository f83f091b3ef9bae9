// Owns the lines of IPv4, IPv6 and its extension headers on a card. Start at ipLines.

import { ipv4Options, ipv6Options } from '../../names/ip-options.ts'
import type { NameTable } from '../../wire/name-table.ts'
import { fieldsLine, type LayerLine, type LayerView } from './layer-view.ts'
import { dim, strong } from './text.ts'

/** Fragment offsets are in units of 8 bytes (RFC 791, 3.1; RFC 8200, 4.5). */
const FRAGMENT_UNIT = 8

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

function formatFragment(v: LayerView, offset: number, more: boolean): string {
  return `from byte ${v.card.style.count(offset * FRAGMENT_UNIT)}, ${more ? 'more follow' : 'the last'}`
}

/** Options by name; padding (0 and 1 in both versions) says nothing. */
function options(v: LayerView, field: string, table: NameTable): void {
  const types = v.layer.fields[field]
  if (!Array.isArray(types)) return
  const shown = types.filter((x) => typeof x === 'number' && x > 1).map(Number)
  const { card } = v
  const text = shown.map((x) => (card.names && table.get(x) !== undefined ? `${table.get(x)} (${x})` : String(x)))
  if (text.length > 0) card.out.pair(text.length === 1 ? 'option' : 'options', text.join(', '))
}

function ipv4Line(v: LayerView): void {
  const { out } = v.card
  v.addresses('ip.src', 'ip.dst')
  if (v.has('ip.proto')) out.group(v.name('ip.proto'))
  classLine(v, 'ip.dsfield.dscp', 'ip.dsfield.ecn', 'ip.ttl', 'TTL')
  const offset = v.number('ip.frag_offset') ?? 0
  const more = v.is('ip.flags.mf')
  if (offset > 0 || more) out.pair('fragment', formatFragment(v, offset, more), dim(', id '), v.text('ip.id'))
  options(v, 'ip.opt.type', ipv4Options)
  v.pair('alert value', 'ip.opt.ra')
  v.pair('route so far', 'ip.rec_rt')
  v.pair('source route', 'ip.src_rt')
}

function ipv6Line(v: LayerView): void {
  const { out } = v.card
  v.addresses('ipv6.src', 'ipv6.dst')
  if (v.has('ipv6.nxt')) out.group(v.name('ipv6.nxt'))
  classLine(v, 'ipv6.tclass.dscp', 'ipv6.tclass.ecn', 'ipv6.hlim', 'hops')
  if ((v.number('ipv6.flow') ?? 0) !== 0) out.pair('flow', v.hex('ipv6.flow', 5))
}

function optionsLine(next: string) {
  return (v: LayerView): void => {
    v.next(next)
    options(v, 'ipv6.opt.type', ipv6Options)
    v.pair('alert value', 'ipv6.opt.router_alert')
    v.pair('jumbo length', 'ipv6.opt.jumbo')
    v.pair('home address', 'ipv6.opt.mipv6.home_address')
    v.elseDim('padding only')
  }
}

function routingLine(v: LayerView): void {
  v.next('ipv6.routing.nxt')
  if (v.has('ipv6.routing.type')) v.card.out.group(v.name('ipv6.routing.type'))
  v.pair('segments left', 'ipv6.routing.segleft')
  v.pair('home address', 'ipv6.routing.mipv6.home_address')
  v.pair('addresses', 'ipv6.routing.src.addr')
  v.pair('segments, last first,', 'ipv6.routing.srh.addr')
  if (v.number('ipv6.routing.srh.tag') !== 0) v.pair('tag', 'ipv6.routing.srh.tag')
}

function fragmentLine(v: LayerView): void {
  v.next('ipv6.fraghdr.nxt')
  const offset = v.number('ipv6.fraghdr.offset')
  if (offset !== undefined) v.card.out.group(formatFragment(v, offset, v.is('ipv6.fraghdr.more')))
  v.hexPair('id', 'ipv6.fraghdr.ident', 8)
}

/** By Wireshark's names. */
export const ipLines: Readonly<Record<string, LayerLine>> = {
  ip: ['ip', ipv4Line],
  ipv6: ['ipv6', ipv6Line],
  'ipv6.hopopts': ['hopopts', optionsLine('ipv6.hopopts.nxt')],
  'ipv6.dstopts': ['dstopts', optionsLine('ipv6.dstopts.nxt')],
  'ipv6.routing': ['routing', routingLine],
  'ipv6.fraghdr': ['fragment', fragmentLine],
  mipv6: fieldsLine('mobility', [['', 'mip6.mhtype']], 'mip6.proto'),
  hip: fieldsLine('hip', [['type', 'hip.type']], 'hip.proto'),
  shim6: fieldsLine('shim6', [], 'shim6.nxt'),
}
