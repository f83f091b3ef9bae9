// Owns estimates: sums of samples, by stretch, into a total and its 95 % interval. Pure; knows no window. Start at sumOf.

import { countQuantile, student95 } from './quantiles.ts'
import type { Scale } from './scale.ts'

/** Sums of one value in one stretch. `g` is the weight of a sample, 1 but for smoothed windows; `s` its value, 1 for frames. */
export interface Part {
  readonly scale: Scale
  /** Σ g and Σ g². */
  readonly weight: number
  readonly weightSquares: number
  /** Σ g s and Σ g² s². */
  readonly sum: number
  readonly squares: number
  /** All samples of the stretch are in it, whatever the chance, and each has the value 1. */
  readonly whole: boolean
}

/** How values of samples differ within one flow, by all flows of the window; see sizes.ts. Frames do not differ. */
export interface Spread {
  /** Variance of a sample's value in its flow. */
  readonly variance: number
  /** Square of how far a value is off that is off at all. */
  readonly jump: number
}

export interface SumContext {
  readonly spread: Spread
  /** The largest rate of all stretches that such samples may come from. */
  readonly largestRate: number
  readonly smooth: boolean
  /** Weight g of a sample that comes now, the largest one; 1 but for smoothed windows. */
  readonly sampleWeight: number
  /** Agents that saw about as much of the flow: the busiest was chosen among them, so that low ends are to be lower. */
  readonly agents: number
}

/** The variance of a flow's own samples counts as what so many more of the usual variance make of it. */
const USUAL_SAMPLES = 3

/**
 * A part of a flow at a source where no sample met it may weigh as much as that source's rate; but most sources see nothing
 * of it. So far beyond the rates that it was met at is taken as possible.
 */
const UNSEEN_RATE = 4

/**
 * A pool is told with samples: it measures from the last sample before a window to the last one in it. What is before the first
 * and behind the last is exponential, and their difference Laplace's: at 95 % not more than ln 20 samples.
 */
const ENDS = Math.log(20)

/** Bounds at 95 %; all null where there is nothing to estimate. */
export interface Interval {
  readonly total: number
  /** Half of what lies between low and high, percent of the total. */
  readonly errorPct: number | null
  readonly low: number | null
  readonly high: number | null
}

/**
 * An additive value: T = Σ N Σs over stretches, with the variance V = Σ N² Σs² where counts are Poisson's.
 *
 * T stands for c = T²/V equal samples (M. Fay, E. Feuer, Statistics in Medicine 16, 1997). Of a stretch with n samples of P
 * packets N² (Σs)²/n of the variance is certain, by P; for frames that is c/n = p of it. So T is like c of n equal samples,
 * n = c V / certain, and its bounds are those of such a count. For many that is 196 √((1-p)/c) percent, for few of many
 * the Poisson interval, and where nearly all samples are of the flow the exact one of the few others. Where P itself is only
 * known by G samples that were taken at random, N² (Σs)²/G is not certain: without loss all of it.
 *
 * Values of few samples may be all alike by chance: their variance is drawn to the usual one, and half a sample that is off
 * by the usual jump, of a higher rate, or (smoothed) a newer one, is added for the upper bound.
 *
 * Where the pool measures, the ends of the window are not sure, see ENDS; what has all samples by design has no other error.
 *
 * Of the variance 1 - 1/N is left to chance: where every packet was sampled nothing. Samples of unknown scale are in no
 * total; where all are, it is NaN.
 * @see sflow5.md 1.9, docs/estimates.md
 */
export function sumOf(parts: readonly Part[], context: SumContext): Interval {
  const { largestRate, smooth, sampleWeight, agents } = context
  let total = 0
  let exact = 0
  let poisson = 0
  let left = 0
  let certain = 0
  let ends = 0
  let ownRate = 0
  let weights = 0
  let weightSquares = 0
  let sums = 0
  let allSquares = 0
  let known = parts.length === 0
  for (const { scale, weight, weightSquares: w2, sum, squares, whole } of parts) {
    const { rate } = scale
    if (Number.isNaN(rate)) continue
    known = true
    total += rate * sum
    if (scale.counted && scale.received > 0) {
      ends += scale.unseen * ((ENDS * scale.gap * sum) / scale.received) ** 2
    }
    if (whole && scale.counted && !smooth) {
      exact += rate * sum
      continue
    }
    const square = rate * rate
    poisson += square * squares
    left += square * squares * scale.unseen
    ownRate = Math.max(ownRate, rate)
    weights += weight
    weightSquares += w2
    sums += sum
    allSquares += squares
    if (smooth || scale.received === 0) continue
    const counted = scale.unseen / scale.received - (scale.counted ? 0 : scale.random / scale.taken)
    certain += square * sum * sum * Math.max(0, counted)
  }
  if (!known) total = Number.NaN
  if (!(total > 0)) return { total, errorPct: null, low: null, high: null }
  const random = total - exact
  if (!(random > 0 && left > 0)) return interval(total, Math.sqrt(ends), Math.sqrt(ends))
  // Of a sample: the mean, the variance of the flow's own ones, and what is made of it. Weighted samples are worth as many as
  // have the same relative variance.
  const samples = (weights * weights) / weightSquares
  const mean = sums / weights
  const own = Math.max(0, allSquares / weightSquares - mean * mean)
  const { variance: usual, jump } = context.spread
  // What a count is made of is no heavier than a sample that is off.
  const most = Math.max(own, mean * Math.sqrt(mean * mean + jump) - mean * mean)
  const variance = Math.min(most, (own * samples + usual * USUAL_SAMPLES) / (samples - 1 + USUAL_SAMPLES))
  const wider = usual === 0 ? 1 : Math.max(1, ((mean * mean + variance) * weightSquares) / allSquares)
  const shrink = Math.sqrt(left / poisson)
  const count = (random * random) / (poisson * wider)
  const all = certain > 0 ? (count * left * wider) / certain : Number.POSITIVE_INFINITY
  const unit = random / count
  const low = unit * countQuantile(count, Math.max(count, all), missAt(agents, (mean * mean) / (mean * mean + own)))
  let high = unit * countQuantile(count, Math.max(count, all), 0.975)
  const rate = Math.min(largestRate, UNSEEN_RATE * ownRate)
  // Smoothed, it lies between those that were met and one of now.
  const heavy = rate * rate * (mean * mean + jump) * ((weightSquares / weights + sampleWeight) / 2) ** 2
  if (heavy > unit * unit * (1 + 1e-9)) {
    const t = random + Math.sqrt(heavy) / 2
    const v = poisson * wider + heavy / 2
    const more = (t * t) / v
    const of = certain > 0 ? Math.max(more, (more * all) / count) : all
    high = Math.max(high, (v / t) * countQuantile(more - 0.5, of, 0.975))
  }
  // Independent of each other: G. Zou, A. Donner, Statistics in Medicine 27, 2008 (MOVER).
  return interval(
    total,
    Math.hypot((random - low) * shrink, Math.sqrt(ends)),
    Math.hypot((high - random) * shrink, Math.sqrt(ends)),
  )
}

/**
 * Of the highest of several agents the low end is to be lower. What is left of 5 % is shared by their low ends, as their high
 * ends can hardly all fail; as far as the value goes with the count of samples, by which the agent was chosen. 4 %, as an
 * agent that saw clearly less by chance is not among them.
 */
function missAt(agents: number, evenness: number): number {
  return agents === 1 ? 0.025 : 0.025 + (1 - 0.96 ** (1 / agents) - 0.025) * evenness
}

function interval(total: number, below: number, above: number): Interval {
  const low = Math.max(0, total - below)
  const high = total + above
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

/**
 * Distinct values among the samples: all of them at level 0; else `kept` of a random part of one in 2^level, with the error of
 * that. How many there are among the packets that were not sampled is not known, so there is no error of the sampling.
 */
export function distinctOf(kept: number, level: number): Interval {
  if (level === 0) return { total: kept, errorPct: null, low: null, high: null }
  const part = 2 ** -level
  const total = kept / part
  const high = countQuantile(kept, Number.POSITIVE_INFINITY, 0.975) / part
  if (kept === 0) return { total: Number.NaN, errorPct: null, low: 1, high }
  // What was thrown away is left to chance.
  const shrink = Math.sqrt(1 - part)
  const low = countQuantile(kept, Number.POSITIVE_INFINITY, 0.025) / part
  return interval(total, (total - low) * shrink, (high - total) * shrink)
}
