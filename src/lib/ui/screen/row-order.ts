// Owns that rows keep their place for a moment after ranks change a little. See screen.ts for the folder.

/**
 * The order of a table's rows, by key. Between two sorts a row stays where it is, as long as that is nearly the order: one that
 * is new takes the place of one that is gone, or goes to the end.
 */
export class RowOrder {
  #order: readonly string[] = []
  #sortedAt = Number.NEGATIVE_INFINITY
  readonly #holdMs: number

  /** @param holdMs least time between two sorts of an order that still fits */
  constructor(holdMs: number) {
    this.#holdMs = holdMs
  }

  /** The next `arrange` sorts. */
  release(): void {
    this.#sortedAt = Number.NEGATIVE_INFINITY
  }

  /**
   * @param present the rows that there are, in any order, each once
   * @param rank sorts keys; called only when it is needed
   * @param fits whether keys are in an order that differs from the sorted one only where a person would not mind
   */
  arrange(
    present: ReadonlySet<string>,
    rank: (keys: string[]) => string[],
    fits: (order: readonly string[]) => boolean,
    nowMs: number,
  ): readonly string[] {
    const held = nowMs - this.#sortedAt < this.#holdMs ? this.#held(present, rank) : undefined
    if (held !== undefined && fits(held)) this.#order = held
    else {
      this.#sortedAt = nowMs
      this.#order = rank([...present])
    }
    return this.#order
  }

  #held(present: ReadonlySet<string>, rank: (keys: string[]) => string[]): readonly string[] {
    const known = new Set(this.#order)
    const fresh = [...present].filter((key) => !known.has(key))
    const incoming = fresh.length > 0 ? rank(fresh) : fresh
    let next = 0
    const order: string[] = []
    for (const key of this.#order) {
      if (present.has(key)) order.push(key)
      else if (next < incoming.length) order.push(incoming[next++]!)
    }
    order.push(...incoming.slice(next))
    return order
  }
}
