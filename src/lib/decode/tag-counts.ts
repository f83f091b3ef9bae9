// Owns counting by tag, where tags come from the network: declared ones all, unknown ones up to a bound.
// Start at TagCounts.

/** Unknown tags that are told apart; the others are counted as one. */
const MOST_UNKNOWN = 64

/** Counts of one number space. */
export class TagCounts {
  /** Counted under unknown tags beyond the bound. */
  others = 0
  readonly #known: { has(tag: number): boolean }
  readonly #counts = new Map<number, number>()
  #unknown = 0

  /** @param known the declared tags, of which there are few */
  constructor(known: { has(tag: number): boolean }) {
    this.#known = known
  }

  add(tag: number): void {
    const count = this.#counts.get(tag)
    if (count !== undefined) this.#counts.set(tag, count + 1)
    else if (this.#known.has(tag)) this.#counts.set(tag, 1)
    else if (this.#unknown === MOST_UNKNOWN) this.others++
    else {
      this.#unknown++
      this.#counts.set(tag, 1)
    }
  }

  /** Tags with their counts, most first, equals by tag. */
  list(): readonly (readonly [tag: number, count: number])[] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  }
}
