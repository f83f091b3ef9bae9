// Owns the sequence numbers of what is left after thinning, one track a counter: consecutive where only thinning took
// something away, with gaps for what was lost before. Knows neither datagrams nor samples. Start at ThinnedNumbers.follow.

import { longerNumbers, longerWords } from '../agents/columns.ts'

/** Loss that is still loss after so long: what was only overtaken has come by then. */
const SETTLE_S = 2

/** 32-bit columns. The life of the track (0: none yet) and the last number that was given in it; */
const LIFE = 0
const LAST = 1
/** the same of the life before; */
const OLD_LIFE = 2
const OLD_LAST = 3
/** the second in which `pending` was begun. */
const SINCE = 4
const WORDS = 5

/** Counts. What was lost when the life began; what of the rest has shown as gaps; the least loss since `SINCE`. */
const BASE = 0
const SHOWN = 1
const PENDING = 2
const COUNTS = 3

const FIRST_TRACKS = 64

export class ThinnedNumbers {
  readonly #divisor: number
  #words = new Uint32Array(FIRST_TRACKS * WORDS)
  #counts = new Float64Array(FIRST_TRACKS * COUNTS)

  /** @param divisor so many lost ones make one gap: N for samples, of which 1 in N would have been kept; 1 for datagrams */
  constructor(divisor: number) {
    this.#divisor = divisor
  }

  /**
   * Follows each one that comes, kept or not.
   * @param track its owner bounds it
   * @param life never 0; another one than before starts the track anew, at the number `raw`, or goes on where the life before was
   * @param lost how many are missing by now, counted since any time; may go back when late ones come
   * @param sec time of arrival
   */
  follow(track: number, life: number, raw: number, lost: number, sec: number): void {
    const at = track * WORDS
    if (at >= this.#words.length) this.#grow(track)
    const words = this.#words
    const counts = this.#counts
    const from = track * COUNTS
    if (words[at + LIFE] !== life) {
      const before = words[at + LAST]!
      words[at + LAST] = words[at + OLD_LIFE] === life ? words[at + OLD_LAST]! : raw - 1
      words[at + OLD_LIFE] = words[at + LIFE]!
      words[at + OLD_LAST] = before
      words[at + LIFE] = life
      words[at + SINCE] = sec
      counts.fill(0, from, from + COUNTS)
      counts[from + BASE] = lost
      return
    }
    const now = lost - counts[from + BASE]!
    if (now < counts[from + PENDING]!) counts[from + PENDING] = now
    if ((sec - words[at + SINCE]!) >>> 0 < SETTLE_S) return
    const gap = Math.floor(counts[from + PENDING]! / this.#divisor)
    if (gap > counts[from + SHOWN]!) {
      words[at + LAST]! += gap - counts[from + SHOWN]!
      counts[from + SHOWN] = gap
    }
    words[at + SINCE] = sec
    counts[from + PENDING] = now
  }

  /** The number of the one that was followed last, which is kept. */
  take(track: number): number {
    const at = track * WORDS + LAST
    this.#words[at]! += 1
    return this.#words[at]!
  }

  /** The number of one that belongs to the life before; `raw` where there was none. */
  takeOld(track: number, raw: number): number {
    const at = track * WORDS
    if (at >= this.#words.length || this.#words[at + OLD_LIFE] === 0) return raw
    this.#words[at + OLD_LAST]! += 1
    return this.#words[at + OLD_LAST]!
  }

  #grow(track: number): void {
    const tracks = 2 ** Math.ceil(Math.log2(track + 1))
    this.#words = longerWords(this.#words, tracks * WORDS)
    this.#counts = longerNumbers(this.#counts, tracks * COUNTS)
  }
}
