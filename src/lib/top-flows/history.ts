// Owns the course of each row over the refreshes of a screen: the figure that each of them showed. Bounded. Start at History.

import type { FlowRow, FlowWindow } from '../flow/rows.ts'

/** Looks that are remembered. */
const MOST_LOOKS = 60
/** Rows; those that were not listed for so long go. */
const MOST_SILENT = MOST_LOOKS

interface Course {
  readonly shown: (number | null)[]
  /** The last one at which the row was listed. */
  look: number
}

const keyOf = (row: FlowRow) => (row.kind === 'flow' ? `flow ${row.id}` : row.kind)

export class History {
  readonly #rows = new Map<string, Course>()
  #look = 0

  /**
   * Takes the window that a refresh shows. What came between two refreshes is not looked at: over so little time a few samples
   * make rates that never were.
   */
  take(window: FlowWindow): void {
    this.#look++
    for (const row of [...window.rows, window.other, window.noKey, window.total]) this.#take(row)
    for (const [key, course] of this.#rows) {
      const silent = this.#look - course.look
      if (silent > MOST_SILENT) this.#rows.delete(key)
      else if (silent > 0) this.#push(course, null)
    }
  }

  #take(row: FlowRow): void {
    const key = keyOf(row)
    let course = this.#rows.get(key)
    if (course === undefined) {
      course = { shown: [], look: 0 }
      this.#rows.set(key, course)
    }
    const first = row.values[0]
    this.#push(course, first?.perSecond ?? first?.total ?? null)
    course.look = this.#look
  }

  #push({ shown }: Course, figure: number | null): void {
    shown.push(figure)
    if (shown.length > MOST_LOOKS) shown.shift()
  }

  of(row: FlowRow): readonly (number | null)[] {
    return [...(this.#rows.get(keyOf(row))?.shown ?? [])]
  }
}
