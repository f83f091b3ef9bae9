// Owns what of the last choice is asked for every sample: whether it counts, by its source and side. See ai-metrics.ts for the
// folder. Start at LiveFlags.of.

import type { AgentTable } from '../agents/agents.ts'
import type { Places } from '../flow/places.ts'
import type { Choice } from './choice.ts'

const SIDES = 3

/** By slot of AgentTable and side. What is new counts from the next look on. */
export class LiveFlags {
  static readonly UNKNOWN = 0
  static readonly COUNTS = 1
  static readonly LEAVES = 2
  static readonly NEITHER = 4
  readonly #agents: AgentTable
  #flags = new Uint8Array(64 * SIDES)
  #places: Places | undefined
  #segments = 0

  constructor(agents: AgentTable) {
    this.#agents = agents
  }

  of(source: number, side: number): number {
    return this.#flags[source * SIDES + side] ?? LiveFlags.UNKNOWN
  }

  /** Set at all. */
  get isSet(): boolean {
    return this.#segments > 0
  }

  /** There are segments that the flags were not set for: of windows that are given often, those wait for their end. */
  isDue(places: Places): boolean {
    if (this.#places === undefined) return true
    return places === this.#places && places.segments.count !== this.#segments
  }

  set(places: Places, { counts, leaves }: Choice): void {
    this.#places = places
    this.#segments = places.segments.count
    const room = this.#agents.sources.capacity * SIDES
    if (room > this.#flags.length) {
      const longer = new Uint8Array(room)
      longer.set(this.#flags)
      this.#flags = longer
    }
    const flags = this.#flags
    const at = (s: number): number => places.slots[places.stretchOf[s]! * 2]! * SIDES + places.side(s)
    for (let s = 0; s < this.#segments; s++) flags[at(s)] = LiveFlags.NEITHER
    // What leaves by a port is parted by where it came in: one of them is enough.
    for (let s = 0; s < this.#segments; s++) {
      const flag = (counts[s]! * LiveFlags.COUNTS) | (leaves[s]! * LiveFlags.LEAVES)
      if (flag !== 0) flags[at(s)] = (flags[at(s)]! & ~LiveFlags.NEITHER) | flag
    }
  }
}
