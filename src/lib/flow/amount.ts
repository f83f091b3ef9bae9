// Owns amounts: estimates of the same window as sums and shares, with their errors. Knows no port. See flow.ts for the folder.
// Start at Amount.

import type { Estimate } from './rows.ts'

/** Two-sided 95 % of the standard normal distribution. */
const Z95 = 1.959963984540054
/** Two ends of an exponential distribution each: 95 % of their sum's deviation, in its mean. */
const EDGES = Z95 * Math.SQRT2

/** How many packets or bytes there were in a window. */
export interface Amount {
  readonly samples: number
  /** NaN where the scale of the samples is not known. */
  readonly total: number
  /** Bounds at 95 %. */
  readonly low: number
  readonly high: number
  /** Of `total`, by the number of these samples alone: what shares are uncertain by. */
  readonly variance: number
}

export const noAmount: Amount = Object.freeze({ samples: 0, total: 0, low: 0, high: 0, variance: 0 })

/** A share of 0 to 1 with its bounds at 95 %. */
export interface Share {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * @param samples that the estimate rests on
 * @param squares Σs²·n/(Σs)² of the samples' values s: 1 where all are alike, as of packets
 */
export function amountOf(samples: number, { total, errorPct, low, high }: Estimate, squares = 1): Amount {
  if (total === null) return { samples, total: Number.NaN, low: Number.NaN, high: Number.NaN, variance: Number.NaN }
  const half = errorPct === null ? 0 : (total * errorPct) / 100
  const rate = samples > 0 ? total / samples : 0
  // Where every packet is sampled nothing is left to chance.
  const unseen = rate > 1 ? 1 - 1 / rate : 0
  // How many packets came before the first sample and behind the last one no pool tells: about one rate each.
  const ends = rate > 1 ? EDGES * rate : 0
  const reach = Math.hypot(half, ends)
  return {
    samples,
    total,
    low: low ?? Math.max(0, total - reach),
    high: high ?? total + reach,
    variance: samples > 0 ? ((total * total) / samples) * squares * unseen : 0,
  }
}

/** Their sum: distances to bounds add in quadrature (G. Zou, Statistics in Medicine 27, 2008). Of unknown scale is none. */
export function sumOf(amounts: readonly Amount[]): Amount {
  const known = amounts.filter(({ total }) => !Number.isNaN(total))
  let samples = 0
  for (const amount of amounts) samples += amount.samples
  if (known.length === 0 && amounts.length > 0) {
    return { samples, total: Number.NaN, low: Number.NaN, high: Number.NaN, variance: Number.NaN }
  }
  let total = 0
  let below = 0
  let above = 0
  let variance = 0
  for (const amount of known) {
    total += amount.total
    below += (amount.total - amount.low) ** 2
    above += (amount.high - amount.total) ** 2
    variance += amount.variance
  }
  return { samples, total, low: Math.max(0, total - Math.sqrt(below)), high: total + Math.sqrt(above), variance }
}

/** An amount that is another one's part, as where packets are taken to be shared evenly. */
export function partOf({ samples, total, low, high, variance }: Amount, part: number): Amount {
  return {
    samples: samples * part,
    total: total * part,
    low: low * part,
    high: high * part,
    variance: variance * part * part,
  }
}

/**
 * The share of `part` in `part` and `rest`. Bounds by Wilson's score interval (Journal of the American Statistical
 * Association 22, 1927), with as many samples as have the same variance: it holds for few samples, and for none.
 * By samples where scales are not known. Null where there is nothing.
 */
export function shareOf(part: Amount, rest: Amount): Share | null {
  const scaled = !Number.isNaN(part.total + rest.total)
  const mine = scaled ? part.total : part.samples
  const others = scaled ? rest.total : rest.samples
  const whole = mine + others
  if (!(whole > 0)) return null
  const p = mine / whole
  const mineVariance = scaled ? part.variance : part.samples
  const othersVariance = scaled ? rest.variance : rest.samples
  const variance = ((1 - p) ** 2 * mineVariance + p * p * othersVariance) / (whole * whole)
  const n = variance > 0 ? (p * (1 - p)) / variance : (whole * whole) / (mineVariance + othersVariance)
  if (!(n > 0) || !Number.isFinite(n)) return { value: p, low: p, high: p }
  const z2 = Z95 * Z95
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))
  return { value: p, low: p === 0 ? 0 : Math.max(0, centre - half), high: p === 1 ? 1 : Math.min(1, centre + half) }
}
