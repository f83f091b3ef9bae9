// Owns the period over time: what it was, and when it changed. See period.ts for the folder. Start at PeriodTrack.

/** Answers that are kept. */
const KEPT = 256
/** A change is at least so large, and so many times the errors of both. */
const LEAST_CHANGE = 0.01
const ERRORS = 2
/** What agrees in so many answers in a row and for so long, in seconds, stands: a window of 10 s is then another one. */
const IN_A_ROW = 3
const STANDS_SECONDS = 10
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
  /** Of the first answer behind the old period: fixed, as both periods are. */
  readonly time: number
  readonly fromSeconds: number
  readonly toSeconds: number
}

/** A period in answers that agree. */
interface Stand {
  readonly period: number
  readonly error: number
  /** Answers, and the times of the first and the last. */
  readonly count: number
  readonly since: number
  readonly until: number
}

/** The last answers, and the last change: between two periods each of which stood. Memory does not grow. */
export class PeriodTrack {
  readonly #points: TrackPoint[] = []
  /** What stands, or may come to; and what may come after it, with when answers began to be off. */
  #old: Stand | null = null
  #next: Stand | null = null
  #offSince = Number.NaN
  change: PeriodChange | null = null

  /** Oldest first. */
  get points(): readonly TrackPoint[] {
    return this.#points
  }

  add(point: TrackPoint): void {
    if (this.#points.length === KEPT) this.#points.shift()
    this.#points.push(point)
    if (point.periodSeconds === null) return
    const { time, periodSeconds, errorSeconds } = point
    const start: Stand = { period: periodSeconds, error: errorSeconds, count: 1, since: time, until: time }
    const old = this.#old
    if (old === null) this.#old = start
    else if (agrees(old, periodSeconds, errorSeconds)) {
      this.#old = followed(old, time, periodSeconds, errorSeconds)
      this.#next = null
    } else if (!stands(old)) this.#old = start
    else {
      const next = this.#next
      if (next === null) this.#offSince = time
      const now = next !== null && agrees(next, periodSeconds, errorSeconds)
      this.#next = now ? followed(next, time, periodSeconds, errorSeconds) : start
      if (!stands(this.#next)) return
      this.change = { time: this.#offSince, fromSeconds: old.period, toSeconds: this.#next.period }
      this.#old = this.#next
      this.#next = null
    }
  }
}

function agrees({ period, error }: Stand, periodSeconds: number, errorSeconds: number): boolean {
  return Math.abs(periodSeconds - period) <= Math.max(LEAST_CHANGE * period, ERRORS * Math.hypot(errorSeconds, error))
}

function stands({ count, since, until }: Stand): boolean {
  return count >= IN_A_ROW && until - since >= STANDS_SECONDS
}

/** A slow drift moves what is compared with, and is no change; what is less certain moves it less. */
function followed(stand: Stand, time: number, periodSeconds: number, errorSeconds: number): Stand {
  const ours = stand.error ** 2
  const part = errorSeconds > 0 ? Math.max(LEAST_PART, ours / (ours + errorSeconds ** 2)) : 1
  return {
    ...stand,
    period: stand.period + (periodSeconds - stand.period) * part,
    error: stand.error + (errorSeconds - stand.error) * part,
    count: stand.count + 1,
    until: time,
  }
}
