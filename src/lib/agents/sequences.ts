// Owns what can be concluded from sequence numbers alone: in order, gap, late, duplicate, restart. Knows neither
// datagrams nor samples: a track is one counter of one life. Start at Sequences.push.

import { longerWords } from './columns.ts'

/** What a sequence number says of its datagram or sample. Drop the samples of a `duplicate`, keep all others. */
export const SequenceStatus = {
  /** Has no sequence number that could be trusted: text samples, unknown samples, broken ones. */
  untold: 0,
  /** The first one: no conclusion. */
  first: 1,
  inOrder: 2,
  /** Some before it are missing: lost, or late. */
  gap: 3,
  /** Overtaken by later ones, delivered all the same. */
  late: 4,
  /** Delivered before. */
  duplicate: 5,
  /** The counter started anew: no difference may be taken across this point. */
  restart: 6,
} as const
export type SequenceStatus = (typeof SequenceStatus)[keyof typeof SequenceStatus]

/** A number at most this far behind the last one is late, not a restart (sflow5.md 1.8). */
export const LATE_WINDOW = 1000
/** A number more than this ahead is a restart, not a gap (sflow5.md 1.8). */
export const LARGEST_GAP = 0x10000
/** So many repeats of a number that has never moved are taken for duplicates; one more, and it is no sequence number. */
const STUCK_REPEATS = 3
const STUCK = 255

/** Spans are not counted further: far beyond REMEMBERED is all that is asked. */
const LONGEST_SPAN = 0x7fffffff

/** Numbers whose delivery is remembered: the power of two above LATE_WINDOW. 32 words of 32 bits. */
const REMEMBERED = 1024
const BITMAP = REMEMBERED / 32

/** Words of a track: its last number; */
const LAST = 0
/** numbers from the lowest to the last, 0 for a track without any; */
const SPAN = 1
/** repeats of a number that has not moved yet, STUCK where that was given up; */
const REPEATS = 2
/** one bit for each remembered number: it was delivered. */
const DELIVERED = 3
const STRIDE = DELIVERED + BITMAP

/**
 * One track a counter. The last 1024 numbers of each are remembered one by one, so that a late one and a duplicate are
 * told apart exactly, and that at any time
 *
 *     lost = (last - lowest + 1) - numbers delivered
 *
 * where lowest is the lowest number of this life that was delivered. The caller keeps the counts: it adds `lost` and
 * `duplicates` after each push (both may be negative: something was counted wrongly before).
 */
export class Sequences {
  /** To be added to the count of lost ones after a push. */
  lost = 0
  /** To be added to the count of duplicates after a push. */
  duplicates = 0
  /** STRIDE words a track, side by side for the cache. */
  #words: Uint32Array

  constructor(tracks: number) {
    this.#words = new Uint32Array(tracks * STRIDE)
  }

  grow(tracks: number): void {
    this.#words = longerWords(this.#words, tracks * STRIDE)
  }

  /** Starts a life: the track forgets what it knew. */
  first(track: number, n: number): void {
    const at = track * STRIDE
    this.#words.fill(0, at, at + STRIDE)
    this.#words[at + LAST] = n
    this.#words[at + SPAN] = 1
    this.#mark(at, n)
  }

  /** Signed difference of `n` to the track's last number, modulo 2^32. */
  ahead(track: number, n: number): number {
    return (n - this.#words[track * STRIDE + LAST]!) | 0
  }

  /** The track has seen one number only, however often. */
  unmoved(track: number): boolean {
    return this.#words[track * STRIDE + SPAN] === 1
  }

  /** The sender does not count: the number has never moved. */
  stuck(track: number): boolean {
    return this.#words[track * STRIDE + REPEATS] === STUCK
  }

  /**
   * Judges the next number of a track that has had its `first`, by sflow5.md 1.8. After a `restart` the track is
   * untouched: call `first`.
   *
   * `sentAfter`: it is known otherwise that this was sent after all that came before (a sample in a datagram that was
   * itself in order; a datagram of a later uptime). Then a number that was delivered already is no duplicate but
   * counted anew by its sender, and so is one below the lowest; one that was missing is late all the same.
   *
   * A number that never moves (agents that always send 0) is no sequence: repeats count as duplicates three times, the
   * fourth takes these back, and from there on everything is in order and nothing can be lost. With `sentAfter` the
   * first repeat tells. Once it moves, counting starts there.
   */
  push(track: number, n: number, sentAfter: boolean): SequenceStatus {
    this.lost = 0
    this.duplicates = 0
    const words = this.#words
    const at = track * STRIDE
    const last = words[at + LAST]!
    const d = (n - last) | 0
    const stuck = words[at + REPEATS] === STUCK
    if (d === 1 && !stuck) {
      words[at + LAST] = n
      words[at + SPAN] = Math.min(words[at + SPAN]! + 1, LONGEST_SPAN)
      this.#mark(at, n)
      return SequenceStatus.inOrder
    }
    if (d === 0) return stuck ? SequenceStatus.inOrder : this.#repeat(at, sentAfter)
    if (stuck) {
      this.first(track, n)
      return SequenceStatus.inOrder
    }
    if (d > LARGEST_GAP || d < -LATE_WINDOW) return SequenceStatus.restart
    if (d < 0) return this.#behind(at, n, -d, sentAfter)
    this.#forget(at, last, d)
    words[at + LAST] = n
    words[at + SPAN] = Math.min(words[at + SPAN]! + d, LONGEST_SPAN)
    this.#mark(at, n)
    this.lost = d - 1
    return SequenceStatus.gap
  }

  /** As `count` pushes of the numbers that follow the track's last one, which is not stuck. `last`: the last of them. */
  pushRun(track: number, last: number, count: number): void {
    const words = this.#words
    const at = track * STRIDE
    words[at + LAST] = last
    words[at + SPAN] = Math.min(words[at + SPAN]! + count, LONGEST_SPAN)
    if (count >= REMEMBERED) words.fill(0xffffffff, at + DELIVERED, at + DELIVERED + BITMAP)
    else for (let back = count - 1; back >= 0; back--) this.#mark(at, last - back)
  }

  #repeat(at: number, sentAfter: boolean): SequenceStatus {
    const words = this.#words
    if (words[at + SPAN] === 1) {
      const repeats = words[at + REPEATS]!
      if (sentAfter || repeats === STUCK_REPEATS) {
        words[at + REPEATS] = STUCK
        this.duplicates = -repeats
        return SequenceStatus.inOrder
      }
      words[at + REPEATS] = repeats + 1
    } else if (sentAfter) {
      return SequenceStatus.restart
    }
    this.duplicates = 1
    return SequenceStatus.duplicate
  }

  #behind(at: number, n: number, back: number, sentAfter: boolean): SequenceStatus {
    const words = this.#words
    const bits = words[at + DELIVERED + ((n >>> 5) & (BITMAP - 1))]!
    if ((bits & (1 << (n & 31))) !== 0) {
      if (sentAfter) return SequenceStatus.restart
      this.duplicates = 1
      return SequenceStatus.duplicate
    }
    const span = words[at + SPAN]!
    if (back < span) {
      this.lost = -1
    } else {
      // Below the lowest: those between the two are now known to be missing.
      if (sentAfter) return SequenceStatus.restart
      this.lost = back - span
      words[at + SPAN] = back + 1
    }
    this.#mark(at, n)
    return SequenceStatus.late
  }

  #mark(at: number, n: number): void {
    this.#words[at + DELIVERED + ((n >>> 5) & (BITMAP - 1))]! |= 1 << (n & 31)
  }

  /** The numbers behind `last`, `d` of them, take the places of the oldest ones. */
  #forget(at: number, last: number, d: number): void {
    const from = at + DELIVERED
    if (d >= REMEMBERED) {
      this.#words.fill(0, from, from + BITMAP)
      return
    }
    for (let i = 1; i < d; i++) {
      const n = last + i
      this.#words[from + ((n >>> 5) & (BITMAP - 1))]! &= ~(1 << (n & 31))
    }
  }
}
