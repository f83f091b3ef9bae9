// Owns which frequency stands out most in a window, and by what chance traffic without a cycle has as much: by harmonics, and with
// few samples also by the longest part of the step in which none comes. See period.ts for the folder. Start at peakOf.

import { ARC_MOST, arcChance, emptiest } from './arc.ts'
import { strongest } from './h-test.ts'
import { chanceOf } from './significance.ts'
import { type Events, type Spectrum, usualAt } from './spectrum.ts'
import type { Workspace } from './workspace.ts'

export interface Peak {
  readonly hz: number
  readonly h: number
  /** Chance that independent samples give as much at any of the frequencies. */
  readonly p: number
}

/** Samples vary so much more than independent ones; then so much of H counts. Both by the cases of self-similar traffic. */
const CLUSTERED = 1.5
const CLUSTERED_H = 0.7
/** Longer windows with as few samples say nothing, and there are many frequencies in them. */
const ARC_SECONDS = 40

/**
 * @param spectrum of these events
 * @param enough a p with which nothing else is tried
 */
export function peakOf(
  events: Events,
  spectrum: Spectrum,
  minHz: number,
  maxHz: number,
  enough: number,
  workspace: Workspace,
): Peak {
  const { from, seconds, count, weight, squares } = spectrum
  const effective = weight ** 2 / squares
  const top = strongest(spectrum, minHz, maxHz)
  const trials = seconds * (maxHz - minHz)
  // Where samples come in lots, what is usual is itself known from few values only.
  const isClustered = usualAt(spectrum, top.hz) > CLUSTERED
  const p = chanceOf(isClustered ? top.h * CLUSTERED_H : top.h, effective, seconds, trials)
  if (p <= enough || count > ARC_MOST || seconds > ARC_SECONDS) return { hz: top.hz, h: top.h, p }
  const arc = emptiest(events, from, seconds, minHz, maxHz, workspace.sorted(count).subarray(0, count))
  const byArc = arcChance(arc.gap, effective / usualAt(spectrum, arc.hz), trials)
  return { hz: arc.hz, h: top.h, p: Math.min(p, byArc) }
}
