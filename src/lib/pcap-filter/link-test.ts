// Owns how each link says that it carries a protocol. Start at carries.

import { and, type Condition, no, not, or, yes } from './condition.ts'
import type { Layers } from './layers.ts'
import { arcnet, cooked, ether, families, LONGEST_8023, pppNumbers, sap } from './numbers.ts'
import { isWlanData } from './wlan.ts'

/**
 * Whether the link carries a protocol.
 * @param protocol an Ethernet type, or up to 1500 a service access point of LLC
 */
export function carries(layers: Layers, protocol: number): Condition {
  if (layers.labels > 0) return carriesInMpls(layers, protocol)
  const { link } = layers
  switch (link.carries) {
    case 'ethernet':
      return carriesInEthernet(layers, protocol)
    case 'llc':
      return carriesInLlc(layers, protocol)
    case 'wlan':
      return and(isWlanData(layers), carriesInLlc(layers, protocol))
    case 'sll':
      return carriesInCooked(layers, protocol)
    case 'hdlc':
      return layers.equals('type', 0, 2, protocol === sap.iso ? (sap.iso << 8) | sap.iso : protocol)
    case 'ppp':
      return layers.equals('type', 0, 2, pppNumbers.get(protocol) ?? protocol)
    case 'ethertype':
      return layers.equals('type', 0, 2, protocol)
    case 'raw':
      return carriesRaw(layers, protocol)
    case 'ipv4':
      return protocol === ether.ip ? yes : no
    case 'ipv6':
      return protocol === ether.ip6 ? yes : no
    case 'ltalk':
      return protocol === ether.atalk ? yes : no
    case 'family':
      return carriesFamily(layers, protocol)
    case 'arcnet':
      return carriesInArcnet(layers, protocol)
    case 'frelay':
      return carriesInFrameRelay(layers, protocol)
    case 'unknown':
      return layers.refuse(`what ${link.name} carries cannot be told here.`, [
        'Bytes of the packet (link[0:2] = 0x0800) and its length (len > 100) can be compared.',
      ])
  }
}

/** A header of LLC with SNAP. @see IEEE 802 section 9.5 */
export function isSnap(layers: Layers, organization: number, type: number): Condition {
  const header = [sap.snap, sap.snap, 3]
  for (let shift = 16; shift >= 0; shift -= 8) header.push((organization >> shift) & 255)
  return layers.bytes('llc', 0, [...header, type >> 8, type & 255])
}

const APPLE = 0x080007

/** Whether an Ethernet frame has a length instead of a type. */
export function hasLength(layers: Layers): Condition {
  return not(layers.greater('type', 0, 2, LONGEST_8023))
}

function isTwice(protocol: number): boolean {
  return protocol === sap.iso || protocol === sap.ip || protocol === sap.netbeui
}

function carriesInEthernet(layers: Layers, protocol: number): Condition {
  const typed = () => layers.equals('type', 0, 2, protocol)
  if (isTwice(protocol)) return and(hasLength(layers), layers.equals('llc', 0, 2, (protocol << 8) | protocol))
  if (protocol === sap.ipx) {
    // Novell's own frames have no header of LLC but begin with a checksum that is not there.
    const raw = layers.equals('llc', 0, 2, 0xffff)
    const inside = or(isSnap(layers, 0, ether.ipx), or(layers.equals('llc', 0, 1, sap.ipx), raw))
    return or(layers.equals('type', 0, 2, ether.ipx), and(hasLength(layers), inside))
  }
  if (protocol === ether.atalk || protocol === ether.aarp) {
    const organization = protocol === ether.atalk ? APPLE : 0
    return or(typed(), and(hasLength(layers), isSnap(layers, organization, protocol)))
  }
  if (protocol > LONGEST_8023) return typed()
  return and(hasLength(layers), layers.equals('type', 2, 1, protocol))
}

function carriesInLlc(layers: Layers, protocol: number): Condition {
  if (isTwice(protocol)) return layers.equals('llc', 0, 2, (protocol << 8) | protocol)
  if (protocol === ether.atalk) return isSnap(layers, APPLE, ether.atalk)
  return protocol > LONGEST_8023 ? layers.equals('llc', 6, 2, protocol) : layers.equals('llc', 0, 1, protocol)
}

function carriesInCooked(layers: Layers, protocol: number): Condition {
  const typed = (type: number) => layers.equals('type', 0, 2, type)
  if (isTwice(protocol)) return and(typed(cooked.llc), layers.equals('llc', 0, 2, (protocol << 8) | protocol))
  if (protocol === sap.ipx) {
    const inside = or(layers.equals('llc', 0, 1, sap.ipx), isSnap(layers, 0, ether.ipx))
    return or(typed(ether.ipx), or(typed(cooked.novell), and(typed(cooked.llc), inside)))
  }
  if (protocol === ether.atalk || protocol === ether.aarp) {
    const organization = protocol === ether.atalk ? APPLE : 0
    return or(typed(protocol), and(typed(cooked.llc), isSnap(layers, organization, protocol)))
  }
  if (protocol > LONGEST_8023) return typed(protocol)
  return and(typed(cooked.llc), layers.equals('llc', 0, 1, protocol))
}

function carriesRaw(layers: Layers, protocol: number): Condition {
  if (protocol === ether.ip) return layers.equals('link', 0, 1, 0x40, 0xf0)
  if (protocol === ether.ip6) return layers.equals('link', 0, 1, 0x60, 0xf0)
  return no
}

/** Loopbacks of BSD have the family in the order of the machine's bytes, and OpenBSD's in that of the network: both are taken. */
function carriesFamily(layers: Layers, protocol: number): Condition {
  const numbers = protocol === ether.ip ? families.ip : protocol === ether.ip6 ? families.ip6 : []
  const tests = numbers.flatMap((family) => [family * 0x1000000, family].map((x) => layers.equals('link', 0, 4, x)))
  return tests.length === 0 ? no : or(tests[0]!, ...tests.slice(1))
}

function carriesInArcnet(layers: Layers, protocol: number): Condition {
  const typed = (type: number) => layers.equals('type', 0, 1, type)
  switch (protocol) {
    case ether.ip:
      return or(typed(arcnet.ip), typed(arcnet.oldIp))
    case ether.arp:
      return or(typed(arcnet.arp), typed(arcnet.oldArp))
    case ether.rarp:
      return typed(arcnet.rarp)
    case ether.ip6:
      return typed(arcnet.ip6)
    case ether.atalk:
      return typed(arcnet.atalk)
    default:
      return no
  }
}

/** Behind two bytes of address: an unnumbered frame, and the identifier of the network layer. @see RFC 2427 section 4 */
function carriesInFrameRelay(layers: Layers, protocol: number): Condition {
  const identified = (identifier: number) => layers.equals('link', 2, 2, 0x0300 | identifier)
  if (protocol === ether.ip) return identified(0xcc)
  if (protocol === ether.ip6) return identified(0x8e)
  if (protocol === sap.iso) return or(identified(0x81), identified(0x82), identified(0x83))
  return no
}

/** Behind the last label, by the version of the network header. @see RFC 3032 section 2.1 */
function carriesInMpls(layers: Layers, protocol: number): Condition {
  const last = () => layers.equals('network', -2, 1, 1, 1)
  if (protocol === ether.ip) return and(last(), layers.equals('network', 0, 1, 0x40, 0xf0))
  if (protocol === ether.ip6) return and(last(), layers.equals('network', 0, 1, 0x60, 0xf0))
  return layers.refuse('behind mpls there are only IPv4 and IPv6 to ask for.')
}
