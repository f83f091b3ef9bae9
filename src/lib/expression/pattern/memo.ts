// Owns what a pattern says of numbered texts: asked once a number. Start at PatternMemo.

/** Answers that are kept; then they are forgotten. */
const MOST = 65_536

export class PatternMemo {
  readonly #matches: (number: number) => boolean
  readonly #known = new Map<number, boolean>()

  constructor(matches: (number: number) => boolean) {
    this.#matches = matches
  }

  test(number: number): boolean {
    const known = this.#known.get(number)
    if (known !== undefined) return known
    if (this.#known.size >= MOST) this.#known.clear()
    const found = this.#matches(number)
    this.#known.set(number, found)
    return found
  }
}
