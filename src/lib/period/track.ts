// Owns the period over time: what it was, and when it changed. See period.ts for the folder. Start at PeriodTrack.

/** Answers that are kept. */
const KEPT = 256
/** A change is at least so large, and so many times the errors of both, in as many answers in a row. */
const LEAST_CHANGE = 0.01
const ERRORS = 2
const IN_A_ROW = 3
/** What changes again so soon, in seconds, is still the same change. */
const GOES_ON = 10
/** By so much of what an answer is off, what is compared with follows at least. */
const LEAST_PART = 1 / 64

export interface TrackPoint {
  /** Seconds, on the events' clock. */
  readonly time: number
  /** Null: none then. */
  readonly periodSeconds: number | null
  readonly errorSeconds: number
}

export interface PeriodChange {
  readonly time: number
  readonly fromSeconds: number
  readonly toSeconds: number
}

/** The last answers, and the last change. Memory does not grow. */
export class PeriodTrack {
  readonly #points: TrackPoint[] = []
  #period = Number.NaN
  #error = 0
  #off = 0
  #offSince = Number.NaN
  /** When the last change, or the last part of it, was told. */
  #changedAt = Number.NEGATIVE_INFINITY
  change: PeriodChange | null = null

  /** Oldest first. */
  get points(): readonly TrackPoint[] {
    return this.#points
  }

  add(point: TrackPoint): void {
    if (this.#points.length === KEPT) this.#points.shift()
    this.#points.push(point)
    const { time, periodSeconds, errorSeconds } = point
    if (periodSeconds === null) return
    const limit = Math.max(LEAST_CHANGE * this.#period, ERRORS * Math.hypot(errorSeconds, this.#error))
    if (Number.isNaN(this.#period)) this.#take(periodSeconds, errorSeconds)
    else if (Math.abs(periodSeconds - this.#period) <= limit) {
      // A slow drift moves what is compared with, and is no change; what is less certain moves it less.
      this.#off = 0
      const ours = this.#error ** 2
      const part = errorSeconds > 0 ? Math.max(LEAST_PART, ours / (ours + errorSeconds ** 2)) : 1
      this.#take(
        this.#period + (periodSeconds - this.#period) * part,
        this.#error + (errorSeconds - this.#error) * part,
      )
      if (this.change !== null && time - this.#changedAt <= GOES_ON)
        this.change = { ...this.change, toSeconds: this.#period }
    } else {
      if (this.#off++ === 0) this.#offSince = time
      if (this.#off < IN_A_ROW) return
      // A window that has steps of both lengths gives something between them: one change, seen in parts.
      const goesOn = this.change !== null && this.#offSince - this.#changedAt <= GOES_ON
      const { time: began, fromSeconds } = goesOn ? this.change! : { time: this.#offSince, fromSeconds: this.#period }
      this.change = { time: began, fromSeconds, toSeconds: periodSeconds }
      this.#changedAt = time
      this.#take(periodSeconds, errorSeconds)
      this.#off = 0
    }
  }

  #take(periodSeconds: number, errorSeconds: number): void {
    this.#period = periodSeconds
    this.#error = errorSeconds
  }
}
