// Owns a stream of events and what is known of its period at any time, in constant memory: windows of several lengths, and the
// period over time. See period.ts for the folder. Start at PeriodStream.

import { Blocks } from './blocks.ts'
import { EventBag } from './event-bag.ts'
import { type Finding, type Found, findPeriod, type NotFound, type SearchOptions, searchDefaults } from './find.ts'
import { type Hold, isHidden, noHold, shortestBehind } from './hold.ts'
import { type PeriodReport, reportOf } from './report.ts'
import type { Events } from './spectrum.ts'
import { Steps } from './steps.ts'
import { PeriodTrack } from './track.ts'
import { Workspace } from './workspace.ts'

export interface StreamOptions extends SearchOptions {
  /** Lengths of windows, shortest first, seconds. */
  readonly windows: readonly number[]
  /** The most events that a window keeps. */
  readonly capacity: number
  /** A window is looked at so often in its length, but no more often than each so many seconds. */
  readonly looks: number
  readonly lookSeconds: number
}

export const streamDefaults: StreamOptions = Object.freeze({
  ...searchDefaults,
  windows: Object.freeze([10, 40, 160, 640]),
  capacity: 16_384,
  looks: 20,
  lookSeconds: 1,
})

/** A window shorter than that is not looked at. */
const LEAST_SECONDS = 5
/** What comes later than this behind others counts as if by so much; how late events come is known by the last one to two of these. */
const MOST_LATE = 2
const LATENESS_SECONDS = 30
/** So many times that after the first event, times are known well. */
const SETTLING = 1.5
/**
 * So many ± of a shorter window may a longer one lie away and still agree: at one, five of a hundred steady cycles would be told by
 * the short window just where it is wrong.
 */
const AGREEMENT = 2
/** A longer window knows more, unless steps vary in it by much more: then its error is so many times the shorter one's. */
const MUCH_WORSE = 1.5
/** Bytes are known by the second, for as long as the longest window. A power of 2. */
const BYTE_SECONDS = 1024

/** What searches work in; one is enough for all streams of a process. */
export class Searcher {
  readonly workspace = new Workspace()
  readonly blocks = new Blocks()
  readonly steps = new Steps()

  /** findPeriod, with this memory. */
  find(events: Events, from: number, seconds: number, options: SearchOptions): Finding {
    return findPeriod(events, from, seconds, options, this.workspace, this.blocks, this.steps)
  }
}

interface Window {
  readonly seconds: number
  readonly bag: EventBag
  due: number
  finding: Finding | null
}

/** The period of one group of traffic. Memory: at most 16 bytes × capacity × windows. */
export class PeriodStream {
  readonly track = new PeriodTrack()
  readonly #options: StreamOptions
  readonly #searcher: Searcher
  readonly #windows: readonly Window[]
  readonly #bytes = new Float64Array(BYTE_SECONDS)
  #bytesTo = Number.NaN
  #first = Number.NaN
  #to = Number.NaN
  #hold: Hold = noHold
  #newest = Number.NEGATIVE_INFINITY
  /** The most that an event came behind others, in this stretch of time and in the one before. */
  #late = 0
  #lateBefore = 0
  #lateUntil = Number.NEGATIVE_INFINITY

  constructor(options: StreamOptions = streamDefaults, searcher: Searcher = new Searcher()) {
    this.#options = options
    this.#searcher = searcher
    this.#windows = options.windows.map((seconds) => ({
      seconds,
      bag: new EventBag(seconds, options.capacity),
      due: Number.NEGATIVE_INFINITY,
      finding: null,
    }))
  }

  /**
   * An event: seconds on a clock that all events share, in any order; packets that it stands for; bytes, NaN where they are not known.
   */
  add(time: number, weight: number, bytes = Number.NaN): void {
    if (Number.isNaN(this.#first)) this.#first = time
    for (let i = 0; i < this.#windows.length; i++) this.#windows[i]!.bag.add(time, weight)
    if (time > this.#newest) this.#newest = time
    else if (this.#newest - time > this.#late) this.#late = Math.min(MOST_LATE, this.#newest - time)
    const second = Math.floor(time)
    if (Number.isNaN(this.#bytesTo)) this.#bytesTo = second
    if (second - this.#bytesTo > BYTE_SECONDS) this.#bytesTo = second - BYTE_SECONDS
    while (this.#bytesTo < second) this.#bytes[++this.#bytesTo & (BYTE_SECONDS - 1)] = 0
    if (second > this.#bytesTo - BYTE_SECONDS) this.#bytes[second & (BYTE_SECONDS - 1)]! += bytes
  }

  /** How long agents hold the samples whose times are those of datagrams; noHold where they are their own. */
  setHold(hold: Hold): void {
    this.#hold = hold
  }

  /** Events up to this time have come. @returns whether a window was looked at */
  advance(to: number): boolean {
    if (Number.isNaN(this.#first)) return false
    return this.#advance(to, false)
  }

  /** Looks at all windows, as of now. @returns whether there was enough to look at */
  look(to: number): boolean {
    if (Number.isNaN(this.#first)) return false
    return this.#advance(to, true)
  }

  #advance(to: number, isDue: boolean): boolean {
    this.#to = to
    if (to > this.#lateUntil) {
      this.#lateBefore = this.#late
      this.#late = 0
      this.#lateUntil = to + LATENESS_SECONDS
    }
    // Bursts of which the last samples are still to come seem to lie earlier than they do.
    const late = Math.max(this.#late, this.#lateBefore)
    const end = to - late
    // And the delay that is taken off is learned from the first ones.
    const begin = this.#first + SETTLING * late
    let looked = false
    for (let i = 0; i < this.#windows.length; i++) {
      const window = this.#windows[i]!
      const shorter = i === 0 ? LEAST_SECONDS : this.#windows[i - 1]!.seconds
      if ((to < window.due && !isDue) || to - this.#first < shorter) continue
      window.due = to + Math.max(this.#options.lookSeconds, window.seconds / this.#options.looks)
      window.bag.forget(end - window.seconds)
      // Silence in front of a job's first packet is no part of its cycle.
      const from = Math.max(end - window.seconds, begin, window.bag.earliest())
      window.finding = this.#look(window.bag, from, Math.max(0, end - from))
      looked = true
    }
    const answer = looked ? this.answer() : null
    if (answer === null) return looked
    const errorSeconds = answer.periodSeconds === null ? 0 : answer.errorSeconds
    this.track.add({ time: to, periodSeconds: answer.periodSeconds, errorSeconds })
    return true
  }

  #look(bag: EventBag, from: number, seconds: number): Finding {
    const held = (p: number): NotFound => {
      return { periodSeconds: null, reason: 'held', p, samples: bag.count, windowSeconds: seconds }
    }
    const least = shortestBehind(this.#hold)
    const options = least > this.#options.minSeconds ? { ...this.#options, minSeconds: least } : this.#options
    const finding = this.#searcher.find(bag, from, seconds, options)
    if (finding.periodSeconds === null) {
      return least > 0 && finding.reason !== 'few-samples' ? held(finding.p) : finding
    }
    return isHidden(this.#hold, finding.periodSeconds, finding.depth) ? held(finding.p) : finding
  }

  /** What is known: the answer of the shortest window that has one, made more exact by longer ones that agree; else why there is none. */
  answer(): Finding | null {
    let answer: Found | null = null
    let none: NotFound | null = null
    for (const { finding } of this.#windows) {
      if (finding === null) continue
      if (finding.periodSeconds === null) {
        if (answer !== null) break
        if (none === null || finding.p < none.p) none = finding
      } else if (answer === null) answer = finding
      else if (Math.abs(finding.periodSeconds - answer.periodSeconds) <= AGREEMENT * answer.errorSeconds) {
        // Not the one of the smaller error: that is told too small as often as too large, and would be chosen where it is.
        if (finding.errorSeconds < MUCH_WORSE * answer.errorSeconds) answer = finding
      } else break
    }
    return answer ?? none
  }

  /** What is told of it; null before anything can be said. */
  report(): PeriodReport | null {
    const answer = this.answer()
    if (answer === null) return null
    if (answer.periodSeconds === null) return reportOf(answer, Number.NaN, this.#hold)
    // Silence behind a job's last packet is no part of its cycle: not of those seen, nor of what a step carries.
    const silence = this.#to - this.#late - this.#newest
    const silent = silence > answer.periodSeconds ? Math.min(silence, answer.windowSeconds) : 0
    const cycles = answer.cycles - silent / answer.periodSeconds
    const bytesPerSecond = this.#bytesPerSecond(answer.windowSeconds - silent, this.#to - silent)
    return reportOf({ ...answer, cycles }, bytesPerSecond, this.#hold)
  }

  /** Of each window, shortest first. */
  findings(): readonly (Finding | null)[] {
    return this.#windows.map(({ finding }) => finding)
  }

  /** Over whole seconds of the last so many before `to`. */
  #bytesPerSecond(seconds: number, to: number): number {
    const whole = Math.max(1, Math.min(Math.floor(seconds), BYTE_SECONDS - 1))
    const last = Math.min(Math.floor(to) - 1, this.#bytesTo)
    let sum = 0
    for (let second = Math.floor(to) - whole; second <= last; second++) sum += this.#bytes[second & (BYTE_SECONDS - 1)]!
    return sum / whole
  }
}
