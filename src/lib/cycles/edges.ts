// Owns who sends to whom: pairs of hosts with their events of the last seconds, in bounded memory. Knows no job. See cycles.ts for
// the folder. Start at Edges.add.

import { keepsAll, Slots } from '../agents/slots.ts'
import { EventBag } from '../period/event-bag.ts'
import type { EdgeEvents } from '../period/jobs.ts'
import type { GroupEvent } from './group.ts'
import type { Counted } from './groups.ts'
import { Observers } from './observers.ts'
import type { Compiled } from './question.ts'

/** Pairs that are remembered; with 1,024 events each 64 MiB at most. Samples of more are in no job. */
const MOST_EDGES = 4096
const MOST_EVENTS = 1024
/** So many pairs that come first keep more: where there are few, jobs keep all that windows do. */
const FIRST_EDGES = 16
const FIRST_EVENTS = 4096
/** Jobs are looked for in the last so many seconds. */
export const EDGE_SECONDS = 40

export interface Edge extends EdgeEvents {
  readonly events: EventBag
  readonly observers: Observers
  /** All that counted. */
  samples: number
  weight: number
  bytes: number
  /** Slot of the agent that saw the last one. */
  agent: number
  /** Number of its job; 0: none. */
  job: number
}

export class Edges {
  beyond = 0
  readonly #compiled: Compiled
  readonly #slots: Slots
  readonly #edges: Edge[] = []

  constructor(compiled: Compiled) {
    this.#compiled = compiled
    this.#slots = new Slots(compiled.width, MOST_EDGES, keepsAll)
  }

  get all(): readonly Edge[] {
    return this.#edges
  }

  /** @returns the edge in which the sample counts */
  add(words: Uint32Array, { ms, weight, bytes, agent }: Counted, byBusiest: boolean): Edge | undefined {
    const slots = this.#slots
    slots.probe.set(words)
    const slot = slots.findOrInsert()
    if (slot < 0) {
      this.beyond++
      return undefined
    }
    this.#edges[slot] ??= this.#edge(words, slot < FIRST_EDGES ? FIRST_EVENTS : MOST_EVENTS)
    const edge = this.#edges[slot]
    if (byBusiest && !edge.observers.counts(agent, weight)) return undefined
    edge.samples++
    edge.weight += weight
    edge.bytes += bytes
    edge.agent = agent
    edge.events.add(ms / 1000, weight)
    return edge
  }

  #edge(words: Uint32Array, most: number): Edge {
    const [src = null, dst = null] = this.#compiled.read(words, 0)
    return {
      src: String(src),
      dst: String(dst),
      events: new EventBag(EDGE_SECONDS, most),
      observers: new Observers(),
      samples: 0,
      weight: 0,
      bytes: 0,
      agent: 0,
      job: 0,
    }
  }

  /** Forgets what was before, seconds since 1970. @returns edges that have events, and when the first of these was */
  recent(since: number): { readonly edges: readonly Edge[]; readonly first: number } {
    let first = Number.POSITIVE_INFINITY
    for (const { events } of this.#edges) {
      events.forget(since)
      first = Math.min(first, events.earliest())
    }
    return { edges: this.#edges.filter(({ events }) => events.count > 0), first }
  }

  fade(): void {
    for (const { observers } of this.#edges) observers.fade()
  }
}

/** Their events in the order of time; bytes are those of the mean packet of each. */
export function eventsOf(edges: readonly Edge[]): GroupEvent[] {
  return edges
    .flatMap(({ events: { times, weights, count }, bytes, weight, agent }) =>
      Array.from({ length: count }, (_, i) => ({
        ms: times[i]! * 1000,
        weight: weights[i]!,
        bytes: (weights[i]! * bytes) / weight,
        agent,
      })),
    )
    .sort((a, b) => a.ms - b.ms)
}
