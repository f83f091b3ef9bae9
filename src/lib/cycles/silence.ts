// Owns whether the traffic of a group pauses or has stopped, and what is then said of its period. See cycles.ts for the folder.
// Start at Silence.isOver.

import { isoOf } from '../analysis/iso-time.ts'
import { periodText } from '../period/period-text.ts'
import type { PeriodReport } from '../period/report.ts'

/** Nothing shorter is silence. */
const LEAST_MS = 2000
/** Traffic of which nothing comes for so many cycles has stopped. */
const CYCLES = 3
/** But not before as long as so many samples took: few samples leave longer gaps by chance (e^-10 each). */
const SAMPLES = 10
/** How late samples come is known by the last one to two of these. */
const MEMORY_MS = 30_000

/** When the last sample of a group was taken, and how late they come. */
export class Silence {
  /** Milliseconds since 1970; -Infinity before the first. */
  newestMs = Number.NEGATIVE_INFINITY
  /** The most that a sample came after it was taken, in this stretch of time and in the one before. */
  #late = 0
  #lateBefore = 0
  #until = Number.NEGATIVE_INFINITY

  /** A sample: when it was taken, and when it came. */
  take(ms: number, arrivalMs: number): void {
    if (ms > this.newestMs) this.newestMs = ms
    if (arrivalMs >= this.#until) {
      this.#lateBefore = this.#late
      this.#late = 0
      this.#until = arrivalMs + MEMORY_MS
    }
    if (arrivalMs - ms > this.#late) this.#late = arrivalMs - ms
  }

  /** Nothing has come for a cycle: a window up to now, with this silence behind a job in it, is no more of the job. */
  hasBegun(toMs: number, periodSeconds: number): boolean {
    return toMs - this.newestMs > Math.max(LEAST_MS, periodSeconds * 1000)
  }

  /**
   * The traffic that had this period has stopped: were it still there, samples would have come by now.
   * @param toMs samples up to this time have come @param holdSeconds for how long agents may hold them
   */
  isOver({ periodSeconds, samples, windowSeconds }: PeriodReport, toMs: number, holdSeconds: number): boolean {
    if (periodSeconds === null) return false
    const late = Math.max(this.#late, this.#lateBefore) + holdSeconds * 1000
    const apart = (windowSeconds * 1000) / Math.max(1, samples)
    return toMs - this.newestMs > Math.max(LEAST_MS, CYCLES * periodSeconds * 1000, SAMPLES * apart) + late
  }

  /** `no traffic since 12:00:10 UTC; it was 0.7009 s ± 0.0003` @param was undefined: not sure enough to be told */
  reason(was: PeriodReport | undefined): string {
    const since = `no traffic since ${(isoOf(this.newestMs) ?? '').slice(11, 19)} UTC`
    if (was === undefined || was.periodSeconds === null) return since
    return `${since}; it was ${periodText(was.periodSeconds, was.errorSeconds)}`
  }
}
