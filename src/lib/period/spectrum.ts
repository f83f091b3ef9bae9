// Owns the power spectrum of event times, measured against what is usual around each frequency. Knows no period. See
// period.ts for the folder. Start at spectrumOf.

import type { Workspace } from './workspace.ts'

/** Event times in seconds on any clock, each with a weight. In any order. */
export interface Events {
  readonly times: Float64Array
  readonly weights: Float64Array
  /** So many at the start of both arrays. */
  readonly count: number
}

/** Fine enough for the 20th harmonic of 5 Hz. */
export const BIN_SECONDS = 0.005
/** The slow trend is a polynomial of this degree. */
export const TREND_TERMS = 4
/** Points of the transform per natural frequency step 1/T: with 4, the nearest point has at least 0.95 of a line's power. */
const OVERSAMPLING = 4
/** Above so many bins half of that, as the longest transform takes longest. */
const LONG_BINS = 65_536
/** What is usual is known at frequencies this far apart, and from those within this factor of each. */
const KNOT_RATIO = 1.25
const NEAR_RATIO = 1.6
/** At least so many natural steps to each side, and at most so many values. */
const NEAR_STEPS = 9
const MOST_VALUES = 256
/** Harmonics are looked at up to this many; and up to one for so many samples, because pairs that lie close have them all. */
export const HARMONICS = 20
const SAMPLES_PER_HARMONIC = 12
/** The median of the power of noise, whose mean is 2. */
const NOISE_MEDIAN = 2 * Math.LN2

export interface Spectrum {
  readonly from: number
  readonly seconds: number
  /** Hz from one point to the next. */
  readonly stepHz: number
  readonly points: number
  /** Power over what is usual at its frequency; noise has a mean of 2. Valid until the workspace's next search. */
  readonly white: Float64Array
  /** Coefficients of Legendre polynomials over the window: weight a second. */
  readonly trend: Float64Array
  readonly weight: number
  /** Sum of squares of the weights. */
  readonly squares: number
  readonly count: number
  /** So many harmonics are told by so many samples, 2 .. HARMONICS. */
  readonly harmonics: number
  /** What is usual, over that of independent samples, which is 1; at knots from knotHz on, each KNOT_RATIO further. */
  readonly knots: Float64Array
  readonly knotHz: number
}

/** Value of a Legendre polynomial of degree 0 .. 3 at -1 .. 1. */
function legendre(degree: number, x: number): number {
  if (degree === 0) return 1
  if (degree === 1) return x
  return degree === 2 ? 1.5 * x * x - 0.5 : 2.5 * x * x * x - 1.5 * x
}

/** Weight a second by the trend, at -1 .. 1 of the window. */
export function trendAt(trend: Float64Array, x: number): number {
  let sum = 0
  for (let degree = 0; degree < TREND_TERMS; degree++) sum += trend[degree]! * legendre(degree, x)
  return sum
}

/**
 * Bins the events of a window, takes the slow trend away and transforms. Null where fewer than two events are in it.
 * @param from start of the window, on the events' clock
 */
export function spectrumOf(events: Events, from: number, seconds: number, workspace: Workspace): Spectrum | null {
  const bins = Math.ceil(seconds / BIN_SECONDS)
  const oversampling = bins > LONG_BINS ? OVERSAMPLING / 2 : OVERSAMPLING
  const size = 2 ** Math.ceil(Math.log2(bins * oversampling))
  const input = workspace.input(size)
  const { times, weights } = events
  let weight = 0
  let squares = 0
  let count = 0
  for (let i = 0; i < events.count; i++) {
    const bin = Math.floor((times[i]! - from) / BIN_SECONDS)
    if (!(bin >= 0 && bin < bins)) continue
    const w = weights[i]!
    input[bin]! += w
    weight += w
    squares += w * w
    count++
  }
  if (count < 2 || !(squares > 0)) return null
  const trend = takeTrend(input, bins)
  const output = workspace.transform(input, size)
  const points = size >> 1
  const white = workspace.power(points)
  const scale = 2 / squares
  for (let i = 0; i < points; i++) white[i] = (output[2 * i]! ** 2 + output[2 * i + 1]! ** 2) * scale
  const stepHz = 1 / (size * BIN_SECONDS)
  const knotHz = 1.5 / seconds
  const knots = usual(white, points, stepHz, seconds, knotHz, workspace)
  whiten(white, points, stepHz, knots, knotHz)
  const told = Math.round(weight ** 2 / squares / SAMPLES_PER_HARMONIC)
  const harmonics = Math.min(HARMONICS, Math.max(2, told))
  return { from, seconds, stepHz, points, white, trend, weight, squares, count, harmonics, knots, knotHz }
}

/** Subtracts the trend from bins; gives its coefficients, a second. */
function takeTrend(input: Float64Array, bins: number): Float64Array {
  const trend = new Float64Array(TREND_TERMS)
  for (let i = 0; i < bins; i++) {
    const value = input[i]!
    if (value === 0) continue
    const x = (2 * i + 1) / bins - 1
    for (let degree = 0; degree < TREND_TERMS; degree++) trend[degree]! += value * legendre(degree, x)
  }
  for (let degree = 0; degree < TREND_TERMS; degree++) trend[degree]! *= (2 * degree + 1) / bins
  for (let i = 0; i < bins; i++) input[i]! -= trendAt(trend, (2 * i + 1) / bins - 1)
  for (let degree = 0; degree < TREND_TERMS; degree++) trend[degree]! /= BIN_SECONDS
  return trend
}

/**
 * What is usual around each knot: the median of the power near it, once the overall slope is out (traffic in bursts of all
 * lengths has more power at low frequencies), and never less than that of independent samples.
 */
function usual(
  power: Float64Array,
  points: number,
  stepHz: number,
  seconds: number,
  knotHz: number,
  workspace: Workspace,
): Float64Array {
  const topHz = points * stepHz
  const count = Math.max(2, Math.ceil(Math.log(topHz / knotHz) / Math.log(KNOT_RATIO)) + 1)
  const knots = new Float64Array(count)
  const sorted = workspace.sorted(MOST_VALUES * 2)
  const slope = slopeOf(power, stepHz, seconds)
  for (let k = 0; k < count; k++) {
    const hz = Math.min(knotHz * KNOT_RATIO ** k, topHz * 0.98)
    const least = Math.max(knotHz, Math.min(hz / NEAR_RATIO, hz - NEAR_STEPS / seconds))
    const most = Math.min(topHz, Math.max(hz * NEAR_RATIO, least + (2 * NEAR_STEPS) / seconds))
    const step = Math.max(0.5 / seconds, (most - least) / MOST_VALUES)
    let n = 0
    for (let at = least; at < most && n < sorted.length; at += step) {
      const point = Math.min(Math.round(at / stepHz), points - 1)
      sorted[n++] = power[point]! * (at / hz) ** slope
    }
    const values = sorted.subarray(0, n)
    values.sort()
    knots[k] = Math.max(1, values[n >> 1]! / NOISE_MEDIAN)
  }
  return knots
}

/** Power falls with frequency to this exponent, 0 .. 2, over the lowest frequencies: by medians of two stretches. */
function slopeOf(power: Float64Array, stepHz: number, seconds: number): number {
  const median = (from: number, to: number): number => {
    const values: number[] = []
    for (let j = from; j <= to; j++) values.push(Math.max(2, power[Math.round(j / seconds / stepHz)] ?? 2))
    return values.sort((a, b) => a - b)[values.length >> 1]!
  }
  const slope = Math.log(median(2, 8) / median(16, 48)) / Math.log(30 / 4.5)
  return Math.min(2, Math.max(0, slope))
}

function whiten(power: Float64Array, points: number, stepHz: number, knots: Float64Array, knotHz: number): void {
  const perLog = 1 / Math.log(KNOT_RATIO)
  let left = 0
  let from = 0
  let to = 0
  let reached = -1
  for (let i = 0; i < points; i++) {
    const at = i * stepHz
    if (at > reached) {
      const place = Math.max(0, Math.log(Math.max(at, knotHz) / knotHz) * perLog)
      left = Math.min(knots.length - 2, Math.floor(place))
      from = 1 / knots[left]!
      to = 1 / knots[left + 1]!
      reached = knotHz * KNOT_RATIO ** (left + 1)
    }
    const start = knotHz * KNOT_RATIO ** left
    const share = Math.min(1, Math.max(0, (at - start) / (reached - start)))
    power[i]! *= from + (to - from) * share
  }
}

/** What is usual at a frequency. */
export function usualAt(spectrum: Spectrum, hz: number): number {
  const { knots, knotHz } = spectrum
  const place = Math.max(0, Math.log(Math.max(hz, knotHz) / knotHz) / Math.log(KNOT_RATIO))
  const left = Math.min(knots.length - 2, Math.floor(place))
  const start = knotHz * KNOT_RATIO ** left
  const share = Math.min(1, Math.max(0, (hz - start) / (start * (KNOT_RATIO - 1))))
  return 1 / (1 / knots[left]! + (1 / knots[left + 1]! - 1 / knots[left]!) * share)
}
