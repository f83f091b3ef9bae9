// Owns which switch's samples of a group count, where several see the same packets: the busiest. See cycles.ts for the folder. Start at
// Observers.counts.

/** Another switch must have so much more, or the choice would go to and fro between equals. */
const LEAD = 1.2

interface Observer {
  weight: number
}

export class Observers {
  readonly #all = new Map<number, Observer>()
  #chosen: Observer | undefined

  /** Takes a sample of an agent (its slot), with the packets that it stands for. Nothing is allocated but for new agents. */
  counts(agent: number, weight: number): boolean {
    let own = this.#all.get(agent)
    if (own === undefined) {
      own = { weight: 0 }
      this.#all.set(agent, own)
    }
    own.weight += weight
    if (own === this.#chosen) return true
    if (this.#chosen !== undefined && own.weight <= LEAD * this.#chosen.weight) return false
    this.#chosen = own
    return true
  }

  /** Halves what is known, so that another switch can take over. */
  fade(): void {
    for (const [agent, known] of this.#all) {
      known.weight /= 2
      if (known.weight < 1 && known !== this.#chosen) this.#all.delete(agent)
    }
  }
}
