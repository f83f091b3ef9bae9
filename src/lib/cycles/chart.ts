// Owns charts as lines of text: a folded profile, and traffic over the last seconds. Knows no terminal. See cycles.ts for the folder.
// Start at profileChart.

import type { PeriodTrend } from '../period/period.ts'
import { uprightBars } from '../print/upright-bars.ts'

/** Lines of a chart, its axis not counted. */
const HEIGHT = 8
/** Columns of the axis at the left. */
const AXIS = 10
/** Of the axis below, a mark is so far from the next at least. */
const APART = 12

/** A number as an axis shows it. */
type Show = (value: number) => string

/**
 * The profile over one cycle: each of its parts as a bar from 0, in percent of the traffic.
 * @param bins shares @param seconds the period @param width columns of all of it
 */
export function profileChart(bins: readonly number[], seconds: number, width: number): string[] {
  const columns = Math.max(1, Math.floor((width - AXIS) / bins.length))
  const values = bins.flatMap((share) => new Array<number>(columns).fill(share))
  const show: Show = (share) => `${(share * 100).toFixed(1)} %`
  return [...bars(values, show), axis(values.length, (at) => `${(at * seconds).toPrecision(3)} s`)]
}

/** Traffic in steps of 100 ms with the threshold and the mean as lines behind it, the newest at the right. */
export function trendChart(trend: PeriodTrend, width: number, show: Show): string[] {
  const room = Math.max(1, width - AXIS)
  const { value, threshold } = trend
  if (value.length === 0) return []
  const columns = Math.min(room, value.length)
  // The largest of the steps that share a column: a burst must not vanish.
  const values = Array.from({ length: columns }, (_, c) => {
    const from = Math.floor((c * value.length) / columns)
    const to = Math.max(from + 1, Math.floor(((c + 1) * value.length) / columns))
    return value.slice(from, to).reduce((most: number, one) => Math.max(most, one ?? 0), 0)
  })
  const line = threshold.at(-1) ?? null
  const seconds = value.length / 10
  return [...bars(values, show, line), axis(columns, (at) => `${((at - 1) * seconds).toFixed(0)} s`)]
}

/** @param line a level that is drawn across, where no bar is */
function bars(values: readonly number[], show: Show, line: number | null = null): string[] {
  const most = values.reduce((a, b) => Math.max(a, b), line ?? 0)
  const at = line === null ? -1 : most > 0 ? Math.min(HEIGHT - 1, Math.floor((line / most) * HEIGHT)) : 0
  return uprightBars(values, most, HEIGHT).map((cells, i) => {
    const row = HEIGHT - 1 - i
    const label = i === 0 ? show(most) : row === at ? show(line!) : row === 0 ? show(0) : ''
    return `${label.padStart(AXIS - 2)} │${row === at ? cells.replaceAll(' ', '╌') : cells}`.trimEnd()
  })
}

/** @param show what stands at a place, 0 to 1 */
function axis(columns: number, show: Show): string {
  const last = show(1)
  const end = AXIS + columns - last.length
  const marks = Math.max(1, Math.floor(columns / APART))
  let text = ' '.repeat(AXIS)
  for (let m = 0; m < marks; m++) {
    const label = show(m / marks)
    const at = AXIS + Math.round((m * columns) / marks)
    if (at + label.length < end) text = text.padEnd(at) + label
  }
  return text.padEnd(end) + last
}
