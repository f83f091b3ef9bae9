// Owns exact sums over event times at one frequency and its harmonics, by block of the window: from them the frequency is
// refined, its error told, and halves and blocks compared. See period.ts for the folder. Start at Blocks.

import { type Events, HARMONICS, type Spectrum, trendAt, usualAt } from './spectrum.ts'

const BLOCKS = 64
/** Blocks whose phases are compared for the error. */
const GROUPS = 8
/** Student's t at 95 % for GROUPS - 2 degrees of freedom, and that of a normal number. */
const STUDENT = 2.447
const NORMAL = 1.96
/** Relative to the natural step 1/T: how far from the grid's best the exact best can be. */
const REFINE = 0.06
const REFINE_ROUNDS = 24
/** Harmonics of less power, which noise has once in 100, say nothing of where steps begin. */
const LEAST_POWER = 16
const GOLDEN = (Math.sqrt(5) - 1) / 2
const TURN = 2 * Math.PI

export interface Refined {
  readonly hz: number
  /** ± at 95 %. */
  readonly errorHz: number
  /** What it would be if samples were independent and steps all alike. */
  readonly leastErrorHz: number
  /** Power of the second half of the window over that of the first, at this frequency. */
  readonly balance: number
  /** Amplitude of the first harmonic over the mean: 0 .. 1 for traffic that only comes. */
  readonly depth: number
  /** Variance of the phases of eighths of the window, in cycles squared: of the first harmonic, about this frequency. */
  readonly wander: number
  /** Cycles by which the second half is ahead of the first. */
  readonly slipCycles: number
}

/** Complex sums Σ w exp(i 2π k f t), without the trend, of each block of a window. */
export class Blocks {
  readonly #re = new Float64Array(BLOCKS * HARMONICS)
  readonly #im = new Float64Array(BLOCKS * HARMONICS)
  readonly #shares = new Float64Array(HARMONICS)
  #seconds = 1
  #hz = 1
  #harmonics = 1
  #squares = 1
  #weight = 1

  /** The frequency of most power near `hz`, from exact event times, with its error. */
  refine(events: Events, spectrum: Spectrum, hz: number, harmonics: number): Refined {
    this.#sum(events, spectrum, hz, harmonics)
    const reach = REFINE / this.#seconds
    let low = -reach
    let high = reach
    for (let round = 0; round < REFINE_ROUNDS; round++) {
      const span = (high - low) * GOLDEN
      if (this.#score(high - span) > this.#score(low + span)) high = low + span
      else low = high - span
    }
    const shift = (low + high) / 2
    this.#sum(events, spectrum, hz + shift, harmonics)
    const first = this.#power(0, BLOCKS / 2)
    const second = this.#power(BLOCKS / 2, BLOCKS)
    const [re, im] = this.#total(0, 0, BLOCKS)
    return {
      hz: hz + shift,
      errorHz: this.#error(),
      leastErrorHz: NORMAL * this.#leastError(),
      balance: second / first,
      depth: Math.hypot(re, im) / this.#weight,
      wander: this.#wander(),
      slipCycles: this.#slip(),
    }
  }

  #sum(events: Events, spectrum: Spectrum, hz: number, harmonics: number): void {
    const re = this.#re.fill(0)
    const im = this.#im.fill(0)
    const { from, seconds, trend } = spectrum
    const { times, weights, count } = events
    const perBlock = seconds / BLOCKS
    for (let i = 0; i < count; i++) {
      const t = times[i]! - from
      const block = Math.floor(t / perBlock)
      if (!(block >= 0 && block < BLOCKS)) continue
      const angle = TURN * hz * t
      const c = Math.cos(angle)
      const s = Math.sin(angle)
      let x = weights[i]!
      let y = 0
      const at = block * HARMONICS
      for (let k = 0; k < harmonics; k++) {
        const next = x * c - y * s
        y = x * s + y * c
        x = next
        re[at + k]! += x
        im[at + k]! += y
      }
    }
    for (let block = 0; block < BLOCKS; block++) {
      const middle = (block + 0.5) * perBlock
      const level = trendAt(trend, (2 * middle) / seconds - 1) * perBlock
      for (let k = 0; k < harmonics; k++) {
        const turns = (k + 1) * hz
        const part = level * sinc(turns * perBlock)
        re[block * HARMONICS + k]! -= part * Math.cos(TURN * turns * middle)
        im[block * HARMONICS + k]! -= part * Math.sin(TURN * turns * middle)
      }
    }
    for (let k = 0; k < harmonics; k++) this.#shares[k] = 1 / usualAt(spectrum, (k + 1) * hz)
    this.#seconds = seconds
    this.#hz = hz
    this.#harmonics = harmonics
    this.#squares = spectrum.squares
    this.#weight = spectrum.weight
  }

  /** Sum of one harmonic (from 0) over blocks, at a frequency this far from that of the sums. */
  #total(k: number, from: number, to: number, shift = 0): readonly [number, number] {
    let re = 0
    let im = 0
    for (let block = from; block < to; block++) {
      const x = this.#re[block * HARMONICS + k]!
      const y = this.#im[block * HARMONICS + k]!
      const angle = TURN * (k + 1) * shift * ((block + 0.5) / BLOCKS - 0.5) * this.#seconds
      const c = Math.cos(angle)
      const s = Math.sin(angle)
      re += x * c - y * s
      im += x * s + y * c
    }
    return [re, im]
  }

  #score(shift: number): number {
    let sum = 0
    for (let k = 0; k < this.#harmonics; k++) {
      const [re, im] = this.#total(k, 0, BLOCKS, shift)
      sum += (re * re + im * im) * this.#shares[k]!
    }
    return sum
  }

  #power(from: number, to: number): number {
    let sum = 0
    for (let k = 0; k < this.#harmonics; k++) {
      const [re, im] = this.#total(k, from, to)
      sum += (re * re + im * im) * this.#shares[k]!
    }
    return sum
  }

  /** Radians of the first harmonic by which blocks are ahead of all, and the weight of that. */
  #ahead(from: number, to: number): readonly [number, number] {
    let along = 0
    let across = 0
    for (let k = 0; k < this.#harmonics; k++) {
      const [allRe, allIm] = this.#total(k, 0, BLOCKS)
      const [re, im] = this.#total(k, from, to)
      const share = this.#shares[k]! * (k + 1)
      across += share * (im * allRe - re * allIm)
      along += share * (k + 1) * (re * allRe + im * allIm)
    }
    return along > 0 ? [across / along, along] : [0, 0]
  }

  #wander(): number {
    let apart = 0
    for (let g = 0; g < GROUPS; g++) {
      const [re, im] = this.#total(0, (g * BLOCKS) / GROUPS, ((g + 1) * BLOCKS) / GROUPS)
      apart += Math.hypot(re, im)
    }
    const [re, im] = this.#total(0, 0, BLOCKS)
    return apart > 0 ? (-2 * Math.log(Math.min(1, Math.hypot(re, im) / apart))) / TURN ** 2 : 0
  }

  #slip(): number {
    const [first] = this.#ahead(0, BLOCKS / 2)
    const [second] = this.#ahead(BLOCKS / 2, BLOCKS)
    return (second - first) / TURN
  }

  /**
   * By how phases of eighths of the window lie about a line, and by what independent samples have at least. Where the phase
   * wanders, what lies about the line is alike from one to the next: then it is steps that vary, and their mean is less certain.
   */
  #error(): number {
    const phases: number[] = []
    const weights: number[] = []
    const step = BLOCKS / GROUPS
    for (let g = 0; g < GROUPS; g++) {
      const [phase, weight] = this.#ahead(g * step, (g + 1) * step)
      phases.push(phase)
      weights.push(weight)
    }
    const span = this.#seconds / GROUPS
    const at = (g: number): number => (g - (GROUPS - 1) / 2) * span
    const slopeOf = (without: number): number => {
      let n = 0
      let x = 0
      let y = 0
      let xx = 0
      let xy = 0
      for (let g = 0; g < GROUPS; g++) {
        if (g === without) continue
        const w = weights[g]!
        n += w
        x += w * at(g)
        y += w * phases[g]!
        xx += w * at(g) ** 2
        xy += w * at(g) * phases[g]!
      }
      return (n * xy - x * y) / (n * xx - x * x)
    }
    const slopes = phases.map((_, g) => slopeOf(g))
    const middle = slopes.reduce((sum, slope) => sum + slope, 0) / GROUPS
    const scatter = slopes.reduce((sum, slope) => sum + (slope - middle) ** 2, 0) * ((GROUPS - 1) / GROUPS)
    const byScatter = (STUDENT * Math.sqrt(scatter)) / TURN
    const all = slopeOf(-1)
    const rest = phases.map((phase, g) => phase - all * at(g))
    let steps = 0
    for (let g = 1; g < GROUPS; g++) steps += (rest[g]! - rest[g - 1]!) ** 2
    const level = rest.reduce((sum, r) => sum + r, 0) / GROUPS
    const apart = rest.reduce((sum, r) => sum + (r - level) ** 2, 0) / (GROUPS - 2)
    const isWandering = steps < GROUPS * apart
    const byWander = isWandering ? (STUDENT * Math.sqrt(steps / (GROUPS - 1) / (GROUPS - 1))) / span / TURN : 0
    // Eighths scatter less than they should by chance as often as more: neither alone holds the truth in 95 of 100.
    return Math.hypot(Math.max(byScatter, byWander), NORMAL * this.#leastError())
  }

  /** Standard error of the frequency of independent samples (Cramér and Rao). */
  #leastError(): number {
    let known = 0
    for (let k = 0; k < this.#harmonics; k++) {
      const [re, im] = this.#total(k, 0, BLOCKS)
      const power = (2 * (re * re + im * im)) / this.#squares
      if (power >= LEAST_POWER) known += (k + 1) ** 2 * (power - 2)
    }
    return known > 0 ? Math.sqrt(12 / known) / (TURN * this.#seconds) : this.#hz
  }
}

function sinc(x: number): number {
  const angle = Math.PI * x
  return Math.abs(angle) < 1e-9 ? 1 : Math.sin(angle) / angle
}
