// Owns estimates: sums of samples, by stretch, into a total and its 95 % interval. Pure; knows no window. Start at sumOf.

import { gammaQuantile, normalQuantile, student95, Z95 } from './quantiles.ts'
import type { Scale } from './scale.ts'

/** Below so many samples the interval is the exact one of counts. */
export const FEW_SAMPLES = 30

/** Sums of one value in one stretch. */
export interface Part {
  readonly scale: Scale
  /** Samples, weights added. */
  readonly samples: number
  /** Σ s and Σ s² of the value s of each sample; 1 for frames. */
  readonly sum: number
  readonly squares: number
}

export interface SumContext {
  /** The largest value of a sample; 1 for frames. */
  readonly largest: number
  /** The largest rate of all stretches that such samples may come from. */
  readonly largestRate: number
  readonly smooth: boolean
  /** Agents that saw about as much of the flow: the busiest was chosen among them, so that low ends are to be lower. */
  readonly agents: number
}

/**
 * A part of a flow at a source where no sample met it may weigh as much as that source's rate; but most sources see nothing
 * of it. So far beyond the rates that it was met at is taken as possible.
 */
const UNSEEN_RATE = 4

export interface Interval {
  readonly total: number
  readonly errorPct: number | null
  readonly low: number | null
  readonly high: number | null
}

/**
 * An additive value: total = Σ N Σs over stretches, whose variances add.
 *
 * Of a stretch with n samples of P packets, of which c are of the flow: N² (Σs² - (Σs)²/n), which for frames (s = 1) is
 * N² c (1-p), p = c/n: 196 √((1-p)/c) percent. Where P itself is only known by the number of samples that were taken,
 * G of them at random, N² (Σs)²/G comes on top: without loss 196 √(1/c), for octets 196 √Σs² / Σs. Where every packet
 * was sampled (N = 1) nothing is left to chance.
 *
 * For values other than frames the quantile is Student's with the degrees of freedom of so many equal samples, (Σs)²/Σs².
 *
 * Below 30 samples: the gamma interval for weighted counts (M. Fay, E. Feuer, Statistics in Medicine 16, 1997), the exact
 * Poisson interval where all weights are equal.
 *
 * Samples of unknown scale are in no total; where all are, it is NaN.
 * @see sflow5.md 1.9
 */
export function sumOf(parts: readonly Part[], context: SumContext): Interval {
  const { largest, largestRate, smooth, agents } = context
  let total = 0
  let samples = 0
  let variance = 0
  let poisson = 0
  let unseen = 0
  let ownRate = 0
  let sums = 0
  let allSquares = 0
  let known = parts.length === 0
  for (const { scale, samples: c, sum, squares } of parts) {
    const { rate } = scale
    if (Number.isNaN(rate)) continue
    known = true
    const square = rate * rate
    total += rate * sum
    samples += c
    poisson += square * squares
    unseen += square * squares * scale.unseen
    ownRate = Math.max(ownRate, rate)
    sums += sum
    allSquares += squares
    if (smooth || scale.received === 0) {
      variance += square * squares * scale.unseen
      continue
    }
    const ofKnown = Math.max(0, squares - (sum * sum) / scale.received) * scale.unseen
    variance += square * (ofKnown + (scale.counted ? 0 : ((sum * sum) / scale.taken) * scale.random))
  }
  if (!known) total = Number.NaN
  if (!(total > 0)) return { total, errorPct: null, low: null, high: null }
  // 1 where all samples weigh the same.
  const evenness = allSquares > 0 ? (sums * sums) / (samples * allSquares) : 1
  const effective = (total * total) / poisson
  const isEven = evenness > 0.999
  // A sum that is too high by chance has too large a variance too: of the highest of several no more is needed.
  const half = (isEven || agents > 1 ? Z95 : student95(effective - 1)) * Math.sqrt(variance)
  if (samples >= FEW_SAMPLES && agents === 1) {
    return { total, errorPct: (100 * half) / total, low: null, high: null }
  }
  // What is left of 5 % is shared by the agents' low ends, as their high ends can hardly all fail; as far as the value
  // goes with the count of samples, by which the agent was chosen.
  const chosen = agents === 1 ? 0 : (1 - 0.95 ** (1 / agents) - 0.025) * evenness
  const miss = 0.025 + chosen
  if (samples >= FEW_SAMPLES) {
    const below = (half * normalQuantile(miss)) / -Z95
    return interval(total, Math.max(0, total - below), total + half)
  }
  const shrink = Math.sqrt(unseen / poisson)
  const low = (poisson / total) * gammaQuantile(effective, miss)
  const heaviest = largest * Math.min(largestRate, UNSEEN_RATE * ownRate)
  const spread = poisson + heaviest * heaviest
  const high = (spread / (total + heaviest)) * gammaQuantile((total + heaviest) ** 2 / spread, 0.975)
  return interval(total, total - (total - low) * shrink, total + (high - total) * shrink)
}

function interval(total: number, low: number, high: number): Interval {
  return { total, errorPct: (50 * (high - low)) / total, low, high }
}

/** A mean of samples that stand for different numbers of packets: Σ N Σv / Σ N n. */
export interface MeanPart {
  readonly rate: number
  readonly samples: number
  readonly sum: number
  readonly squares: number
}

/** @returns null where no sample has the value; errorPct null for a single one */
export function meanOf(parts: readonly MeanPart[]): Interval | null {
  let weight = 0
  let sum = 0
  let samples = 0
  for (const part of parts) {
    // A stretch without known rate counts as it is: means need no scale where there is one stretch only.
    const rate = Number.isNaN(part.rate) ? 1 : part.rate
    weight += rate * part.samples
    sum += rate * part.sum
    samples += part.samples
  }
  if (weight === 0) return null
  const mean = sum / weight
  let variance = 0
  for (const { rate, samples: n, sum: s, squares } of parts) {
    const known = Number.isNaN(rate) ? 1 : rate
    variance += known * known * Math.max(0, squares - 2 * mean * s + mean * mean * n)
  }
  const certain = samples > 1 && mean !== 0
  const deviation = Math.sqrt((variance * samples) / Math.max(1, samples - 1)) / weight
  const errorPct = certain ? (100 * student95(samples - 1) * deviation) / Math.abs(mean) : null
  return { total: mean, errorPct, low: null, high: null }
}

/** Distinct values: exact at level 0; else `kept` of a random part of one in 2^level. */
export function distinctOf(kept: number, level: number): Interval {
  if (level === 0) return { total: kept, errorPct: kept > 0 ? 0 : null, low: null, high: null }
  const part = 2 ** -level
  const total = kept / part
  if (kept === 0) return { total: Number.NaN, errorPct: null, low: 1, high: gammaQuantile(1, 0.975) / part }
  if (kept >= FEW_SAMPLES) {
    return { total, errorPct: 100 * Z95 * Math.sqrt((1 - part) / kept), low: null, high: null }
  }
  return interval(total, gammaQuantile(kept, 0.025) / part, gammaQuantile(kept + 1, 0.975) / part)
}
