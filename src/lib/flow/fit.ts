// Owns whether a topology fits what was sampled: a wrong one would give wrong totals without a word. Knows no row. Start at
// topologyFit.

import type { EdgeDirectory } from './options.ts'
import { type Places, STRETCH_SUMS, Stretch } from './places.ts'

export interface TopologyFit {
  /** Agents that were heard, and of them those that are no node of the topology. */
  readonly agents: number
  readonly unknownAgents: number
  /** Samples of those: with agg `edge` they count nowhere. */
  readonly unknownSamples: number
  /** A sampled port is an end of a link: without any, all of them would be edges. */
  readonly hasLinkPort: boolean
  /** Edge can be told from core: some agent is a node, and of several nodes some port is an end of a link. */
  readonly fits: boolean
}

export function topologyFit(places: Places, topology: EdgeDirectory, agentOf: Int32Array, agents: number): TopologyFit {
  const { keys } = places.sources
  const isNode = new Uint8Array(agents)
  let hasLinkPort = false
  for (let s = 0; s < places.segments.count; s++) {
    const at = places.agentAt(s)
    // A directory that does not know nodes knows ports alone, and is believed.
    if (topology.isNode?.(keys, at) ?? true) isNode[agentOf[s]!] = 1
    hasLinkPort ||= keys[at + 4] === 0 && (topology.isCore?.(keys, keys[at + 5]!, at) ?? true)
  }
  let unknownSamples = 0
  const told = new Set<number>()
  for (let s = 0; s < places.segments.count; s++) {
    const stretch = places.stretchOf[s]!
    if (isNode[agentOf[s]!] === 1 || told.has(stretch)) continue
    told.add(stretch)
    unknownSamples += places.sums[stretch * STRETCH_SUMS + Stretch.received]!
  }
  const nodes = isNode.reduce((sum, one) => sum + one, 0)
  return {
    agents,
    unknownAgents: agents - nodes,
    unknownSamples,
    hasLinkPort,
    fits: nodes > 0 && (nodes === 1 || hasLinkPort),
  }
}
