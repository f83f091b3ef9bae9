// Owns the folded profile: when in a step traffic comes, for how much of it, in how many bursts. See
// period.ts for the folder. Start at foldProfile.

import type { Events } from './spectrum.ts'

export const PROFILE_BINS = 32

export interface Profile {
  /** Share of the weight by phase; sums to 1. Phase 0 is a whole number of periods behind `epoch`. */
  readonly bins: readonly number[]
  /** Share of the step in which traffic comes. */
  readonly dutyCycle: number
  readonly burstsPerStep: number
}

/** Where a time is in its step, 0 .. 1. */
export function phaseOf(time: number, epoch: number, periodSeconds: number): number {
  const turns = (time - epoch) / periodSeconds
  return turns - Math.floor(turns)
}

/** Folds the events of a window at a period. */
export function foldProfile(
  events: Events,
  from: number,
  seconds: number,
  periodSeconds: number,
  epoch: number,
): Profile {
  const bins = new Float64Array(PROFILE_BINS)
  const counts = new Float64Array(PROFILE_BINS)
  const whole = Math.floor(seconds / periodSeconds + 1e-9) * periodSeconds
  const start = from + seconds - whole
  let sum = 0
  for (let i = 0; i < events.count; i++) {
    const time = events.times[i]!
    if (time < start || time >= from + seconds) continue
    const bin = Math.min(PROFILE_BINS - 1, Math.floor(phaseOf(time, epoch, periodSeconds) * PROFILE_BINS))
    bins[bin]! += events.weights[i]!
    counts[bin]!++
    sum += events.weights[i]!
  }
  if (sum > 0) for (let b = 0; b < PROFILE_BINS; b++) bins[b]! /= sum
  return { bins: Array.from(bins), ...burstsOf(bins, counts) }
}

/** Above half between the low and the high level is on; dips and blips that chance makes don't count. */
function burstsOf(bins: Float64Array, counts: Float64Array): { dutyCycle: number; burstsPerStep: number } {
  const sorted = bins.slice().sort()
  const low = sorted[PROFILE_BINS >> 3]!
  const high = sorted[PROFILE_BINS - 1 - (PROFILE_BINS >> 4)]!
  const half = (low + high) / 2
  const samples = counts.reduce((sum, n) => sum + n, 0)
  // Two standard deviations of a bin at the half level.
  const noise = 2 * Math.sqrt(Math.max(half, 1e-9) / Math.max(1, samples))
  let state = bins[0]! > half
  const begin = state
  let rises = 0
  let area = 0
  for (let pass = 0; pass < 2; pass++) {
    rises = 0
    area = 0
    for (let b = 0; b < PROFILE_BINS; b++) {
      const value = bins[b]!
      if (!state && value > half + noise) {
        state = true
        rises++
      } else if (state && value < half - noise) state = false
      area += high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 1
    }
  }
  return { dutyCycle: area / PROFILE_BINS, burstsPerStep: Math.max(1, rises === 0 && !begin ? 1 : rises) }
}
