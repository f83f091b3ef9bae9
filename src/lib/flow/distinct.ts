// Owns counting distinct values per flow: a set of (flow, value) with a bound, beyond which a random part of all values is
// counted for the whole. Knows no value. Start at Distinct.add.

const FIRST = 1024

/** Who a value was seen with, apart from entries of the table: samples without key, and flows that were given up. */
export const NO_KEY = 0x80000000
export const GIVEN_UP = 0xc0000000

/**
 * Exact up to `most` pairs. Beyond that only values whose hash ends in `level` zero bits are kept: one in 2^level, the
 * same ones for every flow, so that sets can be joined. Of k kept ones the estimate is k × 2^level.
 * @see M. Wegman's adaptive sampling, in P. Flajolet, "On adaptive sampling", Computing 34 (1990)
 */
export class Distinct {
  level: number
  count = 0
  readonly most: number
  /** Three words a pair: owner, hash (the low word decides what is kept). Places are empty where `used` is 0. */
  #pairs = new Int32Array(FIRST * 2 * 3)
  #used = new Uint8Array(FIRST * 2)

  constructor(most: number, level = 0) {
    this.most = most
    this.level = level
  }

  /** @param owner an entry, or NO_KEY or GIVEN_UP with a segment */
  add(owner: number, high: number, low: number): void {
    if ((low & ((1 << this.level) - 1)) !== 0) return
    const pairs = this.#pairs
    const used = this.#used
    const mask = used.length - 1
    const key = owner | 0
    // The low bits of `low` are zero at higher levels; the owner spreads flows with the same values.
    let i = (high ^ Math.imul(key, 0x9e3779b1)) & mask
    for (; used[i] !== 0; i = (i + 1) & mask) {
      const at = i * 3
      if (pairs[at] === key && pairs[at + 1] === high && pairs[at + 2] === low) return
    }
    // Only at the last level, which needs 2^50 values, is there no room.
    if (this.count >= mask) return
    used[i] = 1
    pairs[i * 3] = key
    pairs[i * 3 + 1] = high
    pairs[i * 3 + 2] = low
    this.count++
    if (this.count * 2 > used.length) this.#grow()
  }

  each(visit: (owner: number, high: number, low: number) => void): void {
    const pairs = this.#pairs
    for (let i = 0; i < this.#used.length; i++) {
      if (this.#used[i] !== 0) visit(pairs[i * 3]! >>> 0, pairs[i * 3 + 1]!, pairs[i * 3 + 2]!)
    }
  }

  /** Owners have moved; `to` gives the new one of each. */
  rename(to: (owner: number) => number): void {
    this.#rebuild(this.#used.length, to)
  }

  #grow(): void {
    if (this.count < this.most) {
      this.#rebuild(this.#used.length * 2, (x) => x)
      return
    }
    while (this.count >= this.most && this.level < 31) {
      this.level++
      this.#rebuild(this.#used.length, (x) => x)
    }
  }

  #rebuild(places: number, to: (owner: number) => number): void {
    const pairs = this.#pairs
    const used = this.#used
    this.#pairs = new Int32Array(places * 3)
    this.#used = new Uint8Array(places)
    this.count = 0
    for (let i = 0; i < used.length; i++) {
      if (used[i] !== 0) this.add(to(pairs[i * 3]! >>> 0), pairs[i * 3 + 1]!, pairs[i * 3 + 2]!)
    }
  }
}
