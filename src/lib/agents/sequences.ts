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
const WORDS = REMEMBERED / 32

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
  #last: Uint32Array
  /** Numbers from the lowest to the last, 0 for a track without any; more than REMEMBERED need not be exact. */
  #span: Uint32Array
  /** Repeats of a number that has not moved yet; STUCK where that was given up. */
  #repeats: Uint8Array
  #delivered: Uint32Array

  constructor(tracks: number) {
    this.#last = new Uint32Array(tracks)
    this.#span = new Uint32Array(tracks)
    this.#repeats = new Uint8Array(tracks)
    this.#delivered = new Uint32Array(tracks * WORDS)
  }

  grow(tracks: number): void {
    this.#last = longerWords(this.#last, tracks)
    this.#span = longerWords(this.#span, tracks)
    const repeats = new Uint8Array(tracks)
    repeats.set(this.#repeats)
    this.#repeats = repeats
    this.#delivered = longerWords(this.#delivered, tracks * WORDS)
  }

  /** Starts a life: the track forgets what it knew. */
  first(track: number, n: number): void {
    this.#last[track] = n
    this.#span[track] = 1
    this.#repeats[track] = 0
    this.#delivered.fill(0, track * WORDS, (track + 1) * WORDS)
    this.#mark(track, n)
  }

  /** Signed difference of `n` to the track's last number, modulo 2^32. */
  ahead(track: number, n: number): number {
    return (n - this.#last[track]!) | 0
  }

  /** The track has seen one number only, however often. */
  unmoved(track: number): boolean {
    return this.#span[track] === 1
  }

  /** The sender does not count: the number has never moved. */
  stuck(track: number): boolean {
    return this.#repeats[track] === STUCK
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
    const last = this.#last[track]!
    const d = (n - last) | 0
    if (d === 1 && this.#repeats[track] !== STUCK) {
      this.#last[track] = n
      this.#span[track] = Math.min(this.#span[track]! + 1, LONGEST_SPAN)
      this.#mark(track, n)
      return SequenceStatus.inOrder
    }
    if (d === 0) return this.#repeat(track, sentAfter)
    if (this.#repeats[track] === STUCK) {
      this.first(track, n)
      return SequenceStatus.inOrder
    }
    if (d > 0) {
      if (d > LARGEST_GAP) return SequenceStatus.restart
      this.#forget(track, last, d)
      this.#last[track] = n
      this.#span[track] = Math.min(this.#span[track]! + d, LONGEST_SPAN)
      this.#mark(track, n)
      this.lost = d - 1
      return SequenceStatus.gap
    }
    if (d < -LATE_WINDOW) return SequenceStatus.restart
    return this.#behind(track, n, -d, sentAfter)
  }

  #repeat(track: number, sentAfter: boolean): SequenceStatus {
    if (this.#repeats[track] === STUCK) return SequenceStatus.inOrder
    if (this.#span[track] === 1) {
      const repeats = this.#repeats[track]!
      if (sentAfter || repeats === STUCK_REPEATS) {
        this.#repeats[track] = STUCK
        this.duplicates = -repeats
        return SequenceStatus.inOrder
      }
      this.#repeats[track] = repeats + 1
    } else if (sentAfter) {
      return SequenceStatus.restart
    }
    this.duplicates = 1
    return SequenceStatus.duplicate
  }

  #behind(track: number, n: number, back: number, sentAfter: boolean): SequenceStatus {
    const at = track * WORDS + ((n >>> 5) & (WORDS - 1))
    const bit = 1 << (n & 31)
    if ((this.#delivered[at]! & bit) !== 0) {
      if (sentAfter) return SequenceStatus.restart
      this.duplicates = 1
      return SequenceStatus.duplicate
    }
    const span = this.#span[track]!
    if (back < span) {
      this.lost = -1
    } else {
      // Below the lowest: those between the two are now known to be missing.
      if (sentAfter) return SequenceStatus.restart
      this.lost = back - span
      this.#span[track] = back + 1
    }
    this.#delivered[at]! |= bit
    return SequenceStatus.late
  }

  #mark(track: number, n: number): void {
    this.#delivered[track * WORDS + ((n >>> 5) & (WORDS - 1))]! |= 1 << (n & 31)
  }

  /** The numbers behind `last`, `d` of them, take the places of the oldest ones. */
  #forget(track: number, last: number, d: number): void {
    const from = track * WORDS
    if (d >= REMEMBERED) {
      this.#delivered.fill(0, from, from + WORDS)
      return
    }
    for (let i = 1; i < d; i++) {
      const n = last + i
      this.#delivered[from + ((n >>> 5) & (WORDS - 1))]! &= ~(1 << (n & 31))
    }
  }
}
