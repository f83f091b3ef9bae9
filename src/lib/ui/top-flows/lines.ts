// Owns the lines around the flows in the screen of `sonde top-flows`, and the text of its other pages. See ../top-flows-screen.ts.

import { errorText } from '../../top-flows/error-text.ts'
import type { SnapshotRow, TopFlowsSnapshot, ValueEstimate, ValueTitle } from '../../top-flows/snapshot.ts'
import { runParts, silenceLines } from '../analysis-page.ts'
import { formatCount, formatPercent, formatSi, plural } from '../numbers.ts'
import { type Area, cellText, fitParts, type Part, sparkline, wrapText } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'
import { displayWidth, truncate } from '../width.ts'
import { valueText, valueTitle } from './columns.ts'

/** The first line: what is looked at and how good it is. */
function sourceLine(s: TopFlowsSnapshot, area: Area): string {
  const { source, clock, rate, lost } = runParts
  const parts: Part[] = [
    source(s, area),
    clock(s, 3),
    { text: `${plural(s.samples, 'sample')}`, min: 14, max: 18, priority: 1, align: 'right' },
    lost(s, area, 2),
    { text: cellText(s.agg), min: 14, max: 30, priority: 4 },
  ]
  if (area.columns >= 100) parts.push(rate(s, 5))
  if (area.columns >= 130) parts.push({ text: plural(s.flows, 'flow'), min: 14, priority: 6, align: 'right' })
  return fitParts(parts, area.columns)
}

/** `10 s window`, `all of it`, `smoothed over 2 s`. */
export function windowText({ windowMs, smoothMs }: Pick<TopFlowsSnapshot, 'windowMs' | 'smoothMs'>): string {
  if (smoothMs !== null) return `smoothed over ${formatSpan(smoothMs)}`
  return windowMs === 'all' ? 'since the start' : `${formatSpan(windowMs)} window`
}

/** `7 of 10 s window` or `last 10 s window`: short, so that the filter behind it is seen. */
function shownWindow(s: TopFlowsSnapshot): string {
  const text = windowText(s)
  if (s.windowMs === 'all' || s.smoothMs !== null || s.startMs === null) return text
  if (s.soFarSeconds === null) return `last ${text}`
  // Whole seconds say enough of windows of ten and more.
  const soFar = s.windowMs >= 10_000 ? Math.floor(s.soFarSeconds).toFixed(0) : s.soFarSeconds.toFixed(1)
  // The window's unit is seconds below a minute; else the number needs its own.
  const unit = s.windowMs >= 1000 && s.windowMs < 60_000 ? '' : ' s'
  return `${soFar}${unit} of ${text}`
}

/** The second line: what was asked, and of which window the rows are. */
function questionLine(s: TopFlowsSnapshot, { columns, colours }: Area): string {
  const keys = s.keys.length === 0 ? 'all flows as one' : s.keys.join(',')
  const what = [
    s.recipe === null ? undefined : `recipe ${s.recipe}`,
    keys,
    s.values.map(({ text }) => text).join(','),
    shownWindow(s),
    s.dropped ? 'dropped packets' : undefined,
    s.by === null ? undefined : `by ${s.by}`,
    s.filter === null ? undefined : `where ${s.filter}`,
  ]
  const line = what
    .filter((part) => part !== undefined)
    .join(' · ')
    .trimEnd()
  return colours.dim(truncate(` ${cellText(line)}`, columns))
}

export const headLines = (s: TopFlowsSnapshot, area: Area): string[] => [sourceLine(s, area), questionLine(s, area)]

/** Why there is no row, and what to do. */
export function emptyLines(s: TopFlowsSnapshot, area: Area): string[] {
  if (s.datagrams === 0) return silenceLines(s, area)
  const text = (line: string) => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  const kind = s.dropped ? 'discard notifications' : 'flow samples'
  const source = cellText(s.source)
  if (s.seen === 0) {
    const why = s.dropped
      ? 'Agents send them only where they support and are told to: see docs/agents.md.'
      : 'Is flow sampling on at the agents, and not only counters? Has their traffic a sampling rate that lets samples come?'
    return [
      '',
      ...text(`${plural(s.datagrams, 'datagram')} came from ${source}, and no ${kind} in them.`),
      ...text(why),
    ]
  }
  if (s.startMs === null) return ['', ...text(`Nothing is counted yet: ${windowText(s)}.`)]
  // `seen` goes back to the start, `matched` only to the last change of the question: their share says nothing.
  if (s.matched === 0 && s.filter !== null) {
    return [
      '',
      ...text('The filter lets no sample through:'),
      ...text(cellText(s.filter ?? '')).map((line) => `  ${line}`),
      ...text('f changes it.'),
    ]
  }
  const window = s.windowMs === 'all' ? 'so far' : 'in this window'
  return [
    '',
    ...text(
      `No ${kind} ${s.filter === null ? '' : 'that the filter lets through '}${window}; ${formatCount(s.matched)} since the start.`,
    ),
  ]
}

const unlisted = (s: TopFlowsSnapshot): number =>
  Math.max(0, s.flows - s.rows.filter((row) => row.kind === 'flow').length)

/** Whether a row that is no flow has anything to say: the total always, the others where something is in them. */
export function hasFixedRow(s: TopFlowsSnapshot, { kind, samples }: SnapshotRow): boolean {
  return kind === 'total' || samples > 0 || (kind === 'other' && unlisted(s) > 0)
}

/** The label of a row that is no flow. */
export function rowLabel(s: TopFlowsSnapshot, { kind }: SnapshotRow): string {
  if (kind === 'other') return `(other: ${formatCount(unlisted(s))})`
  return kind === 'no key' ? '(no key)' : 'total'
}

/** All that is known of one row; undefined: it is not listed now. */
export function rowLines(s: TopFlowsSnapshot, row: SnapshotRow | undefined, totals: boolean, area: Area): string[] {
  const { columns, colours } = area
  if (row === undefined) return ['', ' This flow is not listed now: others have more.']
  const wide = Math.min(28, Math.max(12, ...s.keys.map((key) => displayWidth(cellText(key)))))
  const lines: string[] = ['']
  const line = (label: string, text: string) => {
    const parts = wrapText(text, Math.max(10, columns - wide - 4))
    lines.push(...parts.map((part, n) => ` ${(n === 0 ? truncate(label, wide) : '').padEnd(wide)}  ${part}`))
  }
  for (const [at, key] of s.keys.entries()) line(cellText(key), cellText(row.key[at] ?? '-'))
  if (row.agent !== null) line('agent', cellText(row.agent))
  if (row.dataSource !== null) line('data source', cellText(row.dataSource))
  lines.push('')
  for (const [at, title] of s.values.entries())
    line(cellText(valueTitle(title, totals)), estimateText(row, at, title, totals))
  line('samples', `${formatCount(row.samples)}${row.samples < 30 ? ', few: what is told of it is doubtful' : ''}`)
  const history = row.history.map((value) => value ?? Number.NaN)
  if (history.length > 0) {
    const most = history.reduce((a, b) => (b > a ? b : a), 0)
    const unit = s.values[0]
    const largest = unit === undefined ? '' : valueText({ ...nothing, perSecond: most, total: most }, unit, false)
    lines.push('', colours.dim(` trend over the last ${plural(history.length, 'value')}, from 0 to ${largest}`))
    lines.push(` ${sparkline(history, Math.min(columns - 2, history.length))}`)
  }
  return lines
}

const nothing = { total: null, perSecond: null, share: null, errorPct: null, low: null, high: null }

/** The bounds of what is shown: of the total, or of the rate that is in the same proportion to it. */
function boundsText(
  { total, perSecond, low, high }: ValueEstimate,
  title: ValueTitle,
  totals: boolean,
): string | undefined {
  if (low === null || high === null) return undefined
  const seconds = total !== null && total > 0 && perSecond !== null ? total / perSecond : null
  if (seconds === null && title.statistic === 'rate' && !totals) return undefined
  const bound = (at: number) =>
    valueText({ ...nothing, total: at, perSecond: seconds === null ? null : at / seconds }, title, totals)
  return `(${bound(low)} to ${bound(high)} at 95 %)`
}

function estimateText(row: SnapshotRow, at: number, title: ValueTitle, totals: boolean): string {
  const value = row.values[at] ?? nothing
  const bounds = boundsText(value, title, totals)
  const parts = [valueText(value, title, totals)]
  const error = errorText(value)
  if (error !== '-') parts.push(/^[+-]/.test(error) ? error : `± ${error}`)
  if (bounds !== undefined) parts.push(bounds)
  if (value.share !== null && row.kind !== 'total') parts.push(`${formatPercent(value.share)} of the total`)
  if (title.unit === 'bytes' && value.total !== null && !totals)
    parts.push(`${formatSi(value.total, 'B')} in the window`)
  return parts.join('   ')
}
