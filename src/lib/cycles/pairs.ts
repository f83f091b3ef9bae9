// Owns how much traffic there is by pairs of hosts, each at the switch that sees most of it: what one switch for all does not see.
// See cycles.ts for the folder. Start at Pairs.take.

import { keepsAll, Slots } from '../agents/slots.ts'
import { Observers } from './observers.ts'

/** Pairs that are followed; what others send is taken for nothing. */
const MOST_PAIRS = 4096
/** Of fewer samples nothing is said: by chance some switch sees more of a pair than another. */
const LEAST_SAMPLES = 100

export class Pairs {
  readonly #slots: Slots
  readonly #observers: Observers[] = []
  #samples = 0
  #weight = 0
  #counted = 0

  /** @param width words of a pair */
  constructor(width: number) {
    this.#slots = new Slots(width, MOST_PAIRS, keepsAll)
  }

  /** A sample of one agent, and whether it counts in a row. */
  take(words: Uint32Array, agent: number, weight: number, counts: boolean): void {
    if (counts) this.#counted += weight
    const slots = this.#slots
    slots.probe.set(words)
    const slot = slots.findOrInsert()
    if (slot < 0) return
    this.#observers[slot] ??= new Observers()
    if (!this.#observers[slot].counts(agent, weight)) return
    this.#samples++
    this.#weight += weight
  }

  /** Share of the traffic that counts; null where that is not known. */
  get share(): number | null {
    return this.#samples < LEAST_SAMPLES ? null : Math.min(1, this.#counted / this.#weight)
  }
}
