// Owns links of a topology that lead to a node that no agent is: a wrong name makes an edge of the port at the other end, and its
// packets count twice. Knows no estimate. See ai-metrics.ts for the folder. Start at strayLinks.

import { AGENT_KEY } from '../agents/columns.ts'
import type { Slots } from '../agents/slots.ts'
import { type Places, Side } from '../flow/places.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'

/** So many are told. */
const MOST = 3
const none: ReadonlySet<string> = new Set()

/**
 * A sentence each, without a full stop; names are not made safe for a terminal.
 * @param agents all that were heard
 * @param counts by segment: 1 where packets enter the fabric
 */
export function strayLinks(index: TopologyIndex, agents: Slots, places: Places, counts: Uint8Array): string[] {
  const heard = new Set<string>()
  for (const slot of agents.slots()) {
    const at = slot * AGENT_KEY
    const node = index.isNode(agents.keys, at) ? index.node(agents.keys, 0, at) : undefined
    if (node !== undefined) heard.add(node)
  }
  const entries = edgePorts(index, places, counts)
  const neighbours = neighboursOf(index)
  const found: string[] = []
  for (const [name, { node1, port1, node2, port2 }] of index.topology.links) {
    if (heard.has(node1) === heard.has(node2)) continue
    const isFirst = heard.has(node1)
    const [node, port] = isFirst ? [node1, port1] : [node2, port2]
    const [stray, strayPort] = isFirst ? [node2, port2] : [node1, port1]
    // A switch that samples nothing is no fault, as long as nothing comes in where its link might end. That is no switch of the
    // same tier: those have a neighbour in common.
    const isPeer = (other: string): boolean =>
      [...(neighbours.get(other) ?? none)].some((one) => neighbours.get(node)!.has(one))
    const ends = entries.filter((end) => end.port === strayPort && end.node !== node && !isPeer(end.node))
    if (ends.length === 0) continue
    const at = ends.map((end) => `${end.node} ${end.port}`).join(' or ')
    found.push(
      `${name} leads from ${node} ${port} to node ${stray}, which no agent is: if its end is ${at}, packets that come in there count twice`,
    )
  }
  return found.slice(0, MOST)
}

function neighboursOf({ topology }: TopologyIndex): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const add = (node: string, other: string): void => {
    const known = found.get(node)
    if (known === undefined) found.set(node, new Set([other]))
    else known.add(other)
  }
  for (const { node1, node2 } of topology.links.values()) {
    add(node1, node2)
    add(node2, node1)
  }
  return found
}

/** Ports by which packets enter the fabric, as far as the topology says so. */
function edgePorts(index: TopologyIndex, places: Places, counts: Uint8Array): { node: string; port: string }[] {
  const { keys } = places.sources
  const found = new Map<string, { node: string; port: string }>()
  for (let s = 0; s < places.segments.count; s++) {
    const at = places.agentAt(s)
    const ifIndex = keys[at + 5]!
    if (counts[s] !== 1 || places.side(s) !== Side.ingress || !index.isEdge(keys, ifIndex, at)) continue
    const node = index.node(keys, ifIndex, at)
    const port = index.ifname(keys, ifIndex, at)
    if (node !== undefined && port !== undefined) found.set(`${node} ${port}`, { node, port })
  }
  return [...found.values()]
}
