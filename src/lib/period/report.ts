// Owns what is told of a period: numbers, or a reason in words. See period.ts for the folder. Start at reportOf.

import type { Finding, NotFound } from './find.ts'
import { type Hold, noHold, shortestBehind } from './hold.ts'
import { chanceText } from './period-text.ts'

/** What period.md section 2 asks for. Seconds on the events' clock; null is not known. */
export interface PeriodReport {
  readonly periodSeconds: number | null
  /** ± at 95 %. */
  readonly errorSeconds: number | null
  /** 1 - p: against chance, corrected for all that was tried. */
  readonly confidence: number
  /** Why there is no period; null with one. */
  readonly reason: string | null
  readonly dutyCycle: number | null
  readonly burstsPerStep: number | null
  readonly bytesPerStep: number | null
  readonly cyclesSeen: number | null
  readonly samples: number
  readonly windowSeconds: number
  /** Share of traffic by phase, 32 of them; phase 0 is at `epoch`. */
  readonly profile: readonly number[] | null
  readonly epoch: number | null
}

/** @param bytesPerSecond mean over the window; NaN where it is not known */
export function reportOf(finding: Finding, bytesPerSecond = Number.NaN, hold: Hold = noHold): PeriodReport {
  const { periodSeconds, p, samples, windowSeconds } = finding
  if (periodSeconds === null) {
    return {
      periodSeconds: null,
      errorSeconds: null,
      confidence: 1 - p,
      reason: reasonOf(finding, hold),
      dutyCycle: null,
      burstsPerStep: null,
      bytesPerStep: null,
      cyclesSeen: null,
      samples,
      windowSeconds,
      profile: null,
      epoch: null,
    }
  }
  return {
    periodSeconds,
    errorSeconds: finding.errorSeconds,
    confidence: 1 - p,
    reason: null,
    dutyCycle: finding.profile.dutyCycle,
    burstsPerStep: finding.profile.burstsPerStep,
    bytesPerStep: Number.isNaN(bytesPerSecond) ? null : bytesPerSecond * periodSeconds,
    cyclesSeen: finding.cycles,
    samples,
    windowSeconds,
    profile: finding.profile.bins,
    epoch: finding.epoch,
  }
}

/** Why there is no period, in words. */
export function reasonOf(finding: NotFound, hold: Hold = noHold): string {
  const { reason, p, samples, windowSeconds, candidates = [] } = finding
  const window = `${Math.round(windowSeconds)} s`
  if (reason === 'few-samples') return `${samples} samples in ${window}: too few`
  if (reason === 'short-window') return `${window} are too short`
  if (reason === 'longer') return `the step is longer than ${window} can tell`
  if (reason === 'above-max') return 'the step is longer than --max'
  if (reason === 'below-min') return 'the step may be shorter than --min'
  if (reason === 'unsure') return `the cycle may be ${listText(candidates)} s: too few samples to tell`
  if (reason === 'inexact') return `a cycle of about ${listText(candidates)} s, known to less than a tenth`
  if (reason === 'unsteady') return `a cycle in parts of ${window} only`
  if (reason === 'held') {
    const least = shortestBehind(hold)
    const hidden = least > 0 ? `periods below ${least.toFixed(1)} s can't be seen` : 'what was found may be an alias'
    return `agents hold samples for up to ${hold.seconds.toFixed(1)} s: ${hidden}`
  }
  return `no cycle: ${chanceText(p)}`
}

/** `0.25, 0.5 or 1`: three at most. */
function listText(seconds: readonly number[]): string {
  const texts = seconds.slice(0, 3).map((value) => `${Number(value.toPrecision(3))}`)
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`
}
