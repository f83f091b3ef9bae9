// Owns which segments of a window count, so that a packet that several ports and switches sampled counts once, and whose
// rows they are. Knows no key. Start at selectSegments.

import { INTERNAL, INTERNAL_EXPANDED } from '../sflow/interface.ts'
import { type TopologyFit, topologyFit } from './fit.ts'
import type { Aggregation, EdgeDirectory, FlowOptions } from './options.ts'
import { type Places, Side } from './places.ts'

/** More ports than a network has; beyond that all are forgotten, and learned anew within a window. */
const MOST_PORTS = 1 << 18
const SEVERAL = -1

/** Ports that give ingress samples. Addresses are four words of `words` from `at` on. */
export class IngressPorts {
  readonly #ports = new Set<string>()
  /** By agent: its only such port, or SEVERAL. */
  readonly #only = new Map<string, number>()

  add(words: ArrayLike<number>, at: number, port: number): void {
    if (this.#ports.size === MOST_PORTS) {
      this.#ports.clear()
      this.#only.clear()
    }
    const agent = agentName(words, at)
    this.#ports.add(`${agent} ${port}`)
    const only = this.#only.get(agent)
    this.#only.set(agent, only === undefined || only === port ? port : SEVERAL)
  }

  has(words: ArrayLike<number>, at: number, port: number): boolean {
    return this.#ports.has(`${agentName(words, at)} ${port}`)
  }

  /** Whether the agent has any but this one. */
  hasOther(words: ArrayLike<number>, at: number, port: number): boolean {
    const only = this.#only.get(agentName(words, at))
    return only !== undefined && only !== port
  }
}

function agentName(words: ArrayLike<number>, at: number): string {
  return `${words[at]},${words[at + 1]},${words[at + 2]},${words[at + 3]}`
}

export interface Selection {
  readonly agg: Aggregation
  readonly label: string
  /** By segment: 1 where its samples count. */
  readonly counts: Uint8Array
  /** By segment: number of its agent, 0 to agents - 1. */
  readonly agentOf: Int32Array
  readonly agents: number
  /** By agent: first word of its address in the keys of Places.sources. */
  readonly agentAt: readonly number[]
  /** Undefined where no topology says what counts. */
  readonly fit: TopologyFit | undefined
}

/** Adds the ingress ports of a window. */
export function markIngress(places: Places, ports: IngressPorts): void {
  const { keys } = places.sources
  for (let s = 0; s < places.segments.count; s++) {
    const at = places.agentAt(s)
    if (places.side(s) === Side.ingress) ports.add(keys, at, keys[at + 5]!)
  }
}

/**
 * One direction a packet: where it was sampled on entry it counts there, and not again where it leaves. A sample on the way
 * out counts where the port it came in by gives no ingress samples; where that port is not known, where none of the agent's
 * does but for the one it leaves by. With agg `edge` what came in by a port that is no edge does not count, with `core` what came
 * in by one that is no end of a link.
 */
export function selectSegments(places: Places, options: FlowOptions, seen: IngressPorts): Selection {
  const { count } = places.segments
  const { keys } = places.sources
  const agentOf = new Int32Array(count)
  const numbers = new Map<string, number>()
  const agentAt: number[] = []
  for (let s = 0; s < count; s++) {
    const at = places.agentAt(s)
    const words = agentName(keys, at)
    let number = numbers.get(words)
    if (number === undefined) {
      number = agentAt.push(at) - 1
      numbers.set(words, number)
    }
    agentOf[s] = number
  }
  const agents = numbers.size
  const fit = edgeIsAsked(options) ? topologyFit(places, options.topology!, agentOf, agents) : undefined
  const agg = options.agg ?? usualAggregation(options, agents, fit)
  const here = new IngressPorts()
  markIngress(places, here)
  const counts = new Uint8Array(count)
  for (let s = 0; s < count; s++) {
    const counted =
      options.bothSides !== true && places.side(s) === Side.egress && countedOnEntry(places, s, here, seen)
    const isElsewhere = (agg === 'edge' || agg === 'core') && !arrivesBy(agg, places, s, options.topology)
    counts[s] = counted || isElsewhere ? 0 : 1
  }
  return { agg, label: label(agg, options, agents), counts, agentOf, agents, agentAt, fit }
}

/** A packet is discarded once, and with `by` each one has its own rows. */
function edgeIsAsked({ agg, topology, by, dropped }: FlowOptions): boolean {
  if (topology === undefined) return false
  return agg === undefined ? by === undefined && !dropped : agg === 'edge' || agg === 'core'
}

function usualAggregation(options: FlowOptions, agents: number, fit: TopologyFit | undefined): Aggregation {
  if (options.by !== undefined) return 'sum'
  // A packet is discarded once.
  if (options.dropped) return 'sum'
  if (fit?.fits === true) return 'edge'
  return agents > 1 ? 'max' : 'sum'
}

function label(agg: Aggregation, { by }: FlowOptions, agents: number): string {
  if (agg === 'edge') return 'where packets enter the fabric'
  if (agg === 'core') return 'each link of the fabric'
  if (by !== undefined) return by === 'agent' ? 'each switch by itself' : 'each port by itself'
  if (agg === 'max') return 'busiest switch'
  return agents === 1 ? 'one switch' : `sum of ${agents} switches`
}

function countedOnEntry(places: Places, segment: number, here: IngressPorts, seen: IngressPorts): boolean {
  const { keys } = places.sources
  const format = places.segments.keys[segment * 4 + 2]!
  const value = places.segments.keys[segment * 4 + 3]!
  const at = places.agentAt(segment)
  if (format === 0 && value !== 0 && !isInternal(format, value))
    return here.has(keys, at, value) || seen.has(keys, at, value)
  // hsflowd's mod_pcap samples each port in both directions and says `internal` for the other one, which it does not know: on
  // a switch such a packet was sampled on entry too. What a host with one port sends itself counts.
  const own = keys[at + 5]!
  return here.hasOther(keys, at, own) || seen.hasOther(keys, at, own)
}

/** Whether the segment's packets came to its switch by an edge port, or by a link. */
function arrivesBy(
  place: 'edge' | 'core',
  places: Places,
  segment: number,
  topology: EdgeDirectory | undefined,
): boolean {
  if (topology === undefined) return true
  const { keys } = places.sources
  const at = places.agentAt(segment)
  const isThere = (port: number): boolean =>
    place === 'edge' ? topology.isEdge(keys, port, at) : (topology.isCore?.(keys, port, at) ?? false)
  if (places.side(segment) === Side.ingress) return keys[at + 4] === 0 && isThere(keys[at + 5]!)
  const format = places.segments.keys[segment * 4 + 2]!
  const value = places.segments.keys[segment * 4 + 3]!
  // What a switch sends itself enters the fabric there.
  if (isInternal(format, value)) return place === 'edge' && (topology.isNode?.(keys, at) ?? false)
  return format === 0 && value !== 0 && isThere(value)
}

function isInternal(format: number, value: number): boolean {
  return format === 0 && (value === INTERNAL || value === INTERNAL_EXPANDED)
}
