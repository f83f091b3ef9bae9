// Owns the course of each row between refreshes of a screen: the first value a second, from one look at a window to the
// next. Bounded. Start at History.

import type { FlowRow, FlowWindow } from '../flow/rows.ts'

/** Looks that are remembered. */
const MOST_LOOKS = 60
/** Rows; those that were not listed for so long go. */
const MOST_SILENT = MOST_LOOKS

interface Course {
  readonly rates: (number | null)[]
  /** Total and seconds of the window at the last look at which the row was listed. */
  total: number
  seconds: number
  startMs: number
  look: number
}

const keyOf = (row: FlowRow) => (row.kind === 'flow' ? `flow ${row.id}` : row.kind)

export class History {
  readonly #rows = new Map<string, Course>()
  #look = 0

  /** Takes the window so far; call once a refresh. */
  take(window: FlowWindow): void {
    this.#look++
    for (const row of [...window.rows, window.other, window.noKey, window.total]) this.#take(row, window)
    for (const [key, course] of this.#rows) {
      const silent = this.#look - course.look
      if (silent > MOST_SILENT) this.#rows.delete(key)
      else if (silent > 0) this.#push(course, null)
    }
  }

  #take(row: FlowRow, { startMs, seconds }: FlowWindow): void {
    const key = keyOf(row)
    const first = row.values[0]
    let course = this.#rows.get(key)
    if (course === undefined) {
      course = { rates: [], total: 0, seconds: 0, startMs: Number.NaN, look: 0 }
      this.#rows.set(key, course)
    }
    const total = first?.total ?? null
    const goesOn = course.startMs === startMs && course.look === this.#look - 1 && seconds > course.seconds
    // A row that was not listed at the last look has the mean of the window up to now.
    if (total === null || first?.perSecond === null) this.#push(course, first?.perSecond ?? total)
    else if (goesOn) this.#push(course, Math.max(0, (total - course.total) / (seconds - course.seconds)))
    else this.#push(course, first?.perSecond ?? null)
    course.total = total ?? 0
    course.seconds = seconds
    course.startMs = startMs
    course.look = this.#look
  }

  #push({ rates }: Course, rate: number | null): void {
    rates.push(rate)
    if (rates.length > MOST_LOOKS) rates.shift()
  }

  of(row: FlowRow): readonly (number | null)[] {
    return [...(this.#rows.get(keyOf(row))?.rates ?? [])]
  }
}
