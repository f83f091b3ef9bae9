// Owns whether few samples can tell a step from its multiples: by the one burst that stands out most, and in which of every q steps its
// samples come. Steps of many samples are compared by Steps.differ. See period.ts for the folder. Start at Classes.

import { phaseOf } from './profile.ts'
import type { Events } from './spectrum.ts'

/** Parts of a step, of which neighbours make the burst. */
const PARTS = 32
/** With so many samples a step steps are compared by what each has. */
const FEW_A_STEP = 6
/** Multiples that are asked about. */
export const MOST_CLASSES = 7
/** Quantiles of χ² with 1 to 6 degrees of freedom: chance exceeds them once in 1,000, and once in 100,000. */
const DOUBT = [10.83, 13.82, 16.27, 18.47, 20.52, 22.46] as const
const SURE = [19.51, 23.03, 25.9, 28.47, 30.86, 33.11] as const
/** So many samples more may lie between bursts than were seen there. */
const UNSEEN = 4
/** A burst in one of q steps would have to be so far above doubt: by then it would nearly always have shown. */
const POWER = 1.4

/**
 * `alike`: a burst comes in each step; `differ`: it comes in some of every q, and q steps are the step; `unsure`: samples are too few to
 * say, or speak for either.
 */
export type Verdict = 'alike' | 'differ' | 'unsure'

export class Classes {
  readonly #parts = new Float64Array(PARTS)
  readonly #sums = new Float64Array(MOST_CLASSES)
  #rows = new Float64Array(0)

  /** By counts: under one hypothesis as under the other a sample's weight says nothing of its step. */
  compare(events: Events, from: number, seconds: number, periodSeconds: number, q: number): Verdict {
    const rows = Math.floor(seconds / periodSeconds + 1e-9)
    if (rows < 2 * q) return 'alike'
    const end = from + rows * periodSeconds
    const parts = this.#parts.fill(0)
    let count = 0
    for (let i = 0; i < events.count; i++) {
      const time = events.times[i]!
      if (time < from || time >= end) continue
      parts[partOf(time, from, periodSeconds)]!++
      count++
    }
    if (count >= FEW_A_STEP * rows) return 'alike'
    const { start, length, within } = burstOf(parts, count)
    const counts = this.#count(events, from, end, periodSeconds, rows, start, length)
    const sums = this.#sums.fill(0)
    for (let row = 0; row < rows; row++) sums[row % q]! += counts[row]!
    let apart = 0
    let varies = 0
    for (let c = 0; c < q; c++) {
      const expected = (within * Math.ceil((rows - c) / q)) / rows
      apart += (sums[c]! - expected) ** 2 / expected
    }
    for (let row = 0; row < rows; row++) {
      const c = row % q
      varies += (counts[row]! - sums[c]! / Math.ceil((rows - c) / q)) ** 2
    }
    // Steps may vary more than independent samples do.
    const spread = Math.max(1, varies / (rows - q) / (within / rows))
    if (apart > SURE[q - 2]! * spread) return 'differ'
    // What it would be if the burst came in one of q only.
    const most = (q - 1) * ofOne(within, count, length)
    return apart > DOUBT[q - 2]! * spread || most < POWER * DOUBT[q - 2]! ? 'unsure' : 'alike'
  }

  /** Samples of each step's burst. */
  #count(
    events: Events,
    from: number,
    end: number,
    periodSeconds: number,
    rows: number,
    start: number,
    length: number,
  ): Float64Array {
    if (this.#rows.length < rows) this.#rows = new Float64Array(rows)
    const counts = this.#rows.fill(0, 0, rows)
    for (let i = 0; i < events.count; i++) {
      const time = events.times[i]!
      if (time < from || time >= end) continue
      const behind = (partOf(time, from, periodSeconds) - start + PARTS) % PARTS
      if (behind >= length) continue
      // A burst that lies over the end of a step is one.
      const row = Math.floor((time - from) / periodSeconds - start / PARTS + 1e-9)
      counts[(row + rows) % rows]!++
    }
    return counts
  }
}

/** The parts in a row that would tell most if they were of one step in q. */
function burstOf(
  parts: Float64Array,
  count: number,
): { readonly start: number; readonly length: number; readonly within: number } {
  let best = { start: 0, length: PARTS / 2, within: 0 }
  let most = Number.NEGATIVE_INFINITY
  for (let start = 0; start < PARTS; start++) {
    let within = 0
    for (let length = 1; length <= PARTS / 2; length++) {
      within += parts[(start + length - 1) % PARTS]!
      const above = ofOne(within, count, length)
      if (above <= most) continue
      most = above
      best = { start, length, within }
    }
  }
  return best
}

/** χ² of a burst that comes in one of two steps only: its samples above those between bursts, squared, over its variance. */
function ofOne(within: number, count: number, length: number): number {
  const burst = within - ((count - within + UNSEEN) * length) / (PARTS - length)
  return burst > 0 ? burst ** 2 / within : 0
}

function partOf(time: number, from: number, periodSeconds: number): number {
  return Math.min(PARTS - 1, Math.floor(phaseOf(time, from, periodSeconds) * PARTS))
}
