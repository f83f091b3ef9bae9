// Owns which segments of a window count, so that a packet that several ports and switches sampled counts once, and whose
// rows they are. Knows no key. Start at selectSegments.

import { Slots } from '../agents/slots.ts'
import { INTERNAL, INTERNAL_EXPANDED } from '../sflow/interface.ts'
import type { Aggregation, EdgeDirectory, FlowOptions } from './options.ts'
import { type Places, Side } from './places.ts'

/** Ports that have ever given ingress samples; the least recently seen ones are forgotten beyond the bound. */
export class IngressPorts {
  readonly #slots = new Slots(5, 1 << 18, { grown() {}, evicted() {} })

  mark(words: ArrayLike<number>, at: number, port: number): void {
    const slot = this.#find(words, at, port)
    if (slot < 0) this.#slots.insert()
    else this.#slots.touch(slot)
  }

  has(words: ArrayLike<number>, at: number, port: number): boolean {
    return this.#find(words, at, port) >= 0
  }

  #find(words: ArrayLike<number>, at: number, port: number): number {
    const { probe } = this.#slots
    for (let k = 0; k < 4; k++) probe[k] = words[at + k]!
    probe[4] = port
    return this.#slots.find()
  }
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
}

/** Remembers the ingress ports of a window that is over. */
export function markIngress(places: Places, seen: IngressPorts): void {
  const { keys } = places.sources
  for (let s = 0; s < places.segments.count; s++) {
    if (places.side(s) !== Side.ingress) continue
    const at = places.agentAt(s)
    seen.mark(keys, at, keys[at + 5]!)
    seen.mark(keys, at, 0)
  }
}

/**
 * One direction a packet: where it was sampled on entry it counts there, and not again where it leaves. A sample on the way
 * out counts where the port it came in by gives no ingress samples; where that port is not known, where none of the agent's
 * does. With agg `edge` what came in by a port that is no edge does not count.
 */
export function selectSegments(places: Places, options: FlowOptions, seen: IngressPorts): Selection {
  const { count } = places.segments
  const { keys } = places.sources
  const agentOf = new Int32Array(count)
  const numbers = new Map<string, number>()
  const agentAt: number[] = []
  for (let s = 0; s < count; s++) {
    const at = places.agentAt(s)
    const words = `${keys[at]},${keys[at + 1]},${keys[at + 2]},${keys[at + 3]}`
    let number = numbers.get(words)
    if (number === undefined) {
      number = agentAt.push(at) - 1
      numbers.set(words, number)
    }
    agentOf[s] = number
  }
  const agents = numbers.size
  const agg = options.agg ?? usualAggregation(options, agents)
  const ingress = ingressHere(places)
  const counts = new Uint8Array(count)
  for (let s = 0; s < count; s++) {
    const counted = places.side(s) === Side.egress && countedOnEntry(places, s, ingress, seen)
    counts[s] = counted || (agg === 'edge' && !entersHere(places, s, options.topology)) ? 0 : 1
  }
  return { agg, label: label(agg, options, agents), counts, agentOf, agents, agentAt }
}

function usualAggregation(options: FlowOptions, agents: number): Aggregation {
  if (options.by !== undefined) return 'sum'
  // A packet is discarded once.
  if (options.dropped) return 'sum'
  if (options.topology !== undefined) return 'edge'
  return agents > 1 ? 'max' : 'sum'
}

function label(agg: Aggregation, { by }: FlowOptions, agents: number): string {
  if (agg === 'edge') return 'where packets enter the fabric'
  if (by !== undefined) return by === 'agent' ? 'each switch by itself' : 'each port by itself'
  if (agg === 'max') return 'busiest switch'
  return agents === 1 ? 'one switch' : `sum of ${agents} switches`
}

/** `AGENT PORT` of the ports with ingress samples in this window, and `AGENT 0` for their agents. */
function ingressHere(places: Places): ReadonlySet<string> {
  const here = new Set<string>()
  const { keys } = places.sources
  for (let s = 0; s < places.segments.count; s++) {
    if (places.side(s) !== Side.ingress) continue
    const at = places.agentAt(s)
    here.add(portName(keys, at, keys[at + 5]!))
    here.add(portName(keys, at, 0))
  }
  return here
}

function portName(words: ArrayLike<number>, at: number, port: number): string {
  return `${words[at]},${words[at + 1]},${words[at + 2]},${words[at + 3]} ${port}`
}

function countedOnEntry(places: Places, segment: number, here: ReadonlySet<string>, seen: IngressPorts): boolean {
  const { keys } = places.sources
  const format = places.segments.keys[segment * 4 + 2]!
  const value = places.segments.keys[segment * 4 + 3]!
  // hsflowd's mod_pcap samples each port in both directions and says `internal` for the other one, which it does not know: such a
  // packet was sampled on entry too. What a switch sends itself is then not counted: it can't be told apart.
  const port = format === 0 && !isInternal(format, value) ? value : 0
  const at = places.agentAt(segment)
  return here.has(portName(keys, at, port)) || seen.has(keys, at, port)
}

function entersHere(places: Places, segment: number, topology: EdgeDirectory | undefined): boolean {
  if (topology === undefined) return true
  const { keys } = places.sources
  const at = places.agentAt(segment)
  if (places.side(segment) === Side.ingress) {
    return keys[at + 4] === 0 && topology.isEdge(keys, keys[at + 5]!, at)
  }
  const format = places.segments.keys[segment * 4 + 2]!
  const value = places.segments.keys[segment * 4 + 3]!
  // What a switch sends itself enters the fabric there.
  if (isInternal(format, value)) return topology.isNode?.(keys, at) ?? false
  return format === 0 && value !== 0 && topology.isEdge(keys, value, at)
}

function isInternal(format: number, value: number): boolean {
  return format === 0 && (value === INTERNAL || value === INTERNAL_EXPANDED)
}
