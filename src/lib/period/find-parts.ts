// Owns the search where the coherent one has found nothing: in parts of the window, whose power is added without their phases. It finds
// cycles of few samples a step whose steps vary or drift. See find.ts; period.ts for the folder. Start at findInParts.

import { type Found, MOST_ERROR, type SearchOptions } from './finding.ts'
import { strongest } from './h-test.ts'
import { fundamentalOf } from './harmonics.ts'
import { spectrumOfParts } from './parts.ts'
import { foldProfile, PROFILE_BINS } from './profile.ts'
import { chanceOf } from './significance.ts'
import type { Events } from './spectrum.ts'
import type { Steps } from './steps.ts'
import type { Workspace } from './workspace.ts'

/** Parts that are tried, and the shortest part, seconds. */
const PARTS = [4, 16, 64] as const
const LEAST_SECONDS = 9
/** All that is tried: these, and the coherent search. */
const TRIED = PARTS.length + 1
/** Fewer samples a part have no power that could be told from chance's. */
const LEAST_SAMPLES = 6
/** With so many parts power is as of many samples. */
const MANY = 4096
/** Steps look like their neighbours by so many standard errors. */
const LEAST_AGREEMENT = 2
/** Quarters of the window of which the frequency is told; Student's t at 95 % for one less; how far each is looked through, in steps 1/T of a part. */
const GROUPS = 4
const STUDENT = 3.182
const NEAR = 2

/**
 * Null where nothing is found in parts either.
 * @param h of the coherent search: parts have a higher one where phases don't hold
 */
export function findInParts(
  events: Events,
  from: number,
  seconds: number,
  options: SearchOptions,
  h: number,
  workspace: Workspace,
  steps: Steps,
): Found | null {
  const maxHz = 1 / options.minSeconds
  for (const parts of PARTS) {
    const length = seconds / parts
    const minHz = Math.max(1 / options.maxSeconds, options.minCycles / length)
    if (length < LEAST_SECONDS || !(minHz < maxHz)) return null
    const spectrum = spectrumOfParts(events, from, seconds, parts, workspace)
    if (spectrum === null || spectrum.count < LEAST_SAMPLES * parts) return null
    const top = strongest(spectrum, minHz, maxHz)
    const p = Math.min(1, TRIED * chanceOf(top.h, MANY, length, length * (maxHz - minHz)))
    if (p > options.alpha || top.h < h) continue
    const { hz, isTooLong, isTooShort } = fundamentalOf(events, spectrum, top.hz, minHz, maxHz, steps)
    if (isTooLong || isTooShort) continue
    const { meanHz, errorHz } = meanOf(events, from, seconds, parts, hz, workspace)
    const periodSeconds = 1 / meanHz
    if (errorHz > MOST_ERROR * meanHz) continue
    if (steps.agreement(events, from, seconds, periodSeconds) < LEAST_AGREEMENT) continue
    // Over all of the window the profile would be smeared.
    const epoch = from + seconds - length
    const profile = foldProfile(events, epoch, length, periodSeconds, epoch)
    return {
      periodSeconds,
      errorSeconds: errorHz * periodSeconds ** 2,
      p,
      h: top.h,
      cycles: seconds / periodSeconds,
      samples: spectrum.count,
      windowSeconds: seconds,
      parts,
      depth: depthOf(profile.bins),
      epoch,
      profile,
    }
  }
  return null
}

/** The mean frequency and its ± at 95 %, by that of each quarter of the window. */
function meanOf(
  events: Events,
  from: number,
  seconds: number,
  parts: number,
  hz: number,
  workspace: Workspace,
): { readonly meanHz: number; readonly errorHz: number } {
  const reach = (NEAR * parts) / seconds
  const each = parts / GROUPS
  let sum = 0
  let squares = 0
  for (let group = 0; group < GROUPS; group++) {
    const spectrum = spectrumOfParts(events, from, seconds, parts, workspace, group * each, (group + 1) * each)
    const off = spectrum === null ? 0 : strongest(spectrum, hz - reach, hz + reach).hz - hz
    sum += off
    squares += off * off
  }
  const mean = sum / GROUPS
  const variance = Math.max(0, squares / GROUPS - mean * mean) / (GROUPS - 1)
  return { meanHz: hz + mean, errorHz: STUDENT * Math.sqrt(variance) }
}

/** First harmonic over the mean. */
function depthOf(bins: readonly number[]): number {
  let re = 0
  let im = 0
  for (const [b, share] of bins.entries()) {
    const angle = (2 * Math.PI * (b + 0.5)) / PROFILE_BINS
    re += share * Math.cos(angle)
    im += share * Math.sin(angle)
  }
  return Math.hypot(re, im)
}
