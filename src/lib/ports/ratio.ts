// Owns the comparison of sampled with counted traffic. See ports.ts for the folder. Start at sampledRatio.

import type { Scaled } from './sampled-sums.ts'
import type { SampledRatio } from './snapshot.ts'

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964

/** From so many samples on the normal approximation holds; below, the exact interval is used. */
const LEAST_FOR_PERCENT = 30

/**
 * Counters are read some seconds before or after the samples of the same traffic are sent, and sizes are counted with or
 * without FCS (6 % of the smallest frames): a ratio is off only where its interval is beyond these.
 */
const LOW = 0.8
const HIGH = 1.25

/** Fewer samples than this, or fewer expected where none came, prove nothing. */
const LEAST_FOR_OFF = 30

/**
 * @param counted packets or bytes by counters
 * @param rate packets a sample, for how many samples were expected where there are too few
 * @returns null where nothing was counted: there is nothing to divide by
 */
export function sampledRatio(
  sampled: Scaled,
  of: 'packets' | 'bytes',
  counted: number,
  packets: number | null,
  rate: number,
): SampledRatio | null {
  const amount = sampled[of]
  if (!(counted > 0) || Number.isNaN(amount)) return null
  const value = amount / counted
  const { samples } = sampled
  const expected = packets !== null && rate > 0 ? packets / rate : samples
  const squared = of === 'packets' ? sampled.packetsSquared : sampled.bytesSquared
  if (samples === 0) {
    // 3.69 is the upper bound of the exact interval for none (Garwood).
    const high = expected > 0 ? 3.69 / expected : Number.POSITIVE_INFINITY
    return { value, errorPct: null, low: 0, high, off: high < LOW && expected >= LEAST_FOR_OFF }
  }
  const many = samples >= LEAST_FOR_PERCENT
  const error = (Z * Math.sqrt(squared)) / amount
  const low = many ? value * (1 - error) : value * (poissonLow(samples) / samples)
  const high = many ? value * (1 + error) : value * (poissonHigh(samples) / samples)
  const enough = Math.max(samples, expected) >= LEAST_FOR_OFF
  return {
    value,
    errorPct: many ? error * 100 : null,
    low: Math.max(0, low),
    high,
    off: enough && (high < LOW || low > HIGH),
  }
}

/** Bounds of a Poisson mean of which `n` were seen, exact at 95 % (Garwood 1936); meant for small `n`. */
export function poissonLow(n: number): number {
  return n === 0 ? 0 : solve(0, n, (mean) => atMost(n - 1, mean) > 0.975)
}

export function poissonHigh(n: number): number {
  return solve(n, 2 * n + 8, (mean) => atMost(n, mean) > 0.025)
}

/** Where `below` stops to be true. */
function solve(from: number, to: number, below: (mean: number) => boolean): number {
  let low = from
  let high = to
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (below(middle)) low = middle
    else high = middle
  }
  return low
}

/** Probability of `n` or less at this mean. */
function atMost(n: number, mean: number): number {
  let term = Math.exp(-mean)
  let sum = term
  for (let k = 1; k <= n; k++) {
    term *= mean / k
    sum += term
  }
  return sum
}
