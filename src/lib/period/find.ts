// Owns the search for a period in one window of event times: a number with its error, or a reason for none. See period.ts for
// the folder; period.md. Start at findPeriod.

import { ARC_MOST, arcChance, emptiest } from './arc.ts'
import type { Blocks } from './blocks.ts'
import { strongest } from './h-test.ts'
import { fundamentalOf } from './harmonics.ts'
import { foldProfile, type Profile } from './profile.ts'
import { chanceOf } from './significance.ts'
import { type Events, spectrumOf, usualAt } from './spectrum.ts'
import type { Steps } from './steps.ts'
import type { Workspace } from './workspace.ts'

export interface SearchOptions {
  /** Periods that are looked for. */
  readonly minSeconds: number
  readonly maxSeconds: number
  /** A window tells periods of which it has so many. */
  readonly minCycles: number
  /** Chance of an answer where there is no cycle, by one test alone; ten times that where samples are few. */
  readonly alpha: number
}

export const searchDefaults: SearchOptions = Object.freeze({
  minSeconds: 0.2,
  maxSeconds: 60,
  minCycles: 4,
  alpha: 1e-4,
})

/** Why there is no answer. */
export type NoPeriod = 'few-samples' | 'short-window' | 'chance' | 'longer' | 'unsteady' | 'held'

export interface Found {
  readonly periodSeconds: number
  /** ± at 95 %. */
  readonly errorSeconds: number
  /** Chance that traffic without a cycle gives as much. */
  readonly p: number
  readonly h: number
  readonly cycles: number
  readonly samples: number
  readonly windowSeconds: number
  /** First harmonic over the mean. */
  readonly depth: number
  /** Start of the window: phase 0 of the profile. */
  readonly epoch: number
  readonly profile: Profile
}

export interface NotFound {
  readonly periodSeconds: null
  readonly reason: NoPeriod
  readonly p: number
  readonly samples: number
  readonly windowSeconds: number
}

export type Finding = Found | NotFound

/** Fewer don't tell a cycle from chance: 12 in the best case give 1e-4. */
const MIN_SAMPLES = 12
/** Samples vary so much more than independent ones; then so much of H counts. Both by the cases of self-similar traffic. */
const CLUSTERED = 1.5
const CLUSTERED_H = 0.7
/** With few samples p is told too high rather than too low (npm run bench:period): more is allowed. */
const FEW_ALPHA = 10
/** Longer windows with as few samples say nothing, and there are many frequencies in them. */
const ARC_SECONDS = 40
/** Standard errors by which steps must be alike, with many samples and with few. */
const MIN_AGREEMENT = 2
const FEW_AGREEMENT = 1
/** The best frequency is looked for again this far around, in natural steps 1/T. */
const NEAR = 0.1
/** Of so many steps without traffic it is the gaps that make a step: what was found is within bursts, and no step. */
const MOST_EMPTY = 0.34
/** With a larger relative error, and one so much larger than chance's, the phase wanders: the mean step is told by steps beside each other. */
const WANDER = 0.01
const WANDER_ERRORS = 3
const WANDER_SAMPLES = 10
/** And phases of eighths of a window tell too little of that: by the cases with 10 % of jitter, 95 % of answers lie within so much. */
const WANDER_EXCESS = 1.8
/** One half of a window has at least so much of the power of the other. */
const MIN_BALANCE = 0.1

/**
 * Looks for a period in the events from `from` on for `seconds`.
 * @param workspace worked in, like `blocks` and `steps`
 */
export function findPeriod(
  events: Events,
  from: number,
  seconds: number,
  options: SearchOptions,
  workspace: Workspace,
  blocks: Blocks,
  steps: Steps,
): Finding {
  const none = (reason: NoPeriod, samples: number, p = 1): NotFound => ({
    periodSeconds: null,
    reason,
    p,
    samples,
    windowSeconds: seconds,
  })
  const minHz = Math.max(1 / options.maxSeconds, options.minCycles / seconds)
  const maxHz = 1 / options.minSeconds
  if (!(minHz < maxHz)) return none('short-window', 0)
  const spectrum = spectrumOf(events, from, seconds, workspace)
  if (spectrum === null) return none('few-samples', 0)
  const { count } = spectrum
  const effective = spectrum.weight ** 2 / spectrum.squares
  if (effective < MIN_SAMPLES) return none('few-samples', count)
  const top = strongest(spectrum, minHz, maxHz)
  const trials = seconds * (maxHz - minHz)
  // Where samples come in lots, what is usual is itself known from few values only.
  const isClustered = usualAt(spectrum, top.hz) > CLUSTERED
  let p = chanceOf(isClustered ? top.h * CLUSTERED_H : top.h, effective, trials)
  let guess = top.hz
  if (p > options.alpha && count <= ARC_MOST && seconds <= ARC_SECONDS) {
    const arc = emptiest(events, from, seconds, minHz, maxHz, workspace.sorted(count).subarray(0, count))
    p = Math.min(p, arcChance(arc.gap, effective / usualAt(spectrum, arc.hz), trials))
    guess = arc.hz
  }
  if (p > options.alpha * (count <= ARC_MOST ? FEW_ALPHA : 1)) return none('chance', count, p)
  const { hz, isTooLong } = fundamentalOf(events, spectrum, guess, minHz, maxHz, steps)
  if (isTooLong) return none('longer', count, p)
  const best = strongest(spectrum, hz - NEAR / seconds, hz + NEAR / seconds)
  const refined = blocks.refine(events, spectrum, best.hz, best.harmonics)
  let periodSeconds = 1 / refined.hz
  let errorHz = refined.errorHz
  if (refined.balance < MIN_BALANCE || refined.balance > 1 / MIN_BALANCE) return none('unsteady', count, p)
  const alike = steps.agreement(events, from, seconds, periodSeconds)
  if (alike < (count > ARC_MOST ? MIN_AGREEMENT : FEW_AGREEMENT)) return none('unsteady', count, p)
  if (steps.empty(events, from, seconds, periodSeconds, effective) > MOST_EMPTY) return none('unsteady', count, p)
  const isWandering = refined.errorHz > Math.max(WANDER * refined.hz, WANDER_ERRORS * refined.leastErrorHz)
  if (isWandering && effective * periodSeconds >= WANDER_SAMPLES * seconds) {
    const mean = steps.meanStep(events, from, seconds, periodSeconds)
    if (!Number.isNaN(mean)) periodSeconds = mean
    errorHz *= WANDER_EXCESS
  }
  return {
    periodSeconds,
    errorSeconds: errorHz * periodSeconds ** 2,
    p,
    h: top.h,
    cycles: seconds / periodSeconds,
    samples: count,
    windowSeconds: seconds,
    depth: refined.depth,
    epoch: from,
    profile: foldProfile(events, from, seconds, periodSeconds, from),
  }
}
