// Owns the search for a period in one window of event times: a number with its error, or a reason for none. See period.ts for
// the folder; period.md. Start at findPeriod.

import { ARC_MOST } from './arc.ts'
import type { Blocks } from './blocks.ts'
import { findInParts } from './find-parts.ts'
import { type Finding, type Found, MOST_ERROR, type NoPeriod, type NotFound, type SearchOptions } from './finding.ts'
import { strongest } from './h-test.ts'
import { fundamentalOf } from './harmonics.ts'
import { peakOf } from './peak.ts'
import { foldProfile } from './profile.ts'
import { type Events, spectrumOf } from './spectrum.ts'
import type { Steps } from './steps.ts'
import type { Wandering } from './wander.ts'
import type { Workspace } from './workspace.ts'

export type { Finding, Found, NoPeriod, NotFound, SearchOptions } from './finding.ts'
export { searchDefaults } from './finding.ts'

/** With these, parts of the window say nothing that is truer. */
const SURE_REASONS: ReadonlySet<NoPeriod> = new Set([
  'few-samples',
  'short-window',
  'longer',
  'above-max',
  'below-min',
  'unsure',
])
/** Fewer don't tell a cycle from chance: 12 in the best case give 1e-4. */
const MIN_SAMPLES = 12
/** With few samples p is told too high rather than too low (npm run bench:period): more is allowed. */
const FEW_ALPHA = 10
/** Standard errors by which steps must be alike, with many samples and with few. */
const MIN_AGREEMENT = 2
const FEW_AGREEMENT = 1
/** The best frequency is looked for again this far around, in natural steps 1/T. */
const NEAR = 0.1
/** Of so many steps without traffic it is the gaps that make a step: what was found is within bursts, and no step. */
const MOST_EMPTY = 0.34
/** So many samples a step show where it lies. */
const WANDER_SAMPLES = 6
/** A frequency that is so much lower is another one; steps that vary by more than this may be why. */
const MULTIPLE = 0.75
const VARYING = 0.02
/** The mean of steps that vary is this near to what was found, or was not followed well. */
const WANDER_REACH = 0.15
/** Phases of steps that vary lie about a line with a variance of n / 15 of one step's; nearly always more than so much of it. */
const LEAST_WANDER = 1 / 15 / 10
/** One half of a window has at least so much of the power of the other. */
const MIN_BALANCE = 0.1

/**
 * Looks for a period in the events from `from` on for `seconds`: in all of it at once; and where that says nothing, or few samples can't
 * show whether phases hold, in parts of it, which are believed where they stand out more.
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
  const { finding, h } = findAtOnce(events, from, seconds, options, workspace, blocks, steps)
  const { reason, samples } = finding as Partial<NotFound> & { samples: number }
  const isSure =
    finding.periodSeconds === null
      ? SURE_REASONS.has(reason!)
      : samples * finding.periodSeconds >= WANDER_SAMPLES * seconds
  if (isSure) return finding
  return findInParts(events, from, seconds, options, h, workspace, steps) ?? finding
}

/** In all of the window at once; with the H of what stands out most. */
export function findAtOnce(
  events: Events,
  from: number,
  seconds: number,
  options: SearchOptions,
  workspace: Workspace,
  blocks: Blocks,
  steps: Steps,
): { readonly finding: Finding; readonly h: number } {
  let h = 0
  const none = (
    reason: NoPeriod,
    samples: number,
    p = 1,
    candidates: readonly number[] = [],
  ): { finding: NotFound; h: number } => ({
    finding: { periodSeconds: null, reason, p, samples, windowSeconds: seconds, candidates },
    h,
  })
  const minHz = Math.max(1 / options.maxSeconds, options.minCycles / seconds)
  const maxHz = 1 / options.minSeconds
  if (!(minHz < maxHz)) return none('short-window', 0)
  const spectrum = spectrumOf(events, from, seconds, workspace)
  if (spectrum === null) return none('few-samples', 0)
  const { count } = spectrum
  const effective = spectrum.weight ** 2 / spectrum.squares
  if (effective < MIN_SAMPLES) return none('few-samples', count)
  const enough = options.alpha * (count <= ARC_MOST ? FEW_ALPHA : 1)
  const peak = peakOf(events, spectrum, minHz, maxHz, options.alpha, workspace)
  const { hz: guess, p } = peak
  h = peak.h
  if (p > enough) return none('chance', count, p)
  const follow = (step: number): Wandering | null =>
    effective * step < WANDER_SAMPLES * seconds
      ? null
      : steps.wander.follow(events, from, seconds, step, effective, spectrum.weight)
  let { hz, isTooLong, isTooShort, doubts } = fundamentalOf(events, spectrum, guess, minHz, maxHz, steps)
  // Where steps vary, every q-th differs from the others as the phase wanders away.
  if (hz < MULTIPLE * guess && (follow(1 / guess)?.jitter ?? 0) > VARYING) {
    hz = guess
    isTooLong = false
    isTooShort = false
    doubts = []
  }
  if (isTooLong) return none(1 / options.maxSeconds < options.minCycles / seconds ? 'longer' : 'above-max', count, p)
  if (isTooShort) return none('below-min', count, p)
  const best = strongest(spectrum, hz - NEAR / seconds, hz + NEAR / seconds)
  const refined = blocks.refine(events, spectrum, best.hz, best.harmonics)
  let periodSeconds = 1 / refined.hz
  let errorSeconds = refined.errorHz * periodSeconds ** 2
  if (refined.balance < MIN_BALANCE || refined.balance > 1 / MIN_BALANCE) return none('unsteady', count, p)
  const alike = steps.agreement(events, from, seconds, periodSeconds)
  if (alike < (count > ARC_MOST ? MIN_AGREEMENT : FEW_AGREEMENT)) return none('unsteady', count, p)
  if (steps.empty(events, from, seconds, periodSeconds, effective) > MOST_EMPTY) return none('unsteady', count, p)
  const varying = follow(periodSeconds)
  const isNear = varying !== null && Math.abs(varying.meanSeconds / periodSeconds - 1) < WANDER_REACH
  // Other jobs' traffic moves the places of steps too, but no phase wanders away by that.
  if (isNear && refined.wander > LEAST_WANDER * varying.jitter ** 2 * (seconds / periodSeconds)) {
    periodSeconds = varying.meanSeconds
    errorSeconds = varying.errorSeconds
  }
  if (doubts.length > 0) {
    return none('unsure', count, p, [periodSeconds, ...doubts.map((q) => q * periodSeconds)])
  }
  if (errorSeconds > MOST_ERROR * periodSeconds) return none('inexact', count, p, [periodSeconds])
  const finding: Found = {
    periodSeconds,
    errorSeconds,
    p,
    h,
    cycles: seconds / periodSeconds,
    samples: count,
    windowSeconds: seconds,
    parts: 1,
    depth: refined.depth,
    epoch: from,
    profile: foldProfile(events, from, seconds, periodSeconds, from),
  }
  return { finding, h }
}
