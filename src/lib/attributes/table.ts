// Owns the one table of attributes: everything that --fields, --keys, --value and --filter can name, by area.
// Must not know commands, output or flow tables; attributes come as code (see attribute.ts), not as values.
// Start at attributes; find.ts looks names up, cells.ts prints them, context.ts is what they are read from.

import { type Attribute, areas } from './attribute.ts'
import { hostCounterAttributes, interfaceCounterAttributes } from './counters.ts'
import { arpAttributes, ethernetAttributes } from './ethernet.ts'
import { dnsAttributes, icmpAttributes } from './icmp.ts'
import { infinibandAttributes } from './infiniband.ts'
import { ipv4Attributes, ipv6Attributes } from './ip.ts'
import { applicationAttributes, dropAttributes, routingAttributes, transitAttributes } from './records.ts'
import { sampleAttributes } from './sample.ts'
import { transportAttributes } from './transport.ts'
import { tunnelAttributes } from './tunnels.ts'

const all: readonly Attribute[] = [
  ...sampleAttributes,
  ...ethernetAttributes,
  ...arpAttributes,
  ...ipv4Attributes,
  ...ipv6Attributes,
  ...transportAttributes,
  ...icmpAttributes,
  ...dnsAttributes,
  ...tunnelAttributes,
  ...infinibandAttributes,
  ...routingAttributes,
  ...transitAttributes,
  ...dropAttributes,
  ...applicationAttributes,
  ...interfaceCounterAttributes,
  ...hostCounterAttributes,
]

/** Every attribute, in order of area. */
export const attributes: readonly Attribute[] = areas.flatMap((area) => all.filter((x) => x.area === area))

/** Attributes by name and alias. */
export const attributesByName: ReadonlyMap<string, Attribute> = index()

function index(): ReadonlyMap<string, Attribute> {
  const map = new Map<string, Attribute>()
  for (const attribute of attributes) {
    for (const name of [attribute.name, ...attribute.aliases]) {
      if (map.has(name)) throw new RangeError(`two attributes are called ${name}`)
      map.set(name, attribute)
    }
  }
  return map
}
