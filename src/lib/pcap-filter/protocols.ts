// Owns protocols as conditions: abbreviations such as tcp, and what stands behind proto. Start at isProtocol.

import { and, type Condition, or } from './condition.ts'
import type { Layers } from './layers.ts'
import { carries } from './link-test.ts'
import { ether, ipNumbers, isisTypes, isoNumbers, sap } from './numbers.ts'
import type { Protocol } from './syntax.ts'

/** Protocols of the link, as Ethernet types or service access points. */
const linkProtocols: Partial<Readonly<Record<Protocol, number>>> = {
  ip: ether.ip,
  ip6: ether.ip6,
  arp: ether.arp,
  rarp: ether.rarp,
  atalk: ether.atalk,
  aarp: ether.aarp,
  decnet: ether.decnet,
  sca: ether.sca,
  lat: ether.lat,
  mopdl: ether.mopdl,
  moprc: ether.moprc,
  iso: sap.iso,
  stp: sap.spanningTree,
  ipx: sap.ipx,
  netbeui: sap.netbeui,
}

/** Protocols over IP, and which of its versions they are asked for in; both where none is given. */
const overIp: Partial<Readonly<Record<Protocol, readonly [number: number, within: 'ip' | 'ip6' | undefined]>>> = {
  tcp: [ipNumbers.tcp, undefined],
  udp: [ipNumbers.udp, undefined],
  sctp: [ipNumbers.sctp, undefined],
  pim: [ipNumbers.pim, undefined],
  ah: [ipNumbers.ah, undefined],
  esp: [ipNumbers.esp, undefined],
  icmp: [ipNumbers.icmp, 'ip'],
  igmp: [ipNumbers.igmp, 'ip'],
  igrp: [ipNumbers.igrp, 'ip'],
  vrrp: [ipNumbers.vrrp, 'ip'],
  carp: [ipNumbers.carp, 'ip'],
  icmp6: [ipNumbers.icmp6, 'ip6'],
}

/** Whether the packet is of a protocol. */
export function isProtocol(layers: Layers, protocol: Protocol): Condition {
  const carried = linkProtocols[protocol]
  if (carried !== undefined) return carries(layers, carried)
  const [number, within] = overIp[protocol] ?? []
  if (number !== undefined) return hasNumber(layers, number, within)
  if (protocol === 'clnp' || protocol === 'esis' || protocol === 'isis')
    return hasNumber(layers, isoNumbers[protocol], 'iso')
  if (Object.hasOwn(isisTypes, protocol)) {
    const [first, ...more] = isisTypes[protocol]!.map((type) => hasNumber(layers, type, 'isis'))
    return or(first!, ...more)
  }
  return layers.refuse(`'${protocol}' alone is no condition.`, [
    'Say what of it, as in link[0] = 0 or ether host 00:00:5e:00:53:01.',
  ])
}

/**
 * Whether the packet's protocol has this number: `ip proto 6`.
 * @param within what carries it; IPv4 and IPv6 where it is left out
 */
export function hasNumber(layers: Layers, number: number, within: Protocol | undefined): Condition {
  switch (within) {
    case undefined:
      return or(hasNumber(layers, number, 'ip'), hasNumber(layers, number, 'ip6'))
    case 'link':
      return carries(layers, number)
    case 'ip':
      return and(carries(layers, ether.ip), layers.equals('network', 9, 1, number))
    case 'ip6': {
      const fragment = and(layers.equals('network', 6, 1, ipNumbers.fragment), layers.equals('network', 40, 1, number))
      return and(carries(layers, ether.ip6), or(layers.equals('network', 6, 1, number), fragment))
    }
    case 'iso':
      return hasIsoNumber(layers, number)
    case 'isis':
      return and(hasIsoNumber(layers, isoNumbers.isis), layers.equals('bare', 4, 1, number))
    default:
      return layers.refuse(`'${within} proto' asks for nothing that ${within} says.`, [
        'There are proto, ip proto, ip6 proto, ether proto and iso proto.',
      ])
  }
}

function hasIsoNumber(layers: Layers, number: number): Condition {
  if (layers.link.carries === 'frelay') return layers.equals('link', 2, 2, 0x0300 | number)
  if (layers.link.carries === 'hdlc') {
    // Cisco's header is followed by one byte of padding.
    return and(carries(layers, (sap.iso << 8) | sap.iso), layers.equals('bare', 1, 1, number))
  }
  return and(carries(layers, sap.iso), layers.equals('bare', 0, 1, number))
}
