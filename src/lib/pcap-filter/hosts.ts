// Owns addresses of the network and the link as conditions. Start at ipv4Host.

import { and, type Condition, not, or } from './condition.ts'
import type { Layers } from './layers.ts'
import { carries } from './link-test.ts'
import { ether } from './numbers.ts'
import type { Direction, Protocol, Type } from './syntax.ts'
import { wlanHost } from './wlan.ts'

/**
 * One condition on the source or the destination, or on both.
 * @param what what has no such direction otherwise: `ports`
 */
export function inDirection(
  layers: Layers,
  direction: Direction | undefined,
  what: string,
  at: (side: 'src' | 'dst') => Condition,
): Condition {
  switch (direction) {
    case 'src':
    case 'dst':
      return at(direction)
    case 'both':
      return and(at('src'), at('dst'))
    case undefined:
    case 'either':
      return or(at('src'), at('dst'))
    default:
      return layers.refuse(`'${direction}' is for MAC addresses of 802.11 frames, not for ${what}.`)
  }
}

/** An IPv4 address or network, in IPv4, ARP and RARP where no protocol is given. */
export function ipv4Host(
  layers: Layers,
  address: number,
  mask: number,
  protocol: Protocol | undefined,
  direction: Direction | undefined,
  type: Type | undefined,
): Condition {
  const what = type === 'net' ? 'networks' : 'hosts'
  const within = (carried: number, source: number, destination: number) =>
    inDirection(layers, direction, what, (side) =>
      and(carries(layers, carried), layers.equals('network', side === 'src' ? source : destination, 4, address, mask)),
    )
  const ip = () => within(ether.ip, 12, 16)
  const arp = () => within(ether.arp, 14, 24)
  const rarp = () => within(ether.rarp, 14, 24)
  switch (protocol) {
    case undefined:
      return layers.labels > 0 ? ip() : or(ip(), arp(), rarp())
    case 'ip':
      return ip()
    case 'arp':
      return arp()
    case 'rarp':
      return rarp()
    case 'decnet':
      return decnetHost(layers, address, direction)
    default:
      return layers.refuse(`${protocol === 'link' ? 'links have' : `${protocol} has`} no IPv4 addresses.`, [
        `Write ${type ?? 'host'} alone, or with ip, arp or rarp before it.`,
      ])
  }
}

/** An IPv6 address or network of four words. */
export function ipv6Host(
  layers: Layers,
  words: readonly number[],
  masks: readonly number[],
  protocol: Protocol | undefined,
  direction: Direction | undefined,
  type: Type | undefined,
): Condition {
  if (protocol !== undefined && protocol !== 'ip6') {
    layers.refuse(`${protocol === 'link' ? 'links have' : `${protocol} has`} no IPv6 addresses.`, [
      `Write ${type ?? 'host'} alone, or ip6 ${type ?? 'host'}.`,
    ])
  }
  return inDirection(layers, direction, type === 'net' ? 'networks' : 'hosts', (side) => {
    const from = side === 'src' ? 8 : 24
    const parts = words.map((word, i) => layers.equals('network', from + 4 * i, 4, word, masks[i]!))
    return and(carries(layers, ether.ip6), ...parts)
  })
}

/**
 * A node of DECnet phase IV, 16 bits: behind two bytes of length, with or without one of padding, a header that is long
 * or short. The numbers are little-endian. @see DECnet Routing Layer Functional Specification 2.0.0, section 9
 */
function decnetHost(layers: Layers, address: number, direction: Direction | undefined): Condition {
  const swapped = ((address & 255) << 8) | ((address >> 8) & 255)
  const is = carries(layers, ether.decnet)
  return inDirectionWithin(is, layers, direction, (side) => {
    const long = side === 'src' ? 15 : 7
    const short = side === 'src' ? 3 : 1
    const at = (offset: number) => layers.equals('network', offset, 2, swapped)
    return or(
      and(layers.equals('network', 2, 2, 0x8106, 0xff07), at(3 + long)),
      and(layers.equals('network', 2, 1, 0x06, 0x07), at(2 + long)),
      and(layers.equals('network', 2, 2, 0x8102, 0xff07), at(3 + short)),
      and(layers.equals('network', 2, 1, 0x02, 0x07), at(2 + short)),
    )
  })
}

function inDirectionWithin(
  is: Condition,
  layers: Layers,
  direction: Direction | undefined,
  at: (side: 'src' | 'dst') => Condition,
): Condition {
  return inDirection(layers, direction, 'nodes', (side) => and(is, at(side)))
}

/** A MAC address of the link. */
export function linkHost(layers: Layers, address: readonly number[], direction: Direction | undefined): Condition {
  const { link } = layers
  if (link.carries === 'wlan') return wlanHost(layers, address, direction)
  const { addresses } = link
  if (addresses === undefined) {
    return layers.refuse(`${link.name} has no MAC addresses.`)
  }
  const host = inDirection(layers, direction, `addresses of ${link.name}`, (side) =>
    layers.bytes('link', side === 'src' ? addresses.source : addresses.destination, address),
  )
  return layers.inGeneve ? and(geneveHasLink(layers), host) : host
}

/** Geneve carries packets with a link header and others without: there it ends where it begins. */
export function geneveHasLink(layers: Layers): Condition {
  const { header, payload } = layers
  return not(layers.compare('equal', header.index!, payload.index!))
}

/** A node of ARCNET, of one byte. */
export function arcnetHost(layers: Layers, address: number, direction: Direction | undefined): Condition {
  if (layers.link.carries !== 'arcnet') layers.refuse(`${layers.link.name} has no addresses of one byte; ARCNET has.`)
  return inDirection(layers, direction, 'addresses of ARCNET', (side) =>
    layers.bytes('link', side === 'src' ? 0 : 1, [address]),
  )
}
