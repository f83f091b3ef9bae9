// Owns telling how far a recorded read is, not too often. Start at ReadProgress.

import type { Source } from '../source/source.ts'
import type { RunReport } from './run-report.ts'

/** Between two words on how far the read is. */
const PROGRESS_MS = 100

export class ReadProgress {
  readonly #source: Source
  readonly #report: RunReport
  #told = Number.NEGATIVE_INFINITY

  constructor(source: Source, report: RunReport) {
    this.#source = source
    this.#report = report
  }

  /** Call with each batch. @param note what was done, `1,204 samples`; called only where it is told */
  batch(note: () => string): void {
    const now = performance.now()
    if (now - this.#told < PROGRESS_MS) return
    this.#told = now
    const { bytesRead, bytesTotal } = this.#source.report()
    this.#report.progress(this.#source.name, bytesRead, bytesTotal, note())
  }
}
