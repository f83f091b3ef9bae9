// Owns the seam between packets that enter a fabric and the period of what they are sent by. Must not know sFlow nor how
// packets are counted. Start at PeriodMethod.

import type { BaselineStatistics } from './baseline.ts'
import type { Hold } from './hold.ts'

/** Steps of PeriodTrend: 100 ms, 30 s of them, as the reference's chart has. */
export const TREND_STEP_MS = 100
export const TREND_STEPS = 300

/** Finds a period in packets. Nothing is allocated a call of `frames`. */
export interface PeriodMethod {
  /**
   * So many RoCE packets entered the fabric.
   * @param timeMs milliseconds since 1970 with fractions; agents hold samples back, so that times may go back by seconds
   * @param weight packets that the sample stands for
   */
  frames(timeMs: number, weight: number): void
  /** Samples up to this time have come, milliseconds since 1970. Called at least once a second of their time. */
  advance(toMs: number): void
  /**
   * How long agents hold samples that don't tell when they were taken. A method that has this gets in `frames` when a sample's datagram
   * left its agent, where one without it gets when it came.
   */
  setHold?(hold: Hold): void
  /** What is known now; null where nothing can be said yet. */
  state(): PeriodState | null
  /** What is known of the whole run: a job that has ended had a period. Left out: as `state`. */
  overall?(): PeriodState | null
  /** The last 30 s; left out: the method has none. */
  trend?(): PeriodTrend
}

/** A period as of one moment, as plain values. Unknown is null. */
export interface PeriodState {
  /** Name of the method: `h` or `threshold`. */
  readonly method: string
  /** Null: none. */
  readonly periodSeconds: number | null
  /** ± at 95 %. */
  readonly errorSeconds: number | null
  /** 1 - p, corrected for all that was tried; left out: the method knows none. */
  readonly confidence?: number
  /** Why there is no period; null with one, left out: the method tells none. */
  readonly reason?: string | null
  /** Packets a second: that of just now, the threshold that it crosses, and its mean. */
  readonly value: number | null
  readonly threshold: number | null
  readonly average: number | null
  /** Cycles that the period rests on. */
  readonly cycles: number
  /** What the method has learned: of packets a second, and of intervals in milliseconds; null while it learns. */
  readonly baselines?: {
    readonly load: BaselineStatistics | null
    readonly intervals: BaselineStatistics | null
  }
}

/** Packets a second in steps of TREND_STEP_MS, oldest first, at most TREND_STEPS; null is not known. */
export interface PeriodTrend {
  /** Of the last step, milliseconds since 1970; NaN without one. */
  readonly endMs: number
  readonly value: readonly (number | null)[]
  readonly threshold: readonly (number | null)[]
  readonly average: readonly (number | null)[]
}

/** Finds nothing. */
export const noPeriod: PeriodMethod = Object.freeze({ frames() {}, advance() {}, state: () => null })
