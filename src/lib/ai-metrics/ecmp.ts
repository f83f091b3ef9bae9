// Owns how evenly links that packets may choose between are used. Knows the topology and the load of ports, no sample. See
// ai-metrics.ts for the folder. Start at tierImbalances.

import type { Topology } from '../topo/topology.ts'
import { type PortLoad, portKey } from './port-loads.ts'
import type { TierImbalance } from './rows.ts'

const MOST_SHARES = 16

/** A link as one switch sees it: what it sends into it is what the other end receives. */
interface Way {
  readonly link: string
  readonly to: string
  readonly bits: number
  readonly variance: number
}

/** Links of one switch that packets may choose between. */
interface Bundle {
  readonly node: string
  readonly ways: readonly Way[]
}

/**
 * Switches with edge ports are tier 1, those next to them tier 2, and so on. Up: of each switch all links to the next tier. Down:
 * the links to one and the same switch below, where there are several. Links whose other end is not heard of are left out, and
 * switches with one link.
 *
 * Of a tier, with switches i and links k: Σᵢ maxₖ r / Σᵢ meanₖ r, and √(Σᵢ Σₖ (r - meanᵢ)² / K) / mean r.
 */
export function tierImbalances(topology: Topology, loads: ReadonlyMap<string, PortLoad>): TierImbalance[] {
  const tiers = tiersOf(topology, loads)
  const ways = new Map<string, Map<string, Way[]>>()
  const add = (from: string, way: Way): void => {
    const of = ways.get(from) ?? new Map<string, Way[]>()
    ways.set(from, of)
    const direction = (tiers.get(way.to) ?? 0) > (tiers.get(from) ?? 0) ? 'up' : `down ${way.to}`
    of.set(direction, [...(of.get(direction) ?? []), way])
  }
  for (const [link, { node1, port1, node2, port2 }] of topology.links) {
    const [a, b] = [tiers.get(node1), tiers.get(node2)]
    if (a === undefined || b === undefined || a === b) continue
    const at1 = loads.get(portKey(node1, port1))
    const at2 = loads.get(portKey(node2, port2))
    if (at2 !== undefined) add(node1, { link, to: node2, bits: at2.bitsPerSecond, variance: at2.variance })
    if (at1 !== undefined) add(node2, { link, to: node1, bits: at1.bitsPerSecond, variance: at1.variance })
  }
  const bundles = new Map<string, Bundle[]>()
  for (const [node, directions] of ways) {
    for (const [direction, of] of directions) {
      if (of.length < 2) continue
      const tier = `${tiers.get(node)} ${direction.split(' ')[0]}`
      bundles.set(tier, [...(bundles.get(tier) ?? []), { node, ways: of }])
    }
  }
  return [...bundles].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([tier, of]) => imbalanceOf(tier, of) ?? [])
}

/** Undefined where nothing is sent. */
function imbalanceOf(tier: string, bundles: readonly Bundle[]): TierImbalance | undefined {
  let links = 0
  let total = 0
  let most = 0
  let means = 0
  let squares = 0
  let chance = 0
  const shares: { node: string; link: string; share: number; bits: number }[] = []
  let switches = 0
  for (const { node, ways } of bundles) {
    const sum = ways.reduce((bits, way) => bits + way.bits, 0)
    // Who sends nothing chooses nothing.
    if (sum === 0) continue
    const mean = sum / ways.length
    switches++
    links += ways.length
    total += sum
    means += mean
    most += Math.max(...ways.map((way) => way.bits))
    // Of values with variances v around their own mean (1 - 1/n) Σ v is left.
    chance += (1 - 1 / ways.length) * ways.reduce((all, way) => all + way.variance, 0)
    for (const { link, bits } of ways) {
      squares += (bits - mean) ** 2
      shares.push({ node, link, share: bits / sum, bits })
    }
  }
  if (!(total > 0)) return undefined
  shares.sort((a, b) => b.bits - a.bits)
  const listed = shares.slice(0, MOST_SHARES).map(({ node, link, share }) => ({ node, link, share }))
  return {
    tier,
    links,
    switches,
    bitsPerSecond: total,
    maxOverMean: most / means,
    variation: Math.sqrt(squares / links) / (total / links),
    variationByChance: Math.sqrt(chance / links) / (total / links),
    busiest: listed[0]!,
    shares: listed,
  }
}

/** Tier of each node, from 1. An edge port makes a node one of tier 1 if samples came from it: management ports look like edge. */
function tiersOf({ links }: Topology, loads: ReadonlyMap<string, PortLoad>): Map<string, number> {
  const neighbours = new Map<string, Set<string>>()
  for (const { node1, node2 } of links.values()) {
    neighbours.set(node1, (neighbours.get(node1) ?? new Set()).add(node2))
    neighbours.set(node2, (neighbours.get(node2) ?? new Set()).add(node1))
  }
  const tiers = new Map<string, number>()
  for (const { node, isCore, samples } of loads.values()) if (!isCore && samples > 0) tiers.set(node, 1)
  let next = [...tiers.keys()]
  for (let tier = 2; next.length > 0; tier++) {
    const found: string[] = []
    for (const node of next) {
      for (const other of neighbours.get(node) ?? []) {
        if (tiers.has(other)) continue
        tiers.set(other, tier)
        found.push(other)
      }
    }
    next = found
  }
  return tiers
}
