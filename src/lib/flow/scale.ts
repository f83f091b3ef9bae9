// Owns the scale of a stretch of samples: how many packets each stands for, and how sure that is. Knows no key.
// Start at scaleOf.

import { type Places, STRETCH_SUMS, Stretch } from './places.ts'

/** Pairs of samples after which a pool that was always rate × samples is said to be no measurement. */
const LEAST_PAIRS = 4

export interface Scale {
  /** Packets a sample stands for; NaN where it is not known. */
  readonly rate: number
  /** The number of packets is known, by the pool (or, of discards, by their sequence numbers). */
  readonly counted: boolean
  /** Samples that were received. */
  readonly received: number
  /** Samples that were taken, by their numbers and what agents dropped, for the same time as `received`. */
  readonly taken: number
  /** Packets that a gap before the first or behind the last sample may have, where the number of packets is known. */
  readonly gap: number
  /** Part of the packets that was not sampled: 0 where every packet was. */
  readonly unseen: number
  /** As random sampling of packets leaves it open how many there were; 0 where each packet is sampled. */
  readonly random: number
}

/** What a window knows of a stretch. */
export interface Told {
  /** STRETCH_SUMS sums from `at` on. */
  readonly sums: Float64Array
  readonly at: number
  /** 1 in so many, as told or given; 0 is not known. */
  readonly configured: number
  /** The configured rate was given by the user: the pool is of no use. */
  readonly given: boolean
}

/**
 * The effective rate N_eff of a stretch, sflow5.md 1.9: by the pool where it measures, P / r; else rate × (g + x) / r, with r
 * samples, each with a step of g numbers and x drops. Where no sample has a step, `before` is used (the effective rate
 * of the source up to now), else the configured rate.
 * @param dropped discards: each of them is told, so that rate is 1 and g + x is their number
 */
export function scaleOf(told: Told, how: 'effective' | 'configured', dropped: boolean, before: number): Scale {
  const { sums, at, configured, given } = told
  const received = sums[at + Stretch.received]!
  const steps = sums[at + Stretch.steps]!
  const random = configured > 1 ? 1 - 1 / configured : 0
  if (how === 'configured') {
    const rate = configured > 0 ? configured : Number.NaN
    return { rate, counted: false, received, taken: received, gap: rate, unseen: random, random }
  }
  const taken = sums[at + Stretch.generated]! + sums[at + Stretch.drops]!
  const pool = sums[at + Stretch.pool]!
  const isPool =
    !given && !dropped && steps > 0 && isMeasured(sums, at) && pool >= sums[at + Stretch.generated]! && pool > 0
  let rate: number
  if (isPool) rate = pool / steps
  else if (steps > 0 && taken > 0 && configured > 0) rate = (configured * taken) / steps
  else rate = before > 0 && !given ? before : configured > 0 ? configured : Number.NaN
  const all = steps > 0 && taken > 0 ? (taken * received) / steps : received
  return {
    rate,
    counted: isPool || dropped,
    received,
    taken: all,
    // What is lost is lost by datagrams of several samples, which makes long gaps; what an agent leaves out for there is too much
    // of it has its rate already in it.
    gap: dropped ? rate : rate * (all / received) ** 2,
    unseen: rate > 1 ? 1 - 1 / rate : 0,
    random: dropped ? 0 : random,
  }
}

/** False where the pool is just rate × samples at every step; too few steps leave it undecided, which is no matter. */
export function isMeasured(sums: Float64Array, at: number): boolean {
  return sums[at + Stretch.unequal]! > 0 || sums[at + Stretch.steps]! < LEAST_PAIRS
}

/** The scale of each stretch. @param how, dropped as in scaleOf */
export function scalesOf(places: Places, dropped: boolean, how: 'effective' | 'configured' = 'effective'): Scale[] {
  return Array.from({ length: places.stretches.count }, (_, s) => {
    const told = {
      sums: places.sums,
      at: s * STRETCH_SUMS,
      configured: places.rates[s]!,
      given: places.overridden[s] === 1,
    }
    return scaleOf(told, how, dropped, places.rateBefore(s))
  })
}
