// Owns cables that are told more than once. See topology.ts for the folder.

import type { TopologyLink } from './topology.ts'

/** Of links between the same two ports, in whichever direction, the first; names and order stay. checkTopology warns of the others. */
export function cablesOnce(links: ReadonlyMap<string, TopologyLink>): ReadonlyMap<string, TopologyLink> {
  const seen = new Set<string>()
  const once = new Map<string, TopologyLink>()
  for (const [name, link] of links) {
    const ends = [JSON.stringify([link.node1, link.port1]), JSON.stringify([link.node2, link.port2])]
    const cable = ends.sort().join(' ')
    if (seen.has(cable)) continue
    seen.add(cable)
    once.set(name, link)
  }
  return once
}
