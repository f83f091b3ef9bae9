// Owns the lives of datagram streams (agent and sub-agent): when one ends and the next begins, by sequence and uptime
// together. Knows no samples. Start at Lives.judge.

import { longerWords } from './columns.ts'
import { LATE_WINDOW, SequenceStatus, Sequences } from './sequences.ts'
import { FIRST_CAPACITY } from './slots.ts'

/** What is taken from a datagram; a Walker has it. */
export interface Stamped {
  readonly sequence: number
  readonly uptime: number
}

/** An uptime this much lower than the last one is a restart, not a late datagram (sflow5.md 1.8, "a few seconds"). */
const REORDER_MS = 5000
/** With an uptime this much higher than the last one a datagram was sent later, whatever its sequence number says. */
const SENT_LATER_MS = 1000
/** So near to 2^32 ms (49.71 days) a drop of the uptime to as little is its wrap: agents may be silent for minutes. */
const WRAP_MS = 3_600_000
/** For so long after a restart, datagrams that fit the life before it are looked for. */
const OLD_LIFE_S = 10
/** An uptime fits a life if it is at most this far beyond the life's last one. */
const FITS_MS = 30_000

const UPTIME = 0
const LIFE = 1
/** Which of its two tracks the present life has; the other life has the other one. */
const LANE = 2
/** What the other life is. */
const OTHER = 3
const OLD_UPTIME = 4
const OLD_LIFE = 5
const RESTART_SEC = 6
const WORDS = 7

/** No other life, or none that datagrams may still come from. */
const NONE = 0
/** The life before the last restart. */
const BEFORE = 1
/** A single datagram that looked like a restart, until the life before it went on. */
const STRAY = 2

/**
 * State per slot. After each `judge`, add `lost`, `late` and `duplicates` to the counts (as with Sequences), and take back one
 * restart where `restored`.
 *
 * The life before the last restart is remembered for ten seconds: datagrams that the restart has overtaken are late
 * ones of that life and count there. Where that life goes on instead, and the new one had one datagram only, it was no
 * restart but a stray (later than the window allows, or of another sender), and all is as before, unless the stray is
 * followed by others of its kind.
 */
export class Lives {
  lost = 0
  duplicates = 0
  /** To be added to the count of late ones. */
  late = 0
  /** The datagram is not of the present life. */
  ofOldLife = false
  /** The last restart was none. */
  restored = false
  /** Two tracks a slot: slot × 2 + lane. */
  readonly #tracks = new Sequences(FIRST_CAPACITY * 2)
  #words = new Uint32Array(FIRST_CAPACITY * WORDS)
  #serial = 0

  grow(capacity: number): void {
    this.#tracks.grow(capacity * 2)
    this.#words = longerWords(this.#words, capacity * WORDS)
  }

  /** A stream that was not known. */
  start(slot: number, w: Stamped): SequenceStatus {
    const words = this.#words
    const at = slot * WORDS
    words.fill(0, at, at + WORDS)
    words[at + UPTIME] = w.uptime
    words[at + LIFE] = ++this.#serial
    this.#tracks.first(slot * 2, w.sequence)
    this.lost = 0
    this.duplicates = 0
    this.late = 0
    this.ofOldLife = false
    this.restored = false
    return SequenceStatus.first
  }

  /** Number of the present life: another after every restart, never 0, no other stream has it. */
  life(slot: number): number {
    return this.#words[slot * WORDS + LIFE]!
  }

  /** Uptime in ms of the newest datagram. */
  uptime(slot: number): number {
    return this.#words[slot * WORDS + UPTIME]!
  }

  /** The stream's sequence number has never moved: it tells nothing. */
  stuck(slot: number): boolean {
    return this.#tracks.stuck(slot * 2 + this.#words[slot * WORDS + LANE]!)
  }

  /**
   * Judges the next datagram of a known stream, which arrived in second `sec`.
   * @see sflow5.md 1.8; what is beyond it: a lower number with an uptime of a second later or more is a restart
   */
  judge(slot: number, w: Stamped, sec: number): SequenceStatus {
    const words = this.#words
    const tracks = this.#tracks
    const at = slot * WORDS
    const track = slot * 2 + words[at + LANE]!
    const { sequence, uptime } = w
    this.lost = 0
    this.duplicates = 0
    this.late = 0
    this.ofOldLife = false
    this.restored = false
    if (words[at + OTHER] !== NONE && this.#isOfOldLife(at, track, w, sec)) return this.#old(slot, track, w, sec)
    const was = words[at + UPTIME]!
    const wrapped = was >= 0x100000000 - WRAP_MS && uptime <= WRAP_MS
    const rebooted = uptime < was - REORDER_MS && !wrapped
    const sentLater = ((uptime - was) | 0) > SENT_LATER_MS
    // An agent that restarted while its uptime, the device's (C19), went on.
    const renumbered = sentLater && !tracks.unmoved(track) && tracks.ahead(track, sequence) <= 0
    if (rebooted || renumbered) return this.#restart(slot, w, sec)
    const status = tracks.push(track, sequence, sentLater)
    if (status === SequenceStatus.restart) return this.#restart(slot, w, sec)
    this.lost = tracks.lost
    this.duplicates = tracks.duplicates
    if (status === SequenceStatus.late) this.late = 1
    if (status === SequenceStatus.inOrder || status === SequenceStatus.gap) words[at + UPTIME] = uptime
    return status
  }

  #restart(slot: number, w: Stamped, sec: number): SequenceStatus {
    const words = this.#words
    const at = slot * WORDS
    const lane = words[at + LANE]! ^ 1
    words[at + OTHER] = BEFORE
    words[at + OLD_UPTIME] = words[at + UPTIME]!
    words[at + OLD_LIFE] = words[at + LIFE]!
    words[at + RESTART_SEC] = sec
    words[at + LANE] = lane
    words[at + UPTIME] = w.uptime
    words[at + LIFE] = ++this.#serial
    this.#tracks.first(slot * 2 + lane, w.sequence)
    return SequenceStatus.restart
  }

  /** Fits the other life, by number and uptime, and not the present one. */
  #isOfOldLife(at: number, track: number, w: Stamped, sec: number): boolean {
    const words = this.#words
    if ((sec - words[at + RESTART_SEC]!) >>> 0 > OLD_LIFE_S) {
      words[at + OTHER] = NONE
      return false
    }
    return !this.#fits(track, words[at + UPTIME]!, w) && this.#fits(track ^ 1, words[at + OLD_UPTIME]!, w)
  }

  #fits(track: number, lastUptime: number, w: Stamped): boolean {
    const ahead = this.#tracks.ahead(track, w.sequence)
    const later = (w.uptime - lastUptime) | 0
    return ahead >= -LATE_WINDOW && ahead <= LATE_WINDOW && later >= -REORDER_MS && later <= FITS_MS
  }

  #old(slot: number, track: number, w: Stamped, sec: number): SequenceStatus {
    const words = this.#words
    const at = slot * WORDS
    const tracks = this.#tracks
    const status = tracks.push(track ^ 1, w.sequence, false)
    this.lost = tracks.lost
    this.duplicates = tracks.duplicates
    this.ofOldLife = true
    if (status === SequenceStatus.duplicate) return status
    const overtaken = status === SequenceStatus.late
    if (!overtaken) words[at + OLD_UPTIME] = w.uptime
    if (words[at + OTHER] === STRAY) {
      // Not alone: it was the beginning of a life, overtaken by the end of this one.
      this.#swap(at)
      words[at + OTHER] = BEFORE
      words[at + RESTART_SEC] = sec
      this.ofOldLife = false
      this.late = overtaken ? 1 : 0
      return SequenceStatus.restart
    }
    // This one, or else the stray.
    this.late = 1
    if (overtaken || !tracks.unmoved(track)) return SequenceStatus.late
    this.#swap(at)
    words[at + OTHER] = STRAY
    this.ofOldLife = false
    this.restored = true
    return status
  }

  /** The present life and the other one change places. */
  #swap(at: number): void {
    const words = this.#words
    const uptime = words[at + UPTIME]!
    const life = words[at + LIFE]!
    words[at + UPTIME] = words[at + OLD_UPTIME]!
    words[at + LIFE] = words[at + OLD_LIFE]!
    words[at + OLD_UPTIME] = uptime
    words[at + OLD_LIFE] = life
    words[at + LANE]! ^= 1
  }
}
