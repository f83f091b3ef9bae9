// Owns the way from a parsed filter to its condition on packets, in the order in which it is written: layers move.
// Start at conditionOf.

import { byte, comparison } from './bytes.ts'
import { and, type Condition, not, or } from './condition.ts'
import { geneve, mpls, pppoeDiscovery, pppoeSession, vlan } from './encapsulation.ts'
import { geneveHasLink, linkHost } from './hosts.ts'
import { idCondition } from './ids.ts'
import type { Layers } from './layers.ts'
import { carries, hasLength } from './link-test.ts'
import { linkNumbers, links } from './links.ts'
import type { FilterNames } from './names.ts'
import { ether } from './numbers.ts'
import { isProtocol } from './protocols.ts'
import type { Expression, Protocol, Word } from './syntax.ts'
import { isWlanData, wlanFrame, wlanMulticast } from './wlan.ts'
import { llcTypes } from './words.ts'

/** @throws InputError, by way of the layers, for what the link or the language does not have */
export function conditionOf(layers: Layers, of: Expression, names: FilterNames): Condition {
  layers.place = of
  switch (of.kind) {
    case 'chain': {
      let whole = conditionOf(layers, of.first, names)
      for (const { operator, of: next } of of.rest) {
        const right = conditionOf(layers, next, names)
        whole = operator === 'and' ? and(whole, right) : or(whole, right)
      }
      return whole
    }
    case 'not':
      return not(conditionOf(layers, of.of, names))
    case 'id':
      return idCondition(layers, of.id, of.qualifiers, names)
    case 'protocol':
      return isProtocol(layers, of.protocol)
    case 'comparison':
      return comparison(layers, of.operator, of.left, of.right)
    case 'word':
      return word(layers, of.word, of.number)
    case 'cast':
      return of.to === 'broadcast' ? broadcast(layers, of.protocol) : multicast(layers, of.protocol)
    case 'byte':
      return byte(layers, of.index, of.operator, of.value)
    case 'llc':
      return llc(layers, of.type)
    case 'wlan':
      return wlanFrame(layers, 0, of.value, of.mask)
    case 'wlan direction':
      return wlanFrame(layers, 1, of.value, 0x03)
  }
}

function word(layers: Layers, what: Word, number: number | undefined): Condition {
  const length = layers.values.length()
  switch (what) {
    case 'less':
      return not(layers.compare('greater', length, number!))
    case 'greater':
      return layers.compare('atLeast', length, number!)
    case 'inbound':
      return not(outgoing(layers, what))
    case 'outbound':
      return outgoing(layers, what)
    case 'ifindex':
      if (layers.link !== links.get(linkNumbers.sll2))
        layers.refuse(`${layers.link.name} does not say on which interface it was.`, [
          'Flags do: sonde trace --ifname eth0, sonde sample eth0, sonde decode --filter inputifindex=3.',
        ])
      return layers.equals('link', 4, 4, number!)
    case 'vlan':
      return vlan(layers, number)
    case 'mpls':
      return mpls(layers, number)
    case 'pppoed':
      return pppoeDiscovery(layers)
    case 'pppoes':
      return pppoeSession(layers, number)
    case 'geneve':
      return geneve(layers, number)
  }
}

/** Linux's number for packets that the host sent. @see linux/if_packet.h */
const PACKET_OUTGOING = 4

function outgoing(layers: Layers, what: string): Condition {
  const { link } = layers
  if (link === links.get(linkNumbers.sll)) return layers.equals('link', 0, 2, PACKET_OUTGOING)
  if (link === links.get(linkNumbers.sll2)) return layers.equals('link', 10, 1, PACKET_OUTGOING)
  // SLIP's pseudo-header begins with 0 for received packets.
  if (link === links.get(linkNumbers.slip)) return not(layers.equals('link', 0, 1, 0))
  return layers.refuse(`${link.name} does not say which way packets went, so that there is no ${what}.`, [
    'Flags do: sonde sample --direction ingress, sonde decode --filter direction=ingress.',
  ])
}

const EVERYONE = [255, 255, 255, 255, 255, 255]

function broadcast(layers: Layers, protocol: Protocol | undefined): Condition {
  if (protocol === 'ip') {
    // The network's mask is not known of recorded packets: tcpdump takes it for 0 then.
    const everyone = or(layers.equals('network', 16, 4, 0), layers.equals('network', 16, 4, 0xffffffff))
    return and(carries(layers, ether.ip), everyone)
  }
  if (protocol !== undefined && protocol !== 'link')
    layers.refuse(`${protocol} has no broadcasts.`, ['Write broadcast or ether broadcast.'])
  if (layers.link.carries === 'arcnet') return layers.bytes('link', 1, [0])
  return linkHost(layers, EVERYONE, 'dst')
}

function multicast(layers: Layers, protocol: Protocol | undefined): Condition {
  const { link } = layers
  if (protocol === 'ip') return and(carries(layers, ether.ip), layers.atLeast('network', 16, 1, 224))
  if (protocol === 'ip6') return and(carries(layers, ether.ip6), layers.equals('network', 24, 1, 255))
  if (protocol !== undefined && protocol !== 'link') {
    layers.refuse(`${protocol} has no multicasts.`, [
      'There are multicast, ether multicast, ip multicast and ip6 multicast.',
    ])
  }
  if (link.carries === 'arcnet') return layers.bytes('link', 1, [0])
  if (link.carries === 'wlan') return wlanMulticast(layers)
  if (link.addresses === undefined)
    layers.refuse(`${link.name} has no MAC addresses.`, ['Write ip multicast or ip6 multicast.'])
  // The lowest bit of the first byte says it (IEEE 802 section 8.2.2).
  const group = layers.compare('anyBit', layers.load('link', link.addresses.destination, 1), 1)
  return layers.inGeneve ? and(geneveHasLink(layers), group) : group
}

/** Links whose frames all have a header of LLC. */
const alwaysLlc: ReadonlySet<number> = new Set([6, 10, 100])

function llc(layers: Layers, type: string | undefined): Condition {
  const has = hasLlc(layers)
  if (type === undefined) return has
  // Information frames have the lowest bit of the control field clear.
  if (type === 'i') return and(has, layers.equals('llc', 2, 1, 0, 1))
  const known = Object.hasOwn(llcTypes, type) ? llcTypes[type] : undefined
  if (known === undefined) {
    return layers.refuse(`'${type}' is no type of LLC.`, [`There are i, ${Object.keys(llcTypes).join(', ')}.`])
  }
  return and(has, layers.equals('llc', 2, 1, known.value, known.mask))
}

function hasLlc(layers: Layers): Condition {
  const { link } = layers
  if (link === links.get(linkNumbers.ethernet)) return and(hasLength(layers), not(layers.equals('llc', 0, 2, 0xffff)))
  if (link.carries === 'wlan') return isWlanData(layers)
  if ([...alwaysLlc].some((number) => links.get(number) === link)) return { kind: 'always', value: true }
  return layers.refuse(`${link.name} has no header of LLC to ask for.`)
}
