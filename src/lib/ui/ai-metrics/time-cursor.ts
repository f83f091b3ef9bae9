// Owns the cursor in time that all charts of `sonde ai-metrics` share: it stands on a second, while that moves to the left. See
// ../ai-metrics-screen.ts. Start at TimeCursor.

import type { AiTrend } from '../../ai-metrics/snapshot.ts'

/** Steps of page up and page down. */
const PAGE = 10

export class TimeCursor {
  /** Milliseconds since 1970; undefined: the newest point, whichever that is. */
  #ms: number | undefined

  /** Whether it stands on a point that may not be the newest. */
  get isSet(): boolean {
    return this.#ms !== undefined
  }

  clear(): void {
    this.#ms = undefined
  }

  /** The point that it stands on, the oldest where that is gone; -1 where there is none. */
  at({ times }: AiTrend): number {
    const ms = this.#ms
    if (ms === undefined) return times.length - 1
    // A point that goes out of the history takes it along, to the one that is the oldest then.
    const found = times.findIndex((time) => time >= ms)
    if (found >= 0) return found
    this.#ms = undefined
    return times.length - 1
  }

  /** @returns whether the key is one of its own: ← → page up and down, home, end */
  press(key: string, trend: AiTrend): boolean {
    const last = trend.times.length - 1
    const to = this.#target(key, this.at(trend), last)
    if (to === undefined) return false
    this.#ms = to >= last ? undefined : trend.times[Math.max(0, to)]
    return true
  }

  #target(key: string, at: number, last: number): number | undefined {
    if (key === 'left') return at - 1
    if (key === 'right') return at + 1
    if (key === 'pageup') return at - PAGE
    if (key === 'pagedown') return at + PAGE
    if (key === 'home') return 0
    return key === 'end' ? last : undefined
  }
}
