// Owns the comparison of sampled with counted traffic. See port-rates.ts for the folder. Start at sampledRatio.

import { gammaQuantile, Z95 } from '../flow/quantiles.ts'
import type { SampledRatio } from './port-row.ts'
import type { Scaled } from './sampled-sums.ts'

/** From so many samples on the normal approximation holds; below, the exact Poisson interval (Garwood 1936) is used. */
const LEAST_FOR_NORMAL = 30

/** Sizes are counted with or without FCS (6 % of the smallest frames), agents round their rates: so much is not off. */
const LOW = 0.8
const HIGH = 1.25

/**
 * Counters are read up to about a second before or after the samples of the same traffic are sent, at both ends of an interval;
 * hsflowd's samples were up to 1.24 s late. So many seconds of the port's busiest interval are not off either.
 */
const SKEW_S = 2

/** Fewer samples than this, or fewer expected where none came, prove nothing. */
const LEAST_FOR_OFF = 30

/** What counters say of the same intervals. */
export interface CountedTraffic {
  readonly of: 'packets' | 'bytes'
  /** In that unit. */
  readonly counted: number
  readonly packets: number | null
  /** Packets a sample, as the agent says: how many samples were expected. */
  readonly rate: number
  /** The most that the port has had in a second, mean of an interval, in the unit of `counted`. */
  readonly peak: number
}

/** @returns null where nothing was counted: there is nothing to divide by */
export function sampledRatio(
  sampled: Scaled,
  { of, counted, packets, rate, peak }: CountedTraffic,
): SampledRatio | null {
  const amount = sampled[of]
  if (!(counted > 0) || Number.isNaN(amount)) return null
  const value = amount / counted
  const { samples } = sampled
  const skew = (SKEW_S * peak) / counted
  const isOff = (low: number, high: number): boolean => high < LOW - skew || low > HIGH + skew
  const expected = packets !== null && rate > 0 ? packets / rate : samples
  const squared = of === 'packets' ? sampled.packetsSquared : sampled.bytesSquared
  if (samples === 0) {
    // 3.69 is the upper bound of the exact interval for none (Garwood).
    const high = expected > 0 ? 3.69 / expected : Number.POSITIVE_INFINITY
    return { value, errorPct: null, low: 0, high, off: isOff(0, high) && expected >= LEAST_FOR_OFF }
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
    off: enough && isOff(low, high),
  }
}
