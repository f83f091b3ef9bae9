// Owns sample times of made-up traffic with and without a cycle: the cases of period.md section 3. Knows no method.
// Start at burstTimes and nullTimes.

import { Random } from '../bench/random.ts'

/** One burst of a step: from `at` on for `on`, as shares of the step. */
export interface BurstShape {
  readonly at: number
  readonly on: number
}

export interface StepOptions {
  /** Seconds. */
  readonly step: number
  /** Of the whole step, on average. */
  readonly samplesPerStep: number
  readonly bursts: readonly BurstShape[]
  readonly seconds: number
  /** Standard deviation of one step's length, as a share of it; each step is drawn by itself, so phases wander. */
  readonly stepJitter?: number
  /** Relative change of the step's length in the whole time. */
  readonly drift?: number
  /** Samples between bursts, a second. */
  readonly background?: number
}

export interface Truth {
  /** Seconds, ordered. */
  readonly times: Float64Array
  /** Start of each step. */
  readonly starts: readonly number[]
}

/** A normal number. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
}

/** Times of a Poisson process of this rate from `from` on for `length`. */
function poisson(random: Random, rate: number, from: number, length: number, into: number[]): void {
  if (!(rate > 0)) return
  const gap = (): number => -Math.log(1 - random.unit()) / rate
  for (let t = gap(); t < length; t += gap()) into.push(from + t)
}

/** Poisson samples of on/off bursts, the first step beginning somewhere in the first step. */
export function burstTimes(seed: number, options: StepOptions): Truth {
  const { step, samplesPerStep, bursts, seconds, stepJitter = 0, drift = 0, background = 0 } = options
  const random = new Random(seed)
  const times: number[] = []
  const starts: number[] = []
  const on = bursts.reduce((sum, burst) => sum + burst.on, 0)
  for (let start = -random.unit() * step; start < seconds; ) {
    const length = step * (1 + (drift * start) / seconds) * Math.max(0.3, 1 + stepJitter * normal(random))
    if (start >= 0) starts.push(start)
    for (const burst of bursts) {
      poisson(random, samplesPerStep / (on * length), start + burst.at * length, burst.on * length, times)
    }
    start += length
  }
  poisson(random, background, 0, seconds, times)
  return { times: Float64Array.from(times.filter((t) => t >= 0 && t < seconds)).sort(), starts }
}

export const nullKinds = ['poisson', 'self-similar', 'ramp', 'diurnal', 'step'] as const
export type NullKind = (typeof nullKinds)[number]

/**
 * Samples of traffic without a cycle: steady; 1–16 sources that are on and off for Pareto times (α 1.2–1.8: self-similar);
 * a ramp; a slow swing of which 0.3–1.5 are seen; a step of load up or down. Rates 1–500 a second, drawn by the seed.
 */
export function nullTimes(seed: number, kind: NullKind, seconds: number): Float64Array {
  const random = new Random(seed)
  const rate = Math.exp(random.unit() * Math.log(500))
  const times: number[] = []
  const thinned = (shape: (t: number) => number): void => {
    const all: number[] = []
    poisson(random, rate, 0, seconds, all)
    for (const t of all) if (random.unit() < shape(t)) times.push(t)
  }
  const u = random.unit()
  const v = random.unit()
  if (kind === 'poisson') poisson(random, rate, 0, seconds, times)
  else if (kind === 'ramp') thinned((t) => (u < 0.5 ? t / seconds : 1 - t / seconds) * v + (1 - v))
  else if (kind === 'diurnal') {
    const cycle = seconds / (0.3 + 1.2 * u)
    thinned((t) => 0.5 + 0.5 * Math.sin(2 * Math.PI * (t / cycle + v)))
  } else if (kind === 'step') thinned((t) => (t < u * seconds === v < 0.5 ? 1 : 0.1))
  else selfSimilar(random, rate, seconds, times)
  return Float64Array.from(times).sort()
}

function selfSimilar(random: Random, rate: number, seconds: number, times: number[]): void {
  const sources = 1 << random.below(5)
  const alpha = 1.2 + 0.6 * random.unit()
  const shortest = 0.02 * 10 ** random.unit()
  const pareto = (least: number): number => least * (1 - random.unit()) ** (-1 / alpha)
  for (let source = 0; source < sources; source++) {
    // A source is off for twice as long as it is on.
    for (let t = -pareto(shortest) * 20 * random.unit(); t < seconds; ) {
      const on = pareto(shortest)
      const from = Math.max(t, 0)
      poisson(random, (3 * rate) / sources, from, Math.min(t + on, seconds) - from, times)
      t += on + pareto(2 * shortest)
    }
  }
}
