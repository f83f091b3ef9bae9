// Owns what a name, number or address means behind its qualifiers. Start at idCondition.

import { parseAddress } from '../parse/address.ts'
import { nearestNames } from '../parse/nearest.ts'
import { maskOf, networkOf, readDecnet, readEther, readIpv4 } from './addresses.ts'
import { type Condition, or } from './condition.ts'
import { arcnetHost, ipv4Host, ipv6Host, linkHost } from './hosts.ts'
import type { Layers } from './layers.ts'
import type { FilterNames } from './names.ts'
import { etherNames, ipNumbers, isoNumbers } from './numbers.ts'
import { portRange } from './ports.ts'
import { hasInChain } from './protocol-chain.ts'
import { hasNumber } from './protocols.ts'
import type { Id, Protocol, Qualifiers } from './syntax.ts'

const WHOLE = 0xffffffff

/**
 * @param qualifiers undefined where nothing says what of the id: behind `tcp and`, for one
 */
export function idCondition(layers: Layers, id: Id, qualifiers: Qualifiers | undefined, names: FilterNames): Condition {
  if (qualifiers === undefined) {
    return layers.refuse(
      'nothing says what this is: the primitive before it has no host, net, port or proto to take over.',
      ['Write it out: tcp and port 443.'],
    )
  }
  switch (id.kind) {
    case 'name':
      return nameCondition(layers, id.text, qualifiers, names)
    case 'number':
      return numberCondition(layers, id.value, qualifiers)
    case 'ipv4':
      return ipv4Condition(layers, id.text, qualifiers)
    case 'prefix4':
      return prefixCondition(layers, id.text, maskOf(id.bits), id.bits, qualifiers)
    case 'masked': {
      const mask = readIpv4(id.mask)
      if (mask === undefined) layers.refuse(`${id.mask} is no mask; its numbers go up to 255.`)
      return prefixCondition(layers, id.text, mask.word, undefined, qualifiers)
    }
    case 'ipv6':
      return ipv6Condition(layers, id.text, 128, qualifiers)
    case 'prefix6':
      return ipv6Condition(layers, id.text, id.bits, qualifiers)
    case 'ether':
      if (qualifiers.protocol !== 'link' || (qualifiers.type !== undefined && qualifiers.type !== 'host')) {
        layers.refuse('a MAC address belongs behind ether host, ether src or ether dst.', [
          `Write ether host ${id.text}.`,
        ])
      }
      return linkHost(layers, readEther(id.text), qualifiers.direction)
    case 'arcnet':
      if (qualifiers.protocol !== 'link' || (qualifiers.type !== undefined && qualifiers.type !== 'host')) {
        layers.refuse('an address of ARCNET belongs behind link host, link src or link dst.')
      }
      return arcnetHost(layers, Number.parseInt(id.text.slice(1), 16), qualifiers.direction)
  }
}

function numberCondition(layers: Layers, value: number, qualifiers: Qualifiers): Condition {
  const { protocol, direction, type } = qualifiers
  switch (type) {
    case 'port':
    case 'portrange':
      checkPort(layers, value)
      return portRange(layers, {
        low: value,
        high: type === 'port' ? undefined : value,
        protocol: transport(layers, protocol, type),
        direction,
      })
    case 'proto':
      return hasNumber(layers, value, protocol)
    case 'protochain':
      return hasInChain(layers, value, protocol)
    case 'gateway':
      return noGateway(layers)
    default: {
      if (protocol === 'link') layers.refuse('a number is no MAC address.', ['Write ether host 00:00:5e:00:53:01.'])
      if (protocol === 'decnet') return ipv4Host(layers, value, 0, protocol, direction, type)
      const { word, mask } = type === 'net' ? networkOf(value) : { word: value, mask: WHOLE }
      return ipv4Host(layers, word, mask, protocol, direction, type)
    }
  }
}

function ipv4Condition(layers: Layers, text: string, qualifiers: Qualifiers): Condition {
  const { protocol, direction, type } = qualifiers
  if (type !== undefined && type !== 'host' && type !== 'net') return misplaced(layers, type)
  if (protocol === 'decnet') {
    const node = readDecnet(text)
    if (node === undefined) layers.refuse(`${text} is no node of DECnet, which is written as 10.123.`)
    return ipv4Host(layers, node, 0, protocol, direction, type)
  }
  const { word, bits } = ipv4(layers, text)
  if (protocol === 'link') layers.refuse('links have no IPv4 addresses.', [`Write host ${text}.`])
  return ipv4Host(layers, word, maskOf(bits), protocol, direction, type)
}

function misplaced(layers: Layers, type: string): never {
  return layers.refuse(`an address is no ${type}.`, ['Write host or net before an address.'])
}

function ipv4(layers: Layers, text: string) {
  return readIpv4(text) ?? layers.refuse(`${text} is no IPv4 address: its numbers go up to 255.`)
}

function prefixCondition(
  layers: Layers,
  text: string,
  mask: number,
  bits: number | undefined,
  { protocol, direction, type }: Qualifiers,
): Condition {
  const { word } = ipv4(layers, text)
  if (bits !== undefined && bits > 32) layers.refuse(`a prefix of IPv4 has at most 32 bits, not ${bits}.`)
  if (word !== (word & mask) >>> 0) {
    const kept = [24, 16, 8, 0].map((shift) => ((word & mask) >>> shift) & 255).join('.')
    layers.refuse(`bits of the address lie behind the ${bits === undefined ? 'mask' : 'prefix'}.`, [
      `Write ${kept}${bits === undefined ? '' : `/${bits}`}, or host for one address.`,
    ])
  }
  if (type !== 'net')
    layers.refuse('a mask or the length of a prefix belongs behind net.', [`Write net ${text}/${bits ?? 24}.`])
  return ipv4Host(layers, word, mask, protocol, direction, type)
}

function ipv6Condition(layers: Layers, text: string, bits: number, qualifiers: Qualifiers): Condition {
  const { protocol, direction, type } = qualifiers
  const words = parseAddress(text) ?? layers.refuse(`${text} is no IPv6 address.`)
  if (bits > 128) layers.refuse(`a prefix of IPv6 has at most 128 bits, not ${bits}.`)
  const masks = [0, 32, 64, 96].map((from) => maskOf(bits - from))
  if (words.some((word, i) => word !== (word & masks[i]!) >>> 0)) {
    layers.refuse('bits of the address lie behind the prefix.', ['Make them 0, or write host for one address.'])
  }
  if (type !== undefined && type !== 'host' && type !== 'net') return misplaced(layers, type)
  if (type !== 'net' && bits !== 128) {
    layers.refuse('the length of a prefix belongs behind net.', [`Write net ${text}/${bits}.`])
  }
  return ipv6Host(layers, words, masks, protocol, direction, type)
}

function nameCondition(layers: Layers, name: string, qualifiers: Qualifiers, names: FilterNames): Condition {
  const { protocol, direction, type } = qualifiers
  switch (type) {
    case 'port': {
      const [low, over] = portOf(layers, name, transport(layers, protocol, type), names)
      return portRange(layers, { low, protocol: over, direction })
    }
    case 'portrange':
      return namedRange(layers, name, qualifiers, names)
    case 'proto':
      return hasNumber(layers, protocolOf(layers, name, protocol, names), protocol)
    case 'protochain':
      return hasInChain(layers, protocolOf(layers, name, protocol, names), protocol)
    case 'gateway':
      return noGateway(layers)
    case 'net':
      return namedNetwork(layers, name, qualifiers, names)
    default:
      return namedHost(layers, name, qualifiers, names)
  }
}

function noGateway(layers: Layers): never {
  return layers.refuse(
    "'gateway' needs names with a MAC and an IP address, which libpcap does not look up either where it knows IPv6.",
    ['Write ether host ADDRESS and not host ADDRESS.'],
  )
}

function namedHost(layers: Layers, name: string, qualifiers: Qualifiers, names: FilterNames): Condition {
  const { protocol, direction, type } = qualifiers
  if (protocol === 'link') {
    const address = names.ether(name)
    if (address === undefined || !/^[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}$/.test(address)) {
      layers.refuse(`no MAC address of '${name}' is known.`, [
        'Write the address itself, as in ether host 00:00:5e:00:53:01.',
      ])
    }
    return linkHost(layers, readEther(address), direction)
  }
  if (protocol === 'decnet')
    layers.refuse('names of nodes of DECnet are not known.', ['Write the address itself: decnet host 10.123.'])
  const parsed = (names.host(name) ?? [name]).flatMap((address) => {
    const words = parseAddress(address)
    return words === undefined ? [] : [{ words, isV4: !address.includes(':') }]
  })
  if (parsed.length === 0) {
    const advice = ['Write its address: names are not asked of the network, but taken from /etc/hosts.']
    layers.refuse(`no address of '${name}' is known.`, advice)
  }
  const fitting = parsed.filter(({ isV4 }) => (isV4 ? protocol !== 'ip6' : protocol !== 'ip'))
  const conditions = fitting.map(({ words, isV4 }) =>
    isV4
      ? ipv4Host(layers, words[3], WHOLE, protocolOn(layers, protocol, 'ip'), direction, type)
      : ipv6Host(layers, words, [WHOLE, WHOLE, WHOLE, WHOLE], protocolOn(layers, protocol, 'ip6'), direction, type),
  )
  if (conditions.length === 0) layers.refuse(`'${name}' has no address of ${protocol}.`)
  return or(conditions[0]!, ...conditions.slice(1))
}

/** Links without types carry no ARP that could have the address. */
function protocolOn(layers: Layers, protocol: Protocol | undefined, ip: 'ip' | 'ip6'): Protocol | undefined {
  return layers.type === undefined ? (protocol ?? ip) : protocol
}

function namedNetwork(layers: Layers, name: string, qualifiers: Qualifiers, names: FilterNames): Condition {
  const text = names.network(name)
  const address = text === undefined ? undefined : readIpv4(text)
  if (address === undefined || address.word === 0) {
    layers.refuse(`no network '${name}' is known.`, [
      'Write its address, as in net 10.0.0.0/8; names are taken from /etc/networks.',
    ])
  }
  const number = address.word >>> (32 - address.bits)
  const { word, mask } = networkOf(number)
  return ipv4Host(layers, word, mask, qualifiers.protocol, qualifiers.direction, 'net')
}

function protocolOf(layers: Layers, name: string, within: Protocol | undefined, names: FilterNames): number {
  const table: Readonly<Record<string, number>> | undefined =
    within === 'link' ? etherNames : within === 'iso' ? isoNumbers : undefined
  if (table === undefined && within !== undefined && within !== 'ip' && within !== 'ip6') {
    layers.refuse(`'${within} proto' asks for nothing that ${within} says.`, [
      'There are proto, ip proto, ip6 proto, ether proto and iso proto.',
    ])
  }
  const known = table === undefined ? names.protocol(name) : Object.hasOwn(table, name) ? table[name] : undefined
  if (known !== undefined) return known
  const meant = nearestNames(name, table === undefined ? names.protocols : Object.keys(table))
  return layers.refuse(`no protocol '${name}' is known here.`, [
    ...(meant.length > 0 ? [`Did you mean ${meant.join(', ')}?`] : []),
    'Its number can be given instead.',
  ])
}

/** The IP protocol that a qualifier of ports stands for. */
function transport(layers: Layers, protocol: Protocol | undefined, type: string): number | undefined {
  if (protocol === undefined) return undefined
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp') return ipNumbers[protocol]
  return layers.refuse(`${protocol === 'link' ? 'links have' : `${protocol} has`} no ports.`, [
    `Write ${type} alone, or with tcp, udp or sctp before it.`,
  ])
}

function checkPort(layers: Layers, port: number): void {
  if (port > 65535) layers.refuse(`${port} is no port; 65535 is the last.`)
}

/** A port by name or number, and the one protocol that it is for, if it is for one. */
function portOf(
  layers: Layers,
  name: string,
  over: number | undefined,
  names: FilterNames,
): readonly [port: number, over: number | undefined] {
  if (/^\d+$/.test(name)) {
    checkPort(layers, Number(name))
    return [Number(name), over]
  }
  const { tcp, udp } = names.service(name) ?? {}
  const port = tcp ?? udp
  if (port === undefined) {
    const meant = nearestNames(name, names.services)
    const advice = meant.length > 0 ? [`Did you mean ${meant.join(', ')}?`] : []
    return layers.refuse(`no service '${name}' is known.`, [...advice, "The port's number can be given instead."])
  }
  const only = tcp === udp ? undefined : tcp === undefined ? ipNumbers.udp : ipNumbers.tcp
  if (over !== undefined && only !== undefined && only !== over) {
    const other = only === ipNumbers.tcp ? 'tcp' : 'udp'
    layers.refuse(`service '${name}' is one of ${other}.`, [`Write ${other} port ${name}, or the number ${port}.`])
  }
  return [port, over ?? only]
}

function namedRange(layers: Layers, text: string, { protocol, direction }: Qualifiers, names: FilterNames): Condition {
  const over = transport(layers, protocol, 'portrange')
  const numbers = /^(\d+)-(\d+)/.exec(text)
  const [first = '', last = ''] = numbers?.slice(1) ?? [
    text.slice(0, text.indexOf('-')),
    text.slice(text.indexOf('-') + 1),
  ]
  if (!text.includes('-')) layers.refuse('a range has two ports, with - between them: 6000-6008.')
  const [low, overLow] = portOf(layers, first, over, names)
  const [high, overHigh] = portOf(layers, last, over, names)
  const both = overLow === overHigh ? overLow : over
  return portRange(layers, { low: Math.min(low, high), high: Math.max(low, high), protocol: both, direction })
}
