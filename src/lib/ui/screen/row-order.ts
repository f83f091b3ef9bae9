// Owns that rows keep their place for a moment after ranks change. See screen.ts for the folder.

/**
 * The order of a table's rows, by key. Between two sorts a row stays where it is: one that is new takes the place of one that
 * is gone, or goes to the end.
 */
export class RowOrder {
  #order: readonly string[] = []
  #sortedAt = Number.NEGATIVE_INFINITY
  readonly #holdMs: number

  /** @param holdMs least time between two sorts */
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
   */
  arrange(present: ReadonlySet<string>, rank: (keys: string[]) => string[], nowMs: number): readonly string[] {
    if (nowMs - this.#sortedAt >= this.#holdMs) {
      this.#sortedAt = nowMs
      this.#order = rank([...present])
      return this.#order
    }
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
    this.#order = order
    return order
  }
}
