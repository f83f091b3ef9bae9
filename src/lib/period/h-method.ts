// Owns the method `h`: the H-test over event times, as a PeriodMethod. See period.ts for the folder. Start at HPeriod.

import type { Hold } from './hold.ts'
import type { PeriodMethod, PeriodState, PeriodTrend } from './period.ts'
import type { PeriodReport } from './report.ts'
import { PeriodStream, type Searcher, type StreamOptions, streamDefaults } from './stream.ts'
import { ThresholdPeriod } from './threshold.ts'

/** Of a whole run that is told once the last answer is enough: looked for this often, and where traffic stops for so long. */
const sparse = Object.freeze({ looks: 0.5, lookSeconds: 300 })
const PAUSE_MS = 3000

/**
 * Wraps a PeriodStream; times in milliseconds since 1970. What is drawn of the last 30 s (the rate, its mean and the threshold that
 * the other method would take) is that method's: the period rests on none of it.
 */
export class HPeriod implements PeriodMethod {
  readonly stream: PeriodStream
  readonly #chart = new ThresholdPeriod()
  readonly #isSparse: boolean
  #found: PeriodState | undefined
  /** Time of the last packet, and of the last one when it was looked at. */
  #newestMs = Number.NEGATIVE_INFINITY
  #lookedMs = Number.NEGATIVE_INFINITY

  /** @param isSparse only `overall` is asked for, at the end: it is looked for a period every five minutes and in pauses */
  constructor(options: StreamOptions = streamDefaults, searcher?: Searcher, isSparse = false) {
    this.stream = new PeriodStream(isSparse ? { ...options, ...sparse } : options, searcher)
    this.#isSparse = isSparse
  }

  frames(timeMs: number, weight: number): void {
    if (timeMs > this.#newestMs) this.#newestMs = timeMs
    this.stream.add(timeMs / 1000, weight)
    this.#chart.frames(timeMs, weight)
  }

  /** How long agents hold the samples whose times are those of datagrams; noHold where they are their own. */
  setHold(hold: Hold): void {
    this.stream.setHold(hold)
  }

  advance(toMs: number): void {
    this.#chart.advance(toMs)
    if (this.#isSparse && toMs - this.#newestMs > PAUSE_MS) this.#lookBack()
    if (this.stream.advance(toMs / 1000)) this.#keep()
  }

  /** As of the last packet, if that was not looked at. */
  #lookBack(): void {
    if (this.#newestMs <= this.#lookedMs) return
    this.#lookedMs = this.#newestMs
    if (this.stream.look(this.#newestMs / 1000)) this.#keep()
  }

  #keep(): void {
    const state = this.state()
    if (state !== null && state.periodSeconds !== null) this.#found = state
  }

  /** All that is known. */
  report(): PeriodReport | null {
    return this.stream.report()
  }

  state(): PeriodState | null {
    const report = this.stream.report()
    if (report === null) return null
    const chart = this.#chart.state()
    return {
      method: 'h',
      periodSeconds: report.periodSeconds,
      errorSeconds: report.errorSeconds,
      confidence: report.confidence,
      reason: report.reason,
      value: chart?.value ?? null,
      threshold: chart?.threshold ?? null,
      average: chart?.average ?? null,
      cycles: Math.floor(report.cyclesSeen ?? 0),
      baselines: { load: chart?.baselines?.load ?? null, intervals: null },
    }
  }

  /** The last answer that was a period; without one as `state`. */
  overall(): PeriodState | null {
    if (this.#isSparse) this.#lookBack()
    const now = this.state()
    return now === null || now.periodSeconds === null ? (this.#found ?? now) : now
  }

  trend(): PeriodTrend {
    return this.#chart.trend()
  }
}
