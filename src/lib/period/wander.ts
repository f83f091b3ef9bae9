// Owns when each step's traffic came, followed from step to step, and from that the mean step where steps vary in length, so that
// phases wander. See period.ts for the folder. Start at Wander.follow.

import type { Events } from './spectrum.ts'

/** Cells of a step, and of all. */
const CELLS = 64
const MOST_CELLS = 1 << 18
const TURN = 2 * Math.PI
/** Fewer steps don't show how much they vary. */
const LEAST_STEPS = 6
/** A step's place is the middle of one period around where it is expected; around that again so often. */
const ROUNDS = 3
/** Traffic that is spread this evenly over a step has no place (length of its mean vector, 0 .. 1); more such steps than this share: none has. */
const LEAST_VECTOR = 0.15
const MOST_LOST = 0.2
/** What is tried: how much more than by independent samples a place is wrong, and standard deviations of a step over its mean. */
const NOISES = [1, 1.4, 2, 3, 5, 8] as const
const JITTERS = [0, 0.002, 0.004, 0.007, 0.01, 0.014, 0.02, 0.03, 0.04, 0.055, 0.075, 0.1, 0.14, 0.2] as const
/** So much more likely (difference of logarithms) with than without: steps vary. */
const EVIDENCE = 2.5
/** And where places are wrong by so much more than samples explain, steps may vary as well. */
const UNEXPLAINED = 2
/**
 * Which steps belong to a window, and where in them their traffic lies, is known to one or two of them: standard deviations of a step
 * by which the sum of all is uncertain. By the cases with jitter.
 */
const EDGES = 1.5
const NORMAL = 1.96

export interface Wandering {
  /** Mean of the steps in the window. */
  readonly meanSeconds: number
  /** ± at 95 %. */
  readonly errorSeconds: number
  /** Standard deviation of a step over its mean. */
  readonly jitter: number
}

export class Wander {
  #cells = new Float64Array(0)
  #length = 0
  #perSecond = 1
  /** Vector around a place: its parts, and the weight there. */
  #re = 0
  #im = 0
  #weight = 0
  readonly #places: number[] = []
  readonly #variances: number[] = []

  /**
   * Follows the traffic from step to step and says how steps vary; null where they don't by what can be told, or where traffic can't
   * be followed. A place is y = x + noise, x goes on by a step that varies: distances of places have a covariance of three diagonals
   * (σ² + 2 m², -m²), by which their mean is taken, for all σ and m that are likely.
   * @param effective independent samples in the window
   */
  follow(
    events: Events,
    from: number,
    seconds: number,
    periodSeconds: number,
    effective: number,
    weight: number,
  ): Wandering | null {
    this.#fill(events, from, seconds, periodSeconds)
    if (!this.#track(effective / weight)) return null
    const places = this.#places
    const n = places.length - 1
    if (n < LEAST_STEPS) return null
    const distances = new Float64Array(n)
    let noise = 0
    for (let i = 0; i < n; i++) distances[i] = places[i + 1]! - places[i]!
    for (const variance of this.#variances) noise += variance / (n + 1)
    return weigh(distances, noise, periodSeconds)
  }

  #fill(events: Events, from: number, seconds: number, periodSeconds: number): void {
    this.#perSecond = CELLS / periodSeconds
    this.#length = Math.min(Math.floor(seconds * this.#perSecond), MOST_CELLS)
    if (this.#cells.length < this.#length) this.#cells = new Float64Array(this.#length)
    const cells = this.#cells.fill(0, 0, this.#length)
    for (let i = 0; i < events.count; i++) {
      const cell = Math.floor((events.times[i]! - from) * this.#perSecond)
      if (cell >= 0 && cell < this.#length) cells[cell]! += events.weights[i]!
    }
  }

  /** Places of all steps, in steps, from the middle of the window on and back. @param scale independent samples by weight */
  #track(scale: number): boolean {
    const places = this.#places
    const variances = this.#variances
    places.length = 0
    variances.length = 0
    const half = CELLS / 2
    let lost = 0
    const start = this.#center(this.#length / 2)
    for (const direction of [-1, 1] as const) {
      let at = direction < 0 ? start : (places.at(-1) ?? start) + CELLS
      for (; at >= half && at <= this.#length - half; at += direction * CELLS) {
        const found = this.#center(at)
        const vector = Math.hypot(this.#re, this.#im) / this.#weight
        // A step further off is another one: following it could go to and fro for ever.
        if (vector >= LEAST_VECTOR && Math.abs(found - at) < half) at = found
        else lost++
        places.push(at)
        const samples = Math.max(1, this.#weight * scale)
        variances.push(1 / (2 * samples * Math.max(vector, LEAST_VECTOR) ** 2) / TURN ** 2)
      }
      if (direction < 0) places.reverse()
    }
    for (let i = 0; i < places.length; i++) places[i]! /= CELLS
    return lost <= MOST_LOST * places.length
  }

  /** The middle of the traffic of one step around a place, in cells. */
  #center(place: number): number {
    let at = place
    for (let round = 0; round < ROUNDS; round++) {
      const first = Math.round(at - CELLS / 2)
      let re = 0
      let im = 0
      let weight = 0
      for (let i = Math.max(0, first); i < Math.min(this.#length, first + CELLS); i++) {
        const w = this.#cells[i]!
        if (w === 0) continue
        const angle = (TURN * (i + 0.5 - at)) / CELLS
        re += w * Math.cos(angle)
        im += w * Math.sin(angle)
        weight += w
      }
      this.#re = re
      this.#im = im
      this.#weight = Math.max(weight, Number.MIN_VALUE)
      if (weight === 0) return place
      at += (Math.atan2(im, re) / TURN) * CELLS
    }
    return at
  }
}

/** Mean and error over all noises and jitters by how likely they are. @param distances in steps */
function weigh(distances: Float64Array, noise: number, periodSeconds: number): Wandering | null {
  const n = distances.length
  const all: { log: number; mean: number; variance: number; jitter: number }[] = []
  let steady = Number.NEGATIVE_INFINITY
  let steadyNoise = 1
  let most = Number.NEGATIVE_INFINITY
  for (const jitter of JITTERS) {
    for (const factor of NOISES) {
      const { log, mean, information } = fit(distances, jitter ** 2, noise * factor ** 2)
      const variance = Math.max(0, 1 / information - jitter ** 2 / n) + ((EDGES * jitter) / n) ** 2
      all.push({ log, mean, variance, jitter })
      if (jitter === 0 && log > steady) {
        steady = log
        steadyNoise = factor
      }
      most = Math.max(most, log)
    }
  }
  if (!(most - steady > EVIDENCE) && steadyNoise < UNEXPLAINED) return null
  let sum = 0
  let mean = 0
  let jitter = 0
  for (const one of all) {
    const w = Math.exp(one.log - most)
    sum += w
    mean += w * one.mean
    jitter += w * one.jitter
  }
  mean /= sum
  let variance = 0
  for (const one of all) variance += Math.exp(one.log - most) * (one.variance + (one.mean - mean) ** 2)
  return {
    meanSeconds: mean * periodSeconds,
    errorSeconds: NORMAL * Math.sqrt(variance / sum) * periodSeconds,
    jitter: jitter / sum,
  }
}

/** Generalized least squares of distances that have one mean, with diagonals v + 2 m and -m: elimination from the top. */
function fit(
  distances: Float64Array,
  v: number,
  m: number,
): { readonly log: number; readonly mean: number; readonly information: number } {
  let pivot = 1
  let ones = 0
  let values = 0
  let oneOne = 0
  let oneValue = 0
  let valueValue = 0
  let determinant = 0
  for (let i = 0; i < distances.length; i++) {
    const factor = i === 0 ? 0 : -m / pivot
    pivot = v + 2 * m + (i === 0 ? 0 : factor * m)
    ones = 1 - factor * ones
    values = distances[i]! - factor * values
    oneOne += (ones * ones) / pivot
    oneValue += (ones * values) / pivot
    valueValue += (values * values) / pivot
    determinant += Math.log(pivot)
  }
  const mean = oneValue / oneOne
  const rest = valueValue - mean * oneValue
  return { mean, information: oneOne, log: -(determinant + Math.log(oneOne) + rest) / 2 }
}
