// Owns what is usual of a number, by its last values: the baselines of sFlow-RT. Knows neither time nor what the number is.
// See period.ts for the folder. Start at Baseline.check.

/** @see ai-metrics.md section 4 */
export interface BaselineOptions {
  /** So many values are learned from. */
  readonly window: number
  /** Standard deviations from the mean that are usual. */
  readonly sensitivity: number
  /** So many values in a row outside of that are a change. */
  readonly repeat: number
}

export type BaselineStatus = 'learning' | 'normal' | 'high' | 'low'

/** Of the last values. */
export interface BaselineStatistics {
  readonly mean: number
  /** With n - 1 below. */
  readonly variance: number
  readonly sdev: number
  readonly min: number
  readonly max: number
}

/** A steady number differs from its mean by rounding, which is no change. */
const ROUNDING = 1e-9

/**
 * Keeps the last values. What sFlow-RT does not say of its own is chosen here: values outside count among the last ones too,
 * `min` and `max` are extremes of values, not limits, and the variance is that of a sample.
 */
export class Baseline {
  readonly #options: BaselineOptions
  readonly #values: Float64Array
  /** Values since the start or a reset. */
  #count = 0
  /** In a row, outside. */
  #outside = 0

  constructor(options: BaselineOptions) {
    this.#options = options
    this.#values = new Float64Array(options.window)
  }

  /** Takes a value and says how it compares with those before it. */
  check(value: number): BaselineStatus {
    const status = this.#compare(value)
    this.#values[this.#count % this.#values.length] = value
    this.#count++
    return status
  }

  #compare(value: number): BaselineStatus {
    const { window, sensitivity, repeat } = this.#options
    if (this.#count < window) return 'learning'
    const { mean, sdev } = this.#statistics()
    const off = value - mean
    if (Math.abs(off) <= sensitivity * sdev + ROUNDING * Math.abs(mean)) {
      this.#outside = 0
      return 'normal'
    }
    if (++this.#outside < repeat) return 'normal'
    return off > 0 ? 'high' : 'low'
  }

  /** Null while it is learning. */
  statistics(): BaselineStatistics | null {
    return this.#count < this.#options.window ? null : this.#statistics()
  }

  reset(): void {
    this.#count = 0
    this.#outside = 0
  }

  #statistics(): BaselineStatistics {
    const values = this.#values
    const n = values.length
    let sum = 0
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (let i = 0; i < n; i++) {
      const value = values[i]!
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    }
    const mean = sum / n
    let squares = 0
    for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2
    const variance = n > 1 ? squares / (n - 1) : 0
    return { mean, variance, sdev: Math.sqrt(variance), min, max }
  }
}
