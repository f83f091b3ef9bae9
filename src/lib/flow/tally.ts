// Owns sums by stretch, and the values that they give. Knows no key. Start at Tally.

import { type Interval, meanOf, type Part, type SumContext, sumOf } from './estimate.ts'
import type { Estimate } from './rows.ts'
import type { Scale } from './scale.ts'
import { SAMPLES, SQUARES, type ValuePlan } from './values.ts'
import type { OpenWindow } from './window.ts'

const nothing: Estimate = { total: null, perSecond: null, share: null, errorPct: null, low: null, high: null }

/** Sums of some entries, in their columns, by stretch. */
export class Tally {
  readonly sums = new Map<number, Float64Array>()
  readonly #window: OpenWindow

  constructor(window: OpenWindow) {
    this.#window = window
  }

  /** Adds sums of a segment. */
  add(segment: number, sums: Float64Array, at: number): void {
    this.#into(this.#window.places.stretchOf[segment]!, sums, at)
  }

  /** Takes sums of all stretches side by side, of which those without samples are left out. */
  take(dense: Float64Array): void {
    const { columns } = this.#window.compiled
    for (let stretch = 0; stretch * columns < dense.length; stretch++) {
      if (dense[stretch * columns + SAMPLES]! > 0) this.#into(stretch, dense, stretch * columns)
    }
  }

  join(other: Tally): void {
    for (const [stretch, sums] of other.sums) this.#into(stretch, sums, 0)
  }

  #into(stretch: number, sums: Float64Array, at: number): void {
    let mine = this.sums.get(stretch)
    if (mine === undefined) {
      mine = this.#window.emptySums(1)
      this.sums.set(stretch, mine)
    }
    this.#window.addSums(mine, 0, sums, at)
  }

  get samples(): number {
    let samples = 0
    for (const sums of this.sums.values()) samples += sums[SAMPLES]!
    return samples
  }

  /** An additive value. @param whole by stretch, 1 where all its samples are in here by design */
  sum(
    plan: ValuePlan,
    scales: readonly Scale[],
    context: Omit<SumContext, 'smooth' | 'sampleWeight'>,
    whole?: Uint8Array,
  ): Interval {
    const { smooth } = this.#window.compiled
    const parts: Part[] = []
    const isFrames = plan.kind === 'frames'
    const squares = isFrames ? (smooth ? SQUARES : SAMPLES) : plan.column + 1
    for (const [stretch, sums] of this.sums) {
      parts.push({
        scale: scales[stretch]!,
        weight: sums[SAMPLES]!,
        weightSquares: sums[smooth ? SQUARES : SAMPLES]!,
        sum: sums[isFrames ? SAMPLES : plan.column]!,
        squares: sums[squares]!,
        whole: isFrames && whole?.[stretch] === 1,
      })
    }
    return sumOf(parts, { ...context, smooth, sampleWeight: this.#window.sampleWeight })
  }

  /** An average, a minimum or a maximum. */
  other(plan: ValuePlan, scales: readonly Scale[]): Estimate {
    if (plan.kind === 'avg') {
      const parts = [...this.sums].map(([stretch, sums]) => ({
        rate: scales[stretch]!.rate,
        samples: sums[plan.column]! / this.#window.sampleWeight,
        sum: sums[plan.column + 1]! / this.#window.sampleWeight,
        squares: sums[plan.column + 2]! / this.#window.sampleWeight,
      }))
      const mean = meanOf(parts)
      return mean === null ? nothing : { ...nothing, ...mean }
    }
    let value = plan.kind === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    for (const sums of this.sums.values()) {
      value = plan.kind === 'min' ? Math.min(value, sums[plan.column]!) : Math.max(value, sums[plan.column]!)
    }
    return Number.isFinite(value) ? { ...nothing, total: value } : nothing
  }
}

/** What the total row is made of: an additive value with its interval, by a second and as a share. */
export function additive(x: Interval, seconds: number, whole: number): Estimate {
  if (Number.isNaN(x.total)) return nothing
  return {
    total: x.total,
    perSecond: seconds > 0 ? x.total / seconds : null,
    share: whole > 0 ? x.total / whole : null,
    errorPct: x.errorPct,
    low: x.low,
    high: x.high,
  }
}

/** A value that is no rate. */
export function single(x: Interval): Estimate {
  return { ...nothing, ...x, total: Number.isNaN(x.total) ? null : x.total }
}
