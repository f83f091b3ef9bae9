// Owns the table of flows: an open-addressing hash from key words to sums, in typed arrays; bounded, and what is given up
// at the bound. Knows no key and no value: generated code (compile.ts) reads and writes it. Start at FlowTable.

const FIRST_ENTRIES = 256
/** Bits of a place that are the number of its entry, + 1; the others are those of the entry's hash. */
export const ENTRY_BITS = 0x7fffff
/** A table holds at most so many entries. */
export const MOST_ENTRIES = ENTRY_BITS

/** Where an entry keeps what. */
export interface Layout {
  /** 32-bit words of the key, its segment first. */
  readonly keyWords: number
  /** Sums, 64-bit floats. */
  readonly columns: number
}

/** What happens at the bound. */
export interface TableUser {
  /** How much an entry counts for when the least ones are given up. */
  weight(entry: number): number
  /** The entry goes: its sums are to be kept elsewhere. */
  evicted(entry: number): void
  /** Entries have moved: `to[entry]` is where each is now, -1 for those that went. */
  moved(to: Int32Array): void
}

/**
 * Key words and sums of an entry lie side by side for the cache: `keyWords` words (one more for an odd number), then `columns`
 * doubles. Entry `e` has its words at `e * stride` of `words`, its sums at `(e * stride + sumsAt) / 2` of `sums`.
 *
 * Beyond `most` entries the half with the least weight is given up (as lossy counting and "frequent items" sketches do):
 * with T the weight of the heaviest that went, whoever is not in the table weighs at most T, and whoever came back is too
 * light by at most the T of that time, its `missed`. An entry is ordered by its weight plus its `missed`; each time T
 * grows by t, at least half of the entries had t or more to spare, so T ≤ 2 N / most for a total weight of N.
 * @see G. S. Manku, R. Motwani, "Approximate frequency counts over data streams", VLDB 2002, section 4.2
 */
export class FlowTable {
  count = 0
  readonly stride: number
  readonly sumsAt: number
  readonly columns: number
  readonly keyWords: number
  readonly most: number
  words: Int32Array
  sums: Float64Array
  /** Entry + 1 and the upper bits of its hash, 0 for an empty place; at least 3 / 2 as many places as entries. */
  places: Int32Array
  mask: number
  /** Weight that no key outside has more of; 0 as long as the bound was not reached. */
  bound = 0
  /** Entries that were given up. */
  evictions = 0
  #capacity = FIRST_ENTRIES
  #missed: Float64Array | undefined
  /** By entry, as given to `insert`. */
  hashes: Int32Array
  readonly #user: TableUser

  constructor(layout: Layout, most: number, user: TableUser) {
    this.keyWords = layout.keyWords
    this.columns = layout.columns
    this.sumsAt = (layout.keyWords + 1) & ~1
    this.stride = this.sumsAt + layout.columns * 2
    this.most = Math.max(1, Math.min(most, MOST_ENTRIES))
    this.#capacity = Math.min(FIRST_ENTRIES, this.most)
    this.#user = user
    const buffer = new ArrayBuffer(this.#capacity * this.stride * 4)
    this.words = new Int32Array(buffer)
    this.sums = new Float64Array(buffer)
    this.mask = FIRST_ENTRIES * 2 - 1
    this.places = new Int32Array(this.mask + 1)
    this.hashes = new Int32Array(this.#capacity)
  }

  /** By how much the entry may be too light. */
  missed(entry: number): number {
    return this.#missed === undefined ? 0 : this.#missed[entry]!
  }

  /**
   * Takes an entry for a key that is not there; its sums are 0, its words are the caller's to write. Arrays and places
   * may be others afterwards.
   */
  insert(hash: number): number {
    if (this.count === this.most) this.#giveUp()
    const entry = this.count++
    if (entry === this.#capacity) this.#grow()
    if (this.#missed !== undefined) this.#missed[entry] = this.bound
    this.hashes[entry] = hash
    this.#place(entry, hash)
    return entry
  }

  /**
   * Multiplies all sums by the factor of their column, the bound by its own, and drops entries whose first sum falls below
   * `least`.
   */
  decay(factors: ArrayLike<number>, bound: number, least: number): void {
    const { sums, columns } = this
    for (let e = 0; e < this.count; e++) {
      const at = (e * this.stride + this.sumsAt) / 2
      for (let k = 0; k < columns; k++) sums[at + k]! *= factors[k]!
      if (this.#missed !== undefined) this.#missed[e]! *= bound
    }
    this.bound *= bound
    this.#compact((e) => sums[(e * this.stride + this.sumsAt) / 2]! >= least, false)
  }

  #giveUp(): void {
    const { count } = this
    const user = this.#user
    this.#missed ??= new Float64Array(this.#capacity)
    const missed = this.#missed
    const weights = new Float64Array(count)
    for (let e = 0; e < count; e++) weights[e] = user.weight(e) + missed[e]!
    this.bound = Math.max(this.bound, median(weights.slice()))
    this.#compact((e) => weights[e]! > this.bound, true)
  }

  /** Keeps the entries that pass, in their order. */
  #compact(keep: (entry: number) => boolean, evict: boolean): void {
    const { words, stride, places, count } = this
    const { hashes } = this
    places.fill(0)
    const to = new Int32Array(count)
    let next = 0
    for (let e = 0; e < count; e++) {
      if (!keep(e)) {
        to[e] = -1
        if (evict) {
          this.#user.evicted(e)
          this.evictions++
        }
        continue
      }
      to[e] = next
      if (next !== e) {
        words.copyWithin(next * stride, e * stride, (e + 1) * stride)
        if (this.#missed !== undefined) this.#missed[next] = this.#missed[e]!
      }
      hashes[next] = hashes[e]!
      this.#place(next, hashes[e]!)
      next++
    }
    words.fill(0, next * stride, count * stride)
    this.count = next
    this.#user.moved(to)
  }

  #place(entry: number, hash: number): void {
    const { places, mask } = this
    let i = hash & mask
    while (places[i] !== 0) i = (i + 1) & mask
    places[i] = (entry + 1) | (hash & ~ENTRY_BITS)
  }

  #grow(): void {
    this.#capacity = Math.min(this.#capacity * 2, this.most)
    const buffer = new ArrayBuffer(this.#capacity * this.stride * 4)
    const words = new Int32Array(buffer)
    words.set(this.words)
    this.words = words
    this.sums = new Float64Array(buffer)
    if (this.#missed !== undefined) {
      const missed = new Float64Array(this.#capacity)
      missed.set(this.#missed)
      this.#missed = missed
    }
    const hashes = new Int32Array(this.#capacity)
    hashes.set(this.hashes)
    this.hashes = hashes
    if ((this.mask + 1) * 2 >= this.#capacity * 3) return
    this.mask = this.mask * 2 + 1
    this.places = new Int32Array(this.mask + 1)
    // The entry that is being inserted comes after.
    for (let e = 0; e < this.count - 1; e++) this.#place(e, hashes[e]!)
  }
}

/** The middle one, the lower of two; `values` are put in another order. Hoare's selection, with a middle of three as pivot. */
export function median(values: Float64Array): number {
  const k = (values.length - 1) >> 1
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const a = values[low]!
    const b = values[(low + high) >> 1]!
    const c = values[high]!
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i <= j) {
        const swap = values[i]!
        values[i++] = values[j]!
        values[j--] = swap
      }
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else return values[k]!
  }
  return values[k]!
}
