// Owns how values of samples (lengths of frames) differ within the flows of a window: what a flow of few samples can't
// say of itself. Knows no estimate. Start at spreadOf.

import type { Spread } from './estimate.ts'
import { SAMPLES, SQUARES, type ValuePlan } from './values.ts'
import type { OpenWindow } from './window.ts'

/** So many entries tell enough; closing a window of a million stays cheap. */
const ENOUGH = 16_384
/** A flow counts as so many samples at most: flows of many samples need no help, and those of few are more like each other. */
const MOST_SAMPLES = 8
/** Sums of squares have so much of rounding in them, relatively. */
const ROUNDING = 1e-9

/** Takes flows one after the other. */
export class SpreadSum {
  #freedom = 0
  #squares = 0
  #squaresOfSquares = 0
  #weights = 0
  #weightSquares = 0
  #sums = 0
  #allSquares = 0

  /** A flow: Σ g, Σ g², Σ g s and Σ g² s² of its samples with weights g (1 but for smoothed windows) and values s. */
  add(weight: number, weightSquares: number, sum: number, squares: number): void {
    if (!(weightSquares > 0)) return
    this.#weights += weight
    this.#weightSquares += weightSquares
    this.#sums += sum
    this.#allSquares += squares
    const freedom = (weight * weight) / weightSquares - 1
    // Of weighted samples two may be worth a little less than two.
    if (freedom < 0.5) return
    const mean = sum / weight
    const square = squares / weightSquares
    const own = square - mean * mean
    const variance = own > square * ROUNDING ? (own * (freedom + 1)) / freedom : 0
    const counted = Math.min(freedom, MOST_SAMPLES)
    this.#freedom += counted
    this.#squares += counted * variance
    this.#squaresOfSquares += (counted * variance) ** 2
  }

  /**
   * The variance is the mean of the flows' variances, each weighed by its samples less one. The jump: one value off by j among
   * c gives squares of (1 - 1/c) j², so that j² is near the mean of the flows' squares weighed by themselves, Σx²/Σx, which
   * flows of one size do not pull down. Where no flow has two samples, what holds for all samples together is taken for both.
   * @param largest the largest value: no jump is wider
   */
  spread(largest: number): Spread {
    if (this.#weights === 0) return { variance: 0, jump: 0 }
    if (this.#freedom === 0) {
      const variance = Math.max(0, this.#allSquares / this.#weightSquares - (this.#sums / this.#weights) ** 2)
      return { variance, jump: variance }
    }
    const jump = this.#squares > 0 ? Math.min(largest * largest, this.#squaresOfSquares / this.#squares) : 0
    return { variance: this.#squares / this.#freedom, jump }
  }
}

/** Of one value, by the flows of a window; of frames nothing differs. */
export function spreadOf(window: OpenWindow, plan: ValuePlan): Spread {
  if (plan.kind === 'frames') return { variance: 0, jump: 0 }
  const { table, compiled } = window
  const { sums, stride, sumsAt } = table
  const squaresAt = compiled.smooth ? SQUARES : SAMPLES
  const step = Math.max(1, Math.ceil(table.count / ENOUGH))
  const all = new SpreadSum()
  for (let e = 0; e < table.count; e += step) {
    const at = (e * stride + sumsAt) / 2
    all.add(sums[at + SAMPLES]!, sums[at + squaresAt]!, sums[at + plan.column]!, sums[at + plan.column + 1]!)
  }
  return all.spread(window.most[plan.nth]!)
}
