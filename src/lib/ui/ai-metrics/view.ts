// Owns what all pages of `sonde ai-metrics` have in common: which chart is selected, and which second. See ../ai-metrics-screen.ts.

import type { AiSnapshot } from '../../ai-metrics/snapshot.ts'
import type { Pointer } from './grid.ts'
import { panels } from './panels.ts'
import { TimeCursor } from './time-cursor.ts'

export class View {
  readonly cursor = new TimeCursor()
  #panel = 0

  /** Number of the selected chart. */
  get panel(): number {
    return this.#panel
  }

  /** So many charts on; the first is below the last. */
  step(by: number): void {
    this.#panel = (this.#panel + by + panels.length) % panels.length
  }

  pointer({ trend }: AiSnapshot): Pointer {
    // `at` may clear the cursor.
    const at = this.cursor.at(trend)
    return { at, isSet: this.cursor.isSet, panel: this.#panel }
  }
}
