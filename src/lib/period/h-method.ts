// Owns the method `h`: the H-test over event times, as a PeriodMethod. See period.ts for the folder. Start at HPeriod.

import type { PeriodMethod, PeriodState } from './period.ts'
import type { PeriodReport } from './report.ts'
import { PeriodStream, type Searcher, type StreamOptions, streamDefaults } from './stream.ts'

/** Rates are of the last so many seconds. */
const RATE_SECONDS = 1

/** Wraps a PeriodStream; times in milliseconds since 1970. */
export class HPeriod implements PeriodMethod {
  readonly stream: PeriodStream
  #now = 0
  #before = Number.NaN
  #second = Number.NaN
  #average = Number.NaN

  constructor(options: StreamOptions = streamDefaults, searcher?: Searcher) {
    this.stream = new PeriodStream(options, searcher)
  }

  frames(timeMs: number, weight: number): void {
    this.stream.add(timeMs / 1000, weight)
    this.#now += weight
  }

  advance(toMs: number): void {
    const to = toMs / 1000
    if (Number.isNaN(this.#second)) this.#second = to
    if (to - this.#second >= RATE_SECONDS) {
      this.#before = this.#now / (to - this.#second)
      this.#average = Number.isNaN(this.#average) ? this.#before : this.#average + (this.#before - this.#average) / 20
      this.#now = 0
      this.#second = to
    }
    this.stream.advance(to)
  }

  /** All that is known. */
  report(): PeriodReport | null {
    return this.stream.report()
  }

  state(): PeriodState | null {
    const report = this.stream.report()
    if (report === null) return null
    return {
      method: 'h',
      periodSeconds: report.periodSeconds,
      errorSeconds: report.errorSeconds,
      value: Number.isNaN(this.#before) ? null : this.#before,
      threshold: null,
      average: Number.isNaN(this.#average) ? null : this.#average,
      cycles: Math.floor(report.cyclesSeen ?? 0),
    }
  }
}
