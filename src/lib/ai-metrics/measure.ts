// Owns estimates: columns of sums that count, by stretch, into rates, means and shares with 95 % intervals. Knows no metric. See
// ai-metrics.ts for the folder. Start at Tally.

import { type Interval, type MeanPart, meanOf, type Part, sumOf } from '../flow/estimate.ts'
import { countQuantile } from '../flow/quantiles.ts'
import type { Scale } from '../flow/scale.ts'
import { SpreadSum } from '../flow/sizes.ts'
import type { Measure } from './rows.ts'
import { Column, Sums } from './sums.ts'

/** Nothing is known. */
export const unknown: Measure = Object.freeze({ value: null, errorPct: null, low: null, high: null, samples: 0 })

/** Upper bound of a count of which none were seen. */
const NONE_SEEN = countQuantile(0, Number.POSITIVE_INFINITY, 0.975)

/** What a tally is made for. */
export interface TallyContext {
  readonly seconds: number
  /** Agents one of which was chosen. */
  readonly alike: number
  /** Packets that a sample stood for lately, where sources are quiet now; NaN where none is known. */
  readonly quietRate: number
}

/** Sums by stretch. */
export class Tally {
  readonly sums: Sums
  readonly #scales: readonly Scale[]
  readonly #context: TallyContext
  readonly #largestRate: number

  /** @param stretchOf by row of `from` @param rows those that count */
  constructor(
    from: Sums,
    rows: Iterable<number>,
    stretchOf: (row: number) => number,
    scales: readonly Scale[],
    context: TallyContext,
  ) {
    const dense = new Map<number, number>()
    const used: Scale[] = []
    const counted = [...rows]
    for (const row of counted) {
      const stretch = stretchOf(row)
      if (!dense.has(stretch)) dense.set(stretch, used.push(scales[stretch]!) - 1)
    }
    this.sums = new Sums(Math.max(1, used.length))
    for (const row of counted) this.sums.join(dense.get(stretchOf(row))!, from, row)
    this.#scales = used
    this.#context = context
    let largest = Number.NaN
    for (let s = 0; s < this.#scales.length; s++) {
      const { rate } = this.#scales[s]!
      if (this.#of(s, Column.frames) > 0 && !(rate <= largest) && !Number.isNaN(rate)) largest = rate
    }
    this.#largestRate = Number.isNaN(largest) && this.count(Column.frames) === 0 ? context.quietRate : largest
  }

  /** Samples of a column that counts them. */
  count(...columns: readonly number[]): number {
    let sum = 0
    for (let s = 0; s < this.#scales.length; s++) for (const column of columns) sum += this.#of(s, column)
    return sum
  }

  /** Packets that the samples of a column stand for, where that is known. */
  weight(column: number): number {
    return this.#scales.reduce((sum, { rate }, s) => sum + (Number.isNaN(rate) ? 1 : rate) * this.#of(s, column), 0)
  }

  /** Of a column of largest ones; 0 for none. */
  most(column: number): number {
    let most = 0
    for (let s = 0; s < this.#scales.length; s++) most = Math.max(most, this.#of(s, column))
    return most
  }

  /** Packets a second, of columns that count them. */
  rate(...columns: readonly number[]): Measure {
    const parts: Part[] = []
    for (let s = 0; s < this.#scales.length; s++) {
      let count = 0
      for (const column of columns) count += this.#of(s, column)
      if (count > 0) parts.push(this.#part(s, count, count, count, count))
    }
    return this.#perSecond(parts, { variance: 0, jump: 0 }, this.count(...columns))
  }

  /** A sum a second, times `factor`: its samples, sum and squares are in these columns. */
  sumRate(count: number, sum: number, squares: number, largest: number, factor = 1): Measure {
    const parts: Part[] = []
    const spread = new SpreadSum()
    for (let s = 0; s < this.#scales.length; s++) {
      const n = this.#of(s, count)
      if (n === 0) continue
      parts.push(this.#part(s, n, n, this.#of(s, sum), this.#of(s, squares)))
      spread.add(n, n, this.#of(s, sum), this.#of(s, squares))
    }
    const found = this.#perSecond(parts, spread.spread(largest), this.count(count))
    const times = (x: number | null): number | null => (x === null ? null : x * factor)
    if (parts.length === 0 && found.high !== null) {
      // Of which none came, each may have had any value.
      return { ...found, high: largest > 0 ? times(found.high * largest) : null }
    }
    return { ...found, value: times(found.value), low: times(found.low), high: times(found.high) }
  }

  /** Mean of a value: its samples, sum and squares are in these columns. Null without samples. */
  mean(count: number, sum: number, squares: number): Measure {
    const parts: MeanPart[] = this.#scales.flatMap(({ rate }, s) => {
      const samples = this.#of(s, count)
      return samples === 0 ? [] : [{ rate, samples, sum: this.#of(s, sum), squares: this.#of(s, squares) }]
    })
    const mean = meanOf(parts)
    if (mean === null) return unknown
    const off = mean.errorPct === null ? null : (Math.abs(mean.total) * mean.errorPct) / 100
    return {
      value: mean.total,
      errorPct: mean.errorPct,
      low: off === null ? null : mean.total - off,
      high: off === null ? null : mean.total + off,
      samples: this.count(count),
    }
  }

  /** As `quotient`, where the lower column counts samples. Its error is left out: the two are not independent. */
  quotientOf(over: number, under: number): Measure {
    return { ...unknown, value: this.quotient(over, under), samples: this.count(under) }
  }

  /** Σ N a / Σ N b over the same samples; null where b is 0. */
  quotient(over: number, under: number): number | null {
    let a = 0
    let b = 0
    for (const [s, scale] of this.#scales.entries()) {
      const rate = Number.isNaN(scale.rate) ? 1 : scale.rate
      a += rate * this.#of(s, over)
      b += rate * this.#of(s, under)
    }
    return b > 0 ? a / b : null
  }

  /**
   * Of packets in column `of`, the share that column `part` counts too. The interval is that of a binomial with as many packets
   * as give its variance, strata by stretch.
   */
  share(part: number, of: number): Measure {
    let a = 0
    let b = 0
    for (const [s, { rate }] of this.#scales.entries()) {
      if (Number.isNaN(rate)) continue
      a += rate * this.#of(s, part)
      b += rate * this.#of(s, of)
    }
    if (!(b > 0)) return unknown
    const value = a / b
    let variance = 0
    let weightSquares = 0
    for (const [s, { rate }] of this.#scales.entries()) {
      if (Number.isNaN(rate)) continue
      const p = this.#of(s, part)
      const n = this.#of(s, of)
      variance += rate * rate * (p * (1 - 2 * value) + value * value * n)
      weightSquares += rate * rate * n
    }
    const samples = this.count(of)
    // At 0 and 1 there is no variance to go by: as many as have the same weights.
    const size =
      value > 0 && value < 1 && variance > 0 ? (value * (1 - value) * b * b) / variance : (b * b) / weightSquares
    const low = countQuantile(value * size, size, 0.025) / size
    const high = countQuantile(value * size, size, 0.975) / size
    return { value, errorPct: value > 0 ? (50 * (high - low)) / value : null, low, high, samples }
  }

  #of(stretch: number, column: number): number {
    return this.sums.values[stretch * this.sums.width + column]!
  }

  #part(stretch: number, weight: number, weightSquares: number, sum: number, squares: number): Part {
    return { scale: this.#scales[stretch]!, weight, weightSquares, sum, squares, whole: false }
  }

  #perSecond(parts: readonly Part[], spread: { variance: number; jump: number }, samples: number): Measure {
    const { seconds, alike } = this.#context
    const largestRate = this.#largestRate
    // No source counts, or none with a known rate.
    if (Number.isNaN(largestRate) || !(seconds > 0)) return { ...unknown, samples }
    if (parts.length === 0)
      return { value: 0, errorPct: null, low: 0, high: (NONE_SEEN * largestRate) / seconds, samples }
    const found: Interval = sumOf(parts, { spread, largestRate, smooth: false, sampleWeight: 1, agents: alike })
    if (Number.isNaN(found.total)) return { ...unknown, samples }
    const per = (x: number | null): number | null => (x === null ? null : x / seconds)
    return {
      value: found.total / seconds,
      errorPct: found.errorPct,
      low: per(found.low),
      high: per(found.high),
      samples,
    }
  }
}
