// Owns how well traffic fits a cycle that is known: by when in the step it comes. Knows no job. See period.ts for the folder. Start at
// templateOf.

import type { Found } from './finding.ts'
import { PROFILE_BINS, phaseOf } from './profile.ts'
import type { Events } from './spectrum.ts'

/** Of what a cycle's traffic has at any time of the step, so much is taken to be others', and this is left of it. */
const LOW_PART = 0.25
const BACKGROUND = 0.1

/** A cycle, as it shows in traffic: ln of how much more likely than at any time a packet of it is in each part of the step. */
export interface Template {
  readonly periodSeconds: number
  readonly epoch: number
  readonly logs: Float64Array
}

/** The cycle of these events, at the period found in them. */
export function templateOf(events: Events, from: number, seconds: number, finding: Found): Template {
  const { periodSeconds } = finding
  const bins = new Float64Array(PROFILE_BINS)
  for (let i = 0; i < events.count; i++) {
    const time = events.times[i]!
    if (time >= from && time < from + seconds) bins[binOf(time, from, periodSeconds)]! += events.weights[i]!
  }
  const low = bins.toSorted()[Math.floor(PROFILE_BINS * LOW_PART)]!
  let sum = 0
  // A burst's edges move by jitter and by the period's error: a bin and those beside it.
  const above = Float64Array.from(bins, (own, b) => {
    const before = bins[(b + PROFILE_BINS - 1) % PROFILE_BINS]!
    return Math.max(0, (before + 2 * own + bins[(b + 1) % PROFILE_BINS]!) / 4 - low)
  })
  for (let b = 0; b < PROFILE_BINS; b++) sum += above[b]!
  const logs = new Float64Array(PROFILE_BINS)
  for (let b = 0; b < PROFILE_BINS; b++) {
    const share = sum > 0 ? (above[b]! / sum) * PROFILE_BINS : 1
    logs[b] = Math.log(BACKGROUND + (1 - BACKGROUND) * share)
  }
  return { periodSeconds, epoch: from, logs }
}

/** ln of how much more likely events are by the cycle than at any time; positive: they are of it. */
export function fitOf(template: Template, events: Events, from: number, seconds: number): number {
  const { periodSeconds, epoch, logs } = template
  let sum = 0
  for (let i = 0; i < events.count; i++) {
    const time = events.times[i]!
    if (time >= from && time < from + seconds) sum += logs[binOf(time, epoch, periodSeconds)]!
  }
  return sum
}

/** What `fitOf` is for one event of the cycle itself, on average. */
export function expectedFit({ logs }: Template): number {
  return logs.reduce((sum, log) => sum + Math.exp(log) * log, 0) / PROFILE_BINS
}

function binOf(time: number, epoch: number, periodSeconds: number): number {
  return Math.min(PROFILE_BINS - 1, Math.floor(phaseOf(time, epoch, periodSeconds) * PROFILE_BINS))
}
