// Owns folded profiles in the screen of `sonde period`: turned so that they stand still, in one line or as bars. See
// ../period-screen.ts.

import type { CycleRow } from '../../cycles/snapshot.ts'
import { uprightBars } from '../../print/upright-bars.ts'
import { type Area, fitText, sparkline } from '../screen/screen.ts'

/** Columns of the value axis with its edge. */
const LEAD = 7

/** How a profile was turned last, and as of when. */
interface Turned {
  readonly asOfMs: number | null
  readonly bins: readonly number[]
}

/** Bins from `by` on, around. */
const turned = (bins: readonly number[], by: number): number[] => bins.map((_, i) => bins[(i + by) % bins.length]!)

/** Where phase 0 lies among the samples is chance, and another chance in each answer: profiles are turned to lie on the one before. */
export class Profiles {
  readonly #last = new Map<string, Turned>()

  /** With each snapshot: profiles of rows that are gone are forgotten. */
  take(rows: readonly CycleRow[]): void {
    const before = new Map(this.#last)
    this.#last.clear()
    for (const { id, profile, asOfMs } of rows) {
      if (profile === null) continue
      const known = before.get(id)
      const isSame = known !== undefined && known.asOfMs === asOfMs
      const bins = isSame
        ? known.bins
        : turned(profile, known === undefined ? firstTurn(profile) : turn(profile, known.bins))
      this.#last.set(id, { asOfMs, bins })
    }
  }

  /** Shares of the traffic by phase; undefined without a period. */
  of(id: string): readonly number[] | undefined {
    return this.#last.get(id)?.bins
  }
}

/** By so much it looks most like the other. */
function turn(profile: readonly number[], like: readonly number[]): number {
  let best = 0
  let most = Number.NEGATIVE_INFINITY
  for (let by = 0; by < profile.length; by++) {
    let score = 0
    for (let i = 0; i < like.length; i++) score += like[i]! * profile[(i + by) % profile.length]!
    if (score <= most) continue
    most = score
    best = by
  }
  return best
}

/** The middle of the traffic to the middle. */
function firstTurn(profile: readonly number[]): number {
  const bins = profile.length
  const angle = (i: number) => (2 * Math.PI * (i + 0.5)) / bins
  const re = profile.reduce((sum, share, i) => sum + share * Math.cos(angle(i)), 0)
  const im = profile.reduce((sum, share, i) => sum + share * Math.sin(angle(i)), 0)
  const middle = (Math.atan2(im, re) / (2 * Math.PI)) * bins
  return Math.floor((((middle - bins / 2) % bins) + bins) % bins)
}

/** The shape in one line of at most `width`: all bins, or means of as many neighbours as it takes. */
export function profileLine(bins: readonly number[], width: number): string {
  const each = Math.max(1, Math.ceil(bins.length / Math.max(1, width)))
  const means = Array.from({ length: Math.floor(bins.length / each) }, (_, n) => {
    const some = bins.slice(n * each, (n + 1) * each)
    return some.reduce((sum, share) => sum + share, 0) / some.length
  })
  return sparkline(means, means.length)
}

/** Bars of exactly `area.rows` lines, with how many times the mean, and what of the step. Less than 4 rows have none. */
export function profileChart(
  bins: readonly number[],
  periodSeconds: number,
  { columns, rows, colours }: Area,
): string[] {
  const height = rows - 2
  const each = Math.floor((columns - LEAD - 1) / bins.length)
  if (height < 2 || each < 1) return Array.from({ length: rows }, () => '')
  const most = Math.max(...bins)
  const wide = bins.flatMap((share) => new Array<number>(each).fill(share))
  const lines = uprightBars(wide, most, height).map((cells, row) => {
    const label = row === 0 ? `${(most * bins.length).toFixed(1)} ×` : row === height - 1 ? '0' : ''
    return `${colours.dim(`${fitText(label, LEAD - 1, 'right')}${label === '' ? '│' : '┤'}`)}${colours.accent(cells)}`
  })
  const width = wide.length
  const edge = [...'─'.repeat(width)]
  const labels = [...' '.repeat(LEAD + width + 8)]
  for (const quarter of [0, 1, 2, 3, 4]) {
    const at = Math.min(width - 1, Math.round((quarter / 4) * width))
    edge[at] = '┴'
    const text =
      quarter === 0
        ? '0'
        : quarter === 4
          ? `${shortSeconds(periodSeconds)} s`
          : shortSeconds((quarter / 4) * periodSeconds)
    const from = LEAD + at - Math.floor(text.length / 2)
    for (const [k, letter] of [...text].entries()) labels[from + k] = letter
  }
  lines.push(colours.dim(`${' '.repeat(LEAD - 1)}└${edge.join('')}`))
  lines.push(colours.dim(fitText(labels.join('').trimEnd(), columns).trimEnd()))
  return lines
}

const shortSeconds = (seconds: number) => (seconds < 10 ? seconds.toFixed(3) : seconds.toFixed(1))
