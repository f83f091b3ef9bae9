// Owns where packets count: where they enter the fabric, and, for marks that switches make, where they leave it. Knows no scale.
// See ai-metrics.ts for the folder. Start at choose.

import { noData } from '../expression/data.ts'
import type { TopologyFit } from '../flow/fit.ts'
import { type Aggregation, type FlowOptions, flowDefaults } from '../flow/options.ts'
import { type Places, Side } from '../flow/places.ts'
import { type IngressPorts, type Selection, selectSegments } from '../flow/selection.ts'
import type { AiOptions } from './options.ts'
import { Column, type Sums } from './sums.ts'

/** An agent is about as busy as the busiest one: by chance it might have been that. */
const ALIKE = 0.9

export interface Choice {
  readonly agg: Aggregation
  readonly label: string
  readonly fit: TopologyFit | undefined
  /** By segment: 1 where its packets count, each once. */
  readonly counts: Uint8Array
  /** By segment: 1 where marks of its packets count. */
  readonly leaves: Uint8Array
  /** By segment, where it differs: 1 where trimmed packets of any kind count. */
  readonly everywhere?: Uint8Array
  /** Marks of the last hop are seen too; null without RoCE. */
  readonly complete: boolean | null
  /** Agents one of which was chosen as the busiest. */
  readonly alike: number
}

/** What is remembered of switches from window to window, by agent address. */
export class EdgeAgents {
  /** The topology has fitted the samples once. */
  fitted = false
  /** Have ports at the edge; of them those that sample what leaves there. */
  readonly all = new Set<string>()
  readonly egress = new Set<string>()
}

/** So many samples show whether a topology fits; of fewer it is taken to. */
const ENOUGH_TO_FIT = 100

/** @param seen ports that gave ingress samples in windows before */
export function choose(places: Places, sums: Sums, options: AiOptions, seen: IngressPorts, edges: EdgeAgents): Choice {
  const selection = select(places, sums, options, seen, edges)
  const { agg, label, fit, counts, agentOf, agents } = selection
  const leaves = new Uint8Array(counts.length)
  const base = { agg, label, fit, counts, leaves }
  if (agg === 'edge') {
    const complete = leavesAtEdges(places, sums, options, edges, counts, leaves)
    return { ...base, complete, alike: 1 }
  }
  const chosen = agg === 'max' ? keepBusiest(places, sums, counts, agentOf, agents) : { agent: 0, alike: 1 }
  let egress = false
  if (agg === 'max' || agents === 1) {
    for (let s = 0; s < counts.length; s++) {
      if (agentOf[s] !== chosen.agent || places.side(s) !== Side.egress) continue
      leaves[s] = 1
      egress = true
    }
  }
  if (!egress) leaves.set(counts)
  const complete = hasRoce(sums, counts) ? egress && agg === 'sum' : null
  return { ...base, complete, alike: chosen.alike }
}

/** With a topology the edge, unless that has never fitted the samples and these are many. */
function select(places: Places, sums: Sums, options: AiOptions, seen: IngressPorts, edges: EdgeAgents): Selection {
  const topology = options.hasTopology ? options.index : undefined
  const base: FlowOptions = { ...flowDefaults, keys: [], values: [], data: noData, topology, agg: options.agg }
  if (topology === undefined || options.agg !== undefined) return selectSegments(places, base, seen)
  const atEdge = selectSegments(places, { ...base, agg: 'edge' }, seen)
  if (atEdge.fit?.fits === true) edges.fitted = true
  if (edges.fitted) return atEdge
  let samples = 0
  for (let s = 0; s < places.segments.count; s++) samples += sums.values[s * sums.width + Column.frames]!
  return samples < ENOUGH_TO_FIT ? atEdge : selectSegments(places, base, seen)
}

function roce(sums: Sums, segment: number): number {
  return sums.values[segment * sums.width + Column.roce]!
}

function hasRoce(sums: Sums, flags: Uint8Array): boolean {
  return flags.some((flag, s) => flag === 1 && roce(sums, s) > 0)
}

/** One switch for all numbers: the one with most RoCE packets, else with most packets. Others' flags go. */
function keepBusiest(
  places: Places,
  sums: Sums,
  counts: Uint8Array,
  agentOf: Int32Array,
  agents: number,
): { readonly agent: number; readonly alike: number } {
  const weights = (column: number): Float64Array => {
    const weight = new Float64Array(agents)
    for (let s = 0; s < counts.length; s++) {
      const rate = places.rates[places.stretchOf[s]!]! || 1
      if (counts[s] === 1) weight[agentOf[s]!]! += rate * sums.values[s * sums.width + column]!
    }
    return weight
  }
  let weight = weights(Column.roce)
  if (weight.every((x) => x === 0)) weight = weights(Column.frames)
  let agent = 0
  for (let a = 1; a < agents; a++) if (weight[a]! > weight[agent]!) agent = a
  for (let s = 0; s < counts.length; s++) if (agentOf[s] !== agent) counts[s] = 0
  return { agent, alike: weight.filter((x) => x >= ALIKE * weight[agent]!).length }
}

/**
 * Marks count where packets leave by an edge port. Of a switch that does not sample there, those that it receives from other
 * switches: the last that is seen of them, and its own marks are missing.
 * @returns whether none are missing; null without RoCE
 */
function leavesAtEdges(
  places: Places,
  sums: Sums,
  { index }: AiOptions,
  edges: EdgeAgents,
  counts: Uint8Array,
  leaves: Uint8Array,
): boolean | null {
  const { keys } = places.sources
  const { count } = places.segments
  const names: string[] = []
  const atEdge = new Uint8Array(count)
  for (let s = 0; s < count; s++) {
    const at = places.agentAt(s)
    const name = `${keys[at]},${keys[at + 1]},${keys[at + 2]},${keys[at + 3]}`
    names.push(name)
    if (keys[at + 4] !== 0 || !index.isEdge(keys, keys[at + 5]!, at)) continue
    atEdge[s] = 1
    edges.all.add(name)
    if (places.side(s) === Side.egress) edges.egress.add(name)
  }
  let complete = true
  let seen = false
  let any = false
  for (let s = 0; s < count; s++) {
    any ||= roce(sums, s) > 0
    const name = names[s]!
    if (!edges.all.has(name)) continue
    const samplesEgress = edges.egress.has(name)
    const wanted = samplesEgress
      ? atEdge[s] === 1 && places.side(s) === Side.egress
      : atEdge[s] === 0 && places.side(s) !== Side.egress
    if (!wanted) continue
    leaves[s] = 1
    if (roce(sums, s) === 0) continue
    seen = true
    if (!samplesEgress) complete = false
  }
  if (!any) return null
  if (seen) return complete
  // Not seen anywhere behind where it came in.
  leaves.set(counts)
  return false
}
