// Owns the test by the longest empty arc: few samples, all of which come in one part of the step, tell more by when none comes
// than by their harmonics. See period.ts for the folder. Start at emptiest.

import type { Events } from './spectrum.ts'

/** With more samples harmonics tell enough. */
export const ARC_MOST = 64
/** Frequencies per natural step 1/T. */
const GRID = 20
/** Independent frequencies per natural step: found on surrogates, for arcs of half the step and more. */
const TRIALS = 4

export interface Arc {
  readonly hz: number
  /** The longest part of a step in which no sample comes, 0 .. 1. */
  readonly gap: number
}

/**
 * The frequency at which folded samples leave the longest arc empty.
 * @param phases worked in: as many as there are samples
 */
export function emptiest(
  events: Events,
  from: number,
  seconds: number,
  minHz: number,
  maxHz: number,
  phases: Float64Array,
): Arc {
  let gap = 0
  let at = minHz
  for (let hz = minHz; hz <= maxHz; hz += 1 / (GRID * seconds)) {
    let n = 0
    for (let i = 0; i < events.count && n < phases.length; i++) {
      const t = events.times[i]! - from
      if (t < 0 || t >= seconds) continue
      const turns = t * hz
      phases[n++] = turns - Math.floor(turns)
    }
    if (n < 2) return { hz, gap: 0 }
    const sorted = phases.subarray(0, n)
    sorted.sort()
    let longest = 1 - sorted[n - 1]! + sorted[0]!
    for (let i = 1; i < n; i++) longest = Math.max(longest, sorted[i]! - sorted[i - 1]!)
    if (longest <= gap) continue
    gap = longest
    at = hz
  }
  return { hz: at, gap }
}

/**
 * Chance that so many independent samples leave an arc as long empty at one of the frequencies (Fisher 1929: of n points on a
 * circle, n (1 - g)^(n - 1) for arcs over a half).
 */
export function arcChance(gap: number, samples: number, trials: number): number {
  if (gap < 0.5) return 1
  return Math.min(1, TRIALS * Math.max(1, trials) * samples * (1 - gap) ** (samples - 1))
}
