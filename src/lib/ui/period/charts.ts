// Owns the charts of one row in the screen of `sonde period`: packets in steps of 100 ms, the period with its error over time, how
// sure it was. See ../period-screen.ts. Start at rowCharts.

import type { CyclePoint, CycleRow } from '../../cycles/snapshot.ts'
import { TREND_STEP_MS, TREND_STEPS } from '../../period/period.ts'
import { chanceText, periodText } from '../../period/period-text.ts'
import { type Area, fitText, lineChart, sparkline } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'
import { padEnd } from '../width.ts'
import { profileChart, profileLine } from './profile.ts'

/** Lines that a chart needs to be one: legend, four, axis. */
const LEAST = 8
/** Two side by side. */
const WIDE = 110
/** Lines of bars: seven, and their axis. */
const BARS = 9
/** Steps of the chart over time. */
const POINTS = 300
const SPANS_MS = [60, 120, 300, 600, 1800, 3600, 7200, 14_400].map((seconds) => seconds * 1000)
/** Certainty is told up to here: p < 1e-6. */
const MOST_DIGITS = 6
/** Columns before and behind its line. */
const HEAD = 19
const TAIL = 11

const silent = (rows: number): string[] => Array.from({ length: Math.max(0, rows) }, () => '')

/** The last 30 s. */
export function fastChart({ fast }: CycleRow, unit: string, area: Area): string[] {
  const { colours, rows } = area
  if (fast === null || fast.value.every((value) => !(value !== null && value > 0))) {
    const why = fast === null ? ' Only the first rows have a chart of 100 ms steps.' : ' No sample in the last 30 s.'
    return [colours.dim(why), ...silent(rows - 1)].slice(0, rows)
  }
  const { value, threshold, average, endMs } = fast
  return lineChart(
    {
      series: [
        { label: 'Value', values: value, paint: colours.accent },
        { label: 'Threshold', values: threshold },
        { label: 'Average', values: average },
      ],
      stepMs: TREND_STEP_MS,
      endMs,
      spanMs: TREND_STEPS * TREND_STEP_MS,
      unit,
    },
    area,
  )
}

/** Answers at equal steps: each holds until the next one. */
function sampled(history: readonly CyclePoint[], endMs: number, spanMs: number): (CyclePoint | undefined)[] {
  const stepMs = spanMs / POINTS
  let next = 0
  return Array.from({ length: POINTS + 1 }, (_, n) => {
    const ms = endMs - (POINTS - n) * stepMs
    while (next < history.length && history[next]!.timeMs <= ms) next++
    return history[next - 1]
  })
}

/** The period over time with its bounds, and below how sure it was. */
export function overTime({ history, periodSeconds, errorSeconds, p }: CycleRow, area: Area): string[] {
  const { colours, rows } = area
  const [first, last] = [history[0], history.at(-1)]
  if (first === undefined || last === undefined) {
    return [colours.dim(' Period over time: none looked for yet.'), ...silent(rows - 1)]
  }
  const endMs = last.timeMs
  const spanMs = SPANS_MS.find((span) => span >= endMs - first.timeMs) ?? SPANS_MS.at(-1)!
  const points = sampled(history, endMs, spanMs)
  const now = periodSeconds === null ? 'none now' : periodText(periodSeconds, errorSeconds)
  const title = `${colours.strong(' Period over time')}  ${now}${colours.dim(', ± at 95 % dotted')}`
  const bound = (sign: number) =>
    points.map((point) =>
      point?.periodSeconds == null ? null : point.periodSeconds + sign * (point.errorSeconds ?? 0),
    )
  const chart = lineChart(
    {
      series: [
        { label: 'period', values: bound(0), paint: colours.accent },
        { label: 'low', values: bound(-1), paint: colours.dim },
        { label: 'high', values: bound(1), paint: colours.dim },
      ],
      stepMs: spanMs / POINTS,
      endMs,
      spanMs,
      unit: 's',
      fits: true,
      small: true,
    },
    { ...area, rows: Math.max(1, rows - 2) },
  )
  return [title, ...chart, certainty(points, p, spanMs, area)]
}

/** `certainty, 5 min ▁▃▆███ p < 1e-6`: digits of p, at most six. */
function certainty(
  points: readonly (CyclePoint | undefined)[],
  p: number | null,
  spanMs: number,
  { columns, colours }: Area,
): string {
  const head = fitText(` certainty, ${formatSpan(spanMs)}`, HEAD)
  const width = Math.max(0, Math.min(points.length, columns - HEAD - TAIL))
  const digits = Array.from({ length: width }, (_, n) => {
    const point = points[Math.round((n / Math.max(1, width - 1)) * (points.length - 1))]
    if (point === undefined || point.confidence === null) return Number.NaN
    return Math.min(MOST_DIGITS, -Math.log10(Math.max(1e-12, 1 - point.confidence)))
  })
  return `${colours.dim(head)} ${colours.accent(sparkline(digits, width))} ${p === null ? '-' : chanceText(p)}`
}

/** ` folded ▁▁▃▇██▅▁ over 0.697 s`: the profile where there is no room for bars. */
function foldedLine({ periodSeconds }: CycleRow, profile: readonly number[], { columns, colours }: Area): string {
  const tail = periodSeconds === null ? '' : `  over ${periodText(periodSeconds, null)}`
  const shape = profileLine(profile, columns - tail.length - HEAD)
  return `${colours.dim(' folded ')}${colours.accent(shape)}${colours.dim(tail)}`
}

/**
 * What there is room for, most important first: packets in steps of 100 ms; the folded profile, as bars or in one line; the period
 * over time. Exactly `area.rows` lines.
 * @param profile turned; undefined without a period @param unit of the value a second
 */
export function rowCharts(row: CycleRow, profile: readonly number[] | undefined, unit: string, area: Area): string[] {
  const { columns, rows, colours } = area
  if (rows < LEAST + BARS + 2) {
    const folded = profile === undefined ? [] : [foldedLine(row, profile, area)]
    return [...folded, ...fastChart(row, unit, { ...area, rows: rows - folded.length })].slice(0, rows)
  }
  const bars = (width: number, height: number): string[] =>
    profile === undefined || row.periodSeconds === null
      ? [colours.dim(' No folded profile without a period.'), ...silent(height - 1)]
      : [
          `${colours.strong(' Folded')}${colours.dim('  traffic by phase of the step, × its mean')}`,
          ...profileChart(profile, row.periodSeconds, { ...area, columns: width, rows: height - 1 }),
        ]
  if (columns >= WIDE) {
    const low = Math.max(BARS + 1, Math.floor(rows * 0.4))
    const left = 7 + 32 * (columns >= 150 ? 2 : 1) + 10
    const side = bars(left, low)
    const right = overTime(row, { ...area, columns: columns - left - 2, rows: low })
    const both = side.map((line, n) => `${padEnd(line, left)}  ${right[n] ?? ''}`)
    return [...fastChart(row, unit, { ...area, rows: rows - low - 1 }), '', ...both]
  }
  const isTall = rows >= LEAST + BARS + LEAST + 4
  const time = isTall ? overTime(row, { ...area, rows: Math.max(LEAST, Math.floor(rows * 0.3)) }) : []
  const folded = bars(columns, BARS + 1)
  const room = rows - folded.length - time.length - (isTall ? 2 : 1)
  return [...fastChart(row, unit, { ...area, rows: room }), '', ...folded, ...(isTall ? ['', ...time] : [])]
}
