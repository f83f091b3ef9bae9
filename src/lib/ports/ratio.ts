// Owns the comparison of sampled with counted traffic. See ports.ts for the folder. Start at sampledRatio.

import { gammaQuantile, Z95 } from '../flow/quantiles.ts'
import type { Scaled } from './sampled-sums.ts'
import type { SampledRatio } from './snapshot.ts'

/** From so many samples on the normal approximation holds; below, the exact Poisson interval (Garwood 1936) is used. */
const LEAST_FOR_NORMAL = 30

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
  // Where every packet is sampled nothing is left to chance.
  const chance = rate >= 1 ? Math.sqrt(1 - 1 / rate) : 1
  let down = (Z95 * Math.sqrt(squared)) / amount
  let up = down
  if (samples < LEAST_FOR_NORMAL) {
    down = 1 - gammaQuantile(samples, 0.025) / samples
    up = gammaQuantile(samples + 1, 0.975) / samples - 1
  }
  const low = value * Math.max(0, 1 - down * chance)
  const high = value * (1 + up * chance)
  const enough = Math.max(samples, expected) >= LEAST_FOR_OFF
  return {
    value,
    errorPct: 50 * (down + up) * chance,
    low,
    high,
    off: enough && (high < LOW || low > HIGH),
  }
}
