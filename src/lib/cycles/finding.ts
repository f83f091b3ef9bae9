// Owns what the methods say of a period, in the terms of a row. See cycles.ts for the folder. Start at findingOf.

import type { PeriodMethod } from '../period/period.ts'
import { chanceText } from '../period/period-text.ts'
import type { PeriodReport } from '../period/report.ts'
import type { CycleRow } from './snapshot.ts'

/** What of a row is said of its period. */
export type Finding = Pick<
  CycleRow,
  | 'periodSeconds'
  | 'errorSeconds'
  | 'confidence'
  | 'p'
  | 'reason'
  | 'dutyCycle'
  | 'burstsPerStep'
  | 'bytesPerStep'
  | 'cyclesSeen'
  | 'samples'
  | 'windowSeconds'
  | 'profile'
  | 'epochMs'
  | 'asOfMs'
>

const nothing: Finding = Object.freeze({
  periodSeconds: null,
  errorSeconds: null,
  confidence: null,
  p: null,
  reason: null,
  dutyCycle: null,
  burstsPerStep: null,
  bytesPerStep: null,
  cyclesSeen: null,
  samples: 0,
  windowSeconds: null,
  profile: null,
  epochMs: null,
  asOfMs: null,
})

/** Method `h`. @param report null before it was looked @param p of the same answer @param seconds since the first sample */
export function findingOf(
  report: PeriodReport | null,
  p: number | null,
  asOfMs: number,
  samples: number,
  seconds: number,
): Finding {
  if (report === null) {
    return { ...nothing, reason: `${seconds.toFixed(1)} s are too short`, samples }
  }
  const { epoch, ...rest } = report
  return { ...rest, p, epochMs: epoch === null ? null : epoch * 1000, asOfMs }
}

/** Traffic that had a period comes no more. */
export function stoppedFinding(reason: string, asOfMs: number): Finding {
  return { ...nothing, reason, asOfMs }
}

/** Chance of an answer where there is no cycle: what the search of one group allows where samples are few. */
const MOST_CHANCE = 1e-3

/** The same of one of so many groups, corrected for their number: what is then no more than chance is no answer. */
export function amongGroups(finding: Finding, groups: number): Finding {
  if (finding.p === null || groups <= 1) return finding
  const p = Math.min(1, finding.p * groups)
  const corrected = { ...finding, p, confidence: 1 - p }
  if (finding.periodSeconds === null || p <= MOST_CHANCE) return corrected
  const { samples, windowSeconds, asOfMs } = finding
  const reason = `no cycle: ${chanceText(p)} that one of ${groups} groups has as much by chance`
  return { ...nothing, p, confidence: 1 - p, reason, samples, windowSeconds, asOfMs }
}

/** Method `threshold`, which tells neither chance nor shape. @param isLast of the whole run, where nothing is known now */
export function thresholdFinding(method: PeriodMethod, isLast: boolean, asOfMs: number, samples: number): Finding {
  const state = isLast ? (method.overall?.() ?? method.state()) : method.state()
  if (state === null) return { ...nothing, reason: 'no samples yet' }
  const { periodSeconds, errorSeconds, cycles, baselines } = state
  return {
    ...nothing,
    periodSeconds,
    errorSeconds,
    cyclesSeen: periodSeconds === null ? null : cycles,
    reason: periodSeconds === null ? reasonOf(baselines, cycles) : null,
    samples,
    asOfMs,
  }
}

/** Of the definition, ai-metrics.md section 4: 20 s of load, then 20 intervals that vary by less than half. */
function reasonOf(
  baselines: { readonly load: object | null; readonly intervals: object | null } | undefined,
  cycles: number,
): string {
  if (baselines?.load === null) return 'the threshold is learned from 20 s of steady load'
  if (baselines?.intervals === null) return `${cycles} crossings of the threshold: 20 are needed`
  return 'crossings of the threshold are irregular, or have ended'
}
