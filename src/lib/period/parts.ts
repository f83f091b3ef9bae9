// Owns the incoherent sum: the power of parts of a window, added without their phases, where steps vary or drift so much that phases
// do not hold for all of it. See period.ts for the folder; period.md section 1. Start at spectrumOfParts.

import { type Events, type Spectrum, spectrumOf } from './spectrum.ts'
import type { Workspace } from './workspace.ts'

/**
 * Power at each frequency of a window's parts together. `white` is -2 ln of the chance that so many parts of noise have as much, and so
 * like one part's: with a mean of 2. Null where a part has no two events. Its `seconds` are those of one part, and its trend and knots
 * those of the last.
 * @param first part that is taken, and the one behind the last
 */
export function spectrumOfParts(
  events: Events,
  from: number,
  seconds: number,
  parts: number,
  workspace: Workspace,
  first = 0,
  end = parts,
): Spectrum | null {
  const length = seconds / parts
  let last: Spectrum | null = null
  let sum = workspace.sum(0)
  let taken = 0
  let weight = 0
  let squares = 0
  let count = 0
  let harmonics = 0
  for (let part = first; part < end; part++) {
    last = spectrumOf(events, from + part * length, length, workspace)
    if (last === null) return null
    if (taken++ === 0) sum = workspace.sum(last.points)
    const { white, points } = last
    for (let i = 0; i < points; i++) sum[i]! += white[i]!
    weight += last.weight
    squares += last.squares
    count += last.count
    harmonics += last.harmonics
  }
  if (last === null) return null
  for (let i = 0; i < last.points; i++) sum[i] = surprise(sum[i]! / 2, taken)
  return { ...last, from, white: sum, weight, squares, count, harmonics: Math.round(harmonics / taken) }
}

/** More than this is as sure: the terms of the sum stay within what numbers hold, for up to 64 parts. */
const MOST_SUM = 1e4

/** -2 ln of the chance that the sum of n exponential numbers of mean 1 is x or more: exp(-x) Σ x^i / i!, i < n. */
function surprise(x: number, n: number): number {
  const at = Math.min(x, MOST_SUM)
  let sum = 1
  for (let i = n - 1; i >= 1; i--) sum = 1 + (sum * at) / i
  return 2 * (at - Math.log(sum))
}
