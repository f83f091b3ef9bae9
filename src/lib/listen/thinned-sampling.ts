// Owns `drops` and `sample_pool` of what is left after thinning, one track a data source. Knows no datagram. Start at
// ThinnedSampling.follow.

import { longerNumbers, longerWords } from '../agents/columns.ts'

/** 32-bit columns: the life of the track, 0 where there is none yet; `drops` at its start. */
const LIFE = 0
const FIRST_DROPS = 1
const WORDS = 2

/** Counts: drops before the life; drops that are in the pool, or need not be; what the pool was given for drops. */
const BASE = 0
const SEEN = 1
const ADDED = 2
const COUNTS = 3

const FIRST_TRACKS = 64
const TWO_32 = 0x100000000

/**
 * `drops` is in samples of which each now stands for N times as many packets: it grows by one where it grew by N.
 * `sample_pool` is in packets and stays, so that totals by it are exact; but a pool that its agent makes up as rate × samples
 * (hsflowd) leaves out what was dropped, and can no longer be told from a true one once samples are missing: there the
 * packets of dropped samples are added.
 */
export class ThinnedSampling {
  readonly #factor: number
  #words = new Uint32Array(FIRST_TRACKS * WORDS)
  #counts = new Float64Array(FIRST_TRACKS * COUNTS)

  constructor(factor: number) {
    this.#factor = factor
  }

  /**
   * Follows each sample, kept or not.
   * @param raw `drops` as it came
   * @param drops samples that the agent dropped by now, counted since any time
   * @param poolMeasured of Sampling: false where the pool is made up, undefined where that is not known yet
   */
  follow(
    track: number,
    life: number,
    raw: number,
    drops: number,
    rate: number,
    poolMeasured: boolean | undefined,
  ): void {
    const at = track * WORDS
    if (at >= this.#words.length) this.#grow(track)
    const words = this.#words
    const counts = this.#counts
    const from = track * COUNTS
    if (words[at + LIFE] !== life) {
      words[at + LIFE] = life
      words[at + FIRST_DROPS] = raw
      counts[from + BASE] = drops
      counts[from + SEEN] = drops
      counts[from + ADDED] = 0
      return
    }
    const seen = counts[from + SEEN]!
    if (drops <= seen || poolMeasured === undefined) return
    if (!poolMeasured) counts[from + ADDED] = (counts[from + ADDED]! + (drops - seen) * rate) % TWO_32
    counts[from + SEEN] = drops
  }

  /** The count for the sample that was followed last; `drops` as there. */
  drops(track: number, drops: number): number {
    const grown = Math.floor((drops - this.#counts[track * COUNTS + BASE]!) / this.#factor)
    return (this.#words[track * WORDS + FIRST_DROPS]! + grown) % TWO_32
  }

  /** The pool for it; `raw` as it came. */
  pool(track: number, raw: number): number {
    return (raw + this.#counts[track * COUNTS + ADDED]!) % TWO_32
  }

  #grow(track: number): void {
    const tracks = 2 ** Math.ceil(Math.log2(track + 1))
    this.#words = longerWords(this.#words, tracks * WORDS)
    this.#counts = longerNumbers(this.#counts, tracks * COUNTS)
  }
}
