// Owns the method `threshold`: the self-adjusting timer between crossings of the mean that sFlow-RT's AI Metrics has. Knows no
// sample. See period.ts for the folder; the definition is ai-metrics.md section 4. Start at ThresholdPeriod.

import { Baseline, type BaselineOptions } from './baseline.ts'
import { type PeriodMethod, type PeriodState, type PeriodTrend, TREND_STEP_MS, TREND_STEPS } from './period.ts'

/** Names of the reference: ai.flow.fast, ai.flow.t, ai.threshold.t, ai.load.*, ai.period.*. */
export interface ThresholdOptions {
  /** Decay of the rate that crosses, and of the one that the mean is of, milliseconds. */
  readonly fastMs: number
  readonly slowMs: number
  /** The rate must have been below for so long before it can cross again. */
  readonly hysteresisMs: number
  readonly load: BaselineOptions
  readonly period: BaselineOptions
  /** Cycles without a crossing: another threshold is taken; and no period is told. */
  readonly misses: number
  readonly stale: number
  /** Standard deviation over mean of the intervals, below which there is a period. */
  readonly cv: number
}

/** The reference's. */
export const thresholdDefaults: ThresholdOptions = Object.freeze({
  fastMs: 100,
  slowMs: 2000,
  hysteresisMs: 200,
  load: Object.freeze({ window: 20, sensitivity: 2, repeat: 2 }),
  period: Object.freeze({ window: 20, sensitivity: 2, repeat: 2 }),
  misses: 4,
  stale: 10,
  cv: 0.5,
})

/** Steps of a millisecond that wait until the samples of their time have come. A power of 2. */
const STEPS = 4096
/** Agents hold samples back for a second at most; what comes later than this counts no more. */
const MOST_LATE_MS = 2000
/** How late samples come is known by the last one to two of these. */
const LATENESS_MS = 30_000
/** After so long without a sample both rates are 0: the rest of a gap is passed over. */
const LONGEST_GAP_MS = 120_000
/** Packets a second of which a decayed rate is none: 2 s after a single packet, and 30 s. */
const LEAST_RATE = 1e-6
/** Student's t at 95 % for 19 degrees of freedom: the mean of 20 intervals. */
const STUDENT = 2.093

/**
 * The rate of what comes, decayed over 0.1 s, crosses the mean of the rate decayed over 2 s: the intervals between crossings
 * are the cycles. Times are to the millisecond; samples are put in order as far as they come late. Memory does not grow.
 */
export class ThresholdPeriod implements PeriodMethod {
  readonly #options: ThresholdOptions
  readonly #load: Baseline
  readonly #intervals: Baseline
  readonly #fastDecay: number
  readonly #slowDecay: number
  /** Packets by millisecond, from #cursor on. */
  readonly #waiting = new Float64Array(STEPS)
  /** The first millisecond that is still to come; NaN before the first sample. */
  #cursor = Number.NaN
  #newest = Number.NEGATIVE_INFINITY
  /** The most that a sample came late, in this stretch of time and in the one before. */
  #late = 0
  #lateBefore = 0
  #lateUntil = Number.NEGATIVE_INFINITY
  /** Packets a second. */
  #fast = 0
  #slow = 0
  /** NaN: none. */
  #threshold = Number.NaN
  #armed = false
  #belowSince = Number.NaN
  #crossed = Number.NaN
  #cycles = 0
  /** As of the last second in which there was a period. */
  #found: PeriodState | undefined
  readonly #trend = new Float64Array(TREND_STEPS * 3).fill(Number.NaN)
  #trendEnd = Number.NaN
  #trendSteps = 0

  constructor(options: ThresholdOptions = thresholdDefaults) {
    this.#options = options
    this.#load = new Baseline(options.load)
    this.#intervals = new Baseline(options.period)
    this.#fastDecay = Math.exp(-1 / options.fastMs)
    this.#slowDecay = Math.exp(-1 / options.slowMs)
  }

  frames(timeMs: number, weight: number): void {
    const ms = Math.floor(timeMs)
    if (Number.isNaN(this.#cursor)) this.#cursor = ms
    if (ms > this.#newest) this.#newest = ms
    const late = this.#newest - ms
    if (late > this.#late) this.#late = Math.min(late, MOST_LATE_MS)
    if (ms >= this.#cursor + STEPS) this.#pass(ms - MOST_LATE_MS)
    if (ms >= this.#cursor) this.#waiting[ms & (STEPS - 1)]! += weight
  }

  advance(toMs: number): void {
    const ms = Math.floor(toMs)
    if (!(ms > this.#newest)) return
    this.#newest = ms
    if (Number.isNaN(this.#cursor)) return
    if (ms > this.#lateUntil) {
      this.#lateBefore = this.#late
      this.#late = 0
      this.#lateUntil = ms + LATENESS_MS
    }
    this.#pass(ms - Math.max(this.#late, this.#lateBefore))
  }

  state(): PeriodState | null {
    if (Number.isNaN(this.#cursor)) return null
    const load = this.#load.statistics()
    const intervals = this.#intervals.statistics()
    const { stale, cv } = this.#options
    const found =
      intervals !== null &&
      intervals.sdev / intervals.mean < cv &&
      this.#cursor - this.#crossed < stale * intervals.mean
    return {
      method: 'threshold',
      periodSeconds: found ? intervals.mean / 1000 : null,
      errorSeconds: found ? (STUDENT * intervals.sdev) / Math.sqrt(this.#options.period.window) / 1000 : null,
      value: this.#fast,
      threshold: Number.isNaN(this.#threshold) ? null : this.#threshold,
      average: load?.mean ?? null,
      cycles: Math.min(this.#cycles, this.#options.period.window),
      baselines: { load, intervals },
    }
  }

  /** The last second in which there was a period; without one as `state`. */
  overall(): PeriodState | null {
    const now = this.state()
    return now === null || now.periodSeconds === null ? (this.#found ?? now) : now
  }

  trend(): PeriodTrend {
    const steps = this.#trendSteps
    const from = steps - Math.min(steps, TREND_STEPS)
    const column = (k: number): (number | null)[] =>
      Array.from({ length: steps - from }, (_, i) => {
        const value = this.#trend[((from + i) % TREND_STEPS) * 3 + k]!
        return Number.isNaN(value) ? null : value
      })
    return { endMs: this.#trendEnd, value: column(0), threshold: column(1), average: column(2) }
  }

  /** Time goes on: all samples before `toMs` have come. */
  #pass(toMs: number): void {
    const first = this.#cursor
    const end = Math.min(toMs, first + LONGEST_GAP_MS)
    // Remainders of times, which are no small integers, would take half of a step's time.
    let due = Math.ceil(first / TREND_STEP_MS) * TREND_STEP_MS
    while (this.#cursor < end) {
      const ms = this.#step()
      if (ms !== due) continue
      due += TREND_STEP_MS
      if (ms % 1000 === 0) this.#second(ms)
      this.#keep(ms)
    }
    if (toMs <= this.#cursor) return
    this.#cursor = toMs
    this.#trendSteps = 0
  }

  #step(): number {
    const ms = this.#cursor++
    const at = ms & (STEPS - 1)
    const packets = this.#waiting[at]!
    this.#waiting[at] = 0
    this.#fast = this.#fast * this.#fastDecay + (packets * 1000) / this.#options.fastMs
    this.#slow = this.#slow * this.#slowDecay + (packets * 1000) / this.#options.slowMs
    if (this.#fast < LEAST_RATE) this.#fast = 0
    if (this.#slow < LEAST_RATE) this.#slow = 0
    if (!Number.isNaN(this.#threshold)) this.#cross(ms)
    return ms
  }

  #cross(ms: number): void {
    if (this.#fast > this.#threshold) {
      this.#belowSince = Number.NaN
      if (!this.#armed) return
      this.#armed = false
      if (!Number.isNaN(this.#crossed)) {
        this.#intervals.check(ms - this.#crossed)
        this.#cycles++
      }
      this.#crossed = ms
    } else if (!this.#armed) {
      if (Number.isNaN(this.#belowSince)) this.#belowSince = ms
      if (ms - this.#belowSince >= this.#options.hysteresisMs) this.#armed = true
    }
  }

  #second(ms: number): void {
    const state = this.state()
    if (state !== null && state.periodSeconds !== null) this.#found = state
    const status = this.#load.check(this.#slow)
    if (status === 'learning') return
    if (status !== 'normal') {
      this.#threshold = Number.NaN
      this.#load.reset()
      return
    }
    const load = this.#load.statistics()
    if (load === null) return
    const threshold = this.#threshold
    const within = threshold >= load.min && threshold <= load.max
    if (within && !this.#missed(ms)) return
    this.#threshold = load.mean
    this.#crossed = Number.NaN
    this.#belowSince = Number.NaN
    // What is above already does not rise.
    this.#armed = this.#fast <= load.mean
  }

  #missed(ms: number): boolean {
    const intervals = this.#intervals.statistics()
    return intervals !== null && ms - this.#crossed > this.#options.misses * intervals.mean
  }

  #keep(ms: number): void {
    const at = (this.#trendSteps++ % TREND_STEPS) * 3
    this.#trend[at] = this.#fast
    this.#trend[at + 1] = this.#threshold
    this.#trend[at + 2] = this.#load.statistics()?.mean ?? Number.NaN
    this.#trendEnd = ms
  }
}
