// Owns line charts: several series over time, drawn in braille, with axes. See screen.ts for the folder.

import type { Colours } from '../colour.ts'
import { formatIec, formatSi } from '../numbers.ts'
import { displayWidth } from '../width.ts'
import { clockLabel, fittedTicks, secondsLabel, timeStep, valueTicks } from './axis.ts'
import { DotGrid, type LineStyle } from './braille.ts'
import { cellText, fitText, type Paint } from './line.ts'
import type { Area } from './page.ts'

export interface ChartSeries {
  readonly label: string
  /** One value a step, the last one at `endMs`; null is a gap. */
  readonly values: readonly (number | null)[]
  readonly paint?: Paint | undefined
}

/** A line right across, drawn where it is within the axis. */
export interface ChartThreshold {
  readonly label: string
  readonly value: number
}

export interface ChartOptions {
  /** The first four can be told apart without colour. */
  readonly series: readonly ChartSeries[]
  /** Between two values. */
  readonly stepMs: number
  /** Time of the last values, since 1970 for a clock. */
  readonly endMs: number
  /** How much is shown. */
  readonly spanMs: number
  /** What values are in: `b/s`; `%` takes them as they are. */
  readonly unit: string
  /** The axis goes up to here at least: 100 for per cent. */
  readonly atLeast?: number
  /** The axis goes from about the least to about the largest value, all of them above 0, in place of from 0. */
  readonly fits?: boolean
  readonly thresholds?: readonly ChartThreshold[]
  /** `ago`: seconds before the end; `clock`: the machine's time of day; `seconds`: from the start; `steps`: values before the last one, where their time is not known. Default `ago`. */
  readonly time?: 'ago' | 'clock' | 'seconds' | 'steps'
  /** With `steps`: what the last value is, at the end of the axis: `last interval`. */
  readonly stepName?: string
  /** Values before the last one: a line from top to bottom, where the chart is empty. */
  readonly cursor?: number | undefined
  /** For many charts on a screen: no legend, and the labels of time stand in the lower edge. */
  readonly small?: boolean
}

const styles: readonly LineStyle[] = ['solid', 'dotted', 'dashed', 'sparse']
/** How each style looks in the legend: as in the chart where a line is flat. */
const samples: readonly string[] = ['⠤⠤⠤', '⠄⠄⠄', '⠤⠄⠤', '⠄ ⠄']

const valueText = (value: number, unit: string) => {
  if (unit === 'B') return formatIec(value)
  if (unit !== '%') return formatSi(value, unit)
  return `${Math.abs(value) < 10 && value % 1 !== 0 ? value.toFixed(1) : value.toFixed(0)} %`
}

/** A number of an axis is round: `50 Mb/s`, not `50.0 Mb/s`. */
const roundText = (value: number, unit: string) =>
  valueText(value, unit).replace(/\.0+(?= |$)|(\.\d*[1-9])0+(?= |$)/, '$1')

/** Of ticks so far apart: as many digits as tell them apart, without prefix. */
const plainText = (step: number, unit: string) => {
  const digits = Math.max(
    0,
    Math.min(6, Math.ceil(-Math.log10(step) - 1e-9) + (/^2\.?5/.test(step.toExponential()) ? 1 : 0)),
  )
  return (value: number) => `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`
}

/** The newest value that is known. */
const newest = ({ values }: ChartSeries) => values.findLast((value) => value !== null && Number.isFinite(value)) ?? null

/** Fills a line of styled pieces up to `columns`; what does not fit is left out, piece by piece. */
function legend(options: ChartOptions, columns: number, colours: Colours): string {
  let line = ''
  let used = 0
  const add = (text: string, paint: Paint | undefined) => {
    const width = displayWidth(text)
    if (used + width > columns) return
    line += paint ? paint(text) : text
    used += width
  }
  // Numbers keep their room, so that what follows them stays where it is.
  const room = 6 + options.unit.length
  for (const [at, series] of options.series.entries()) {
    const value = newest(series)
    const text = value === null ? '-' : valueText(value, options.unit)
    add(` ${samples[at % samples.length]} ${cellText(series.label)} ${fitText(text, room)} `, series.paint)
  }
  for (const { label, value } of options.thresholds ?? []) {
    add(` ╌╌ ${cellText(label)} ${roundText(value, options.unit)} `, colours.dim)
  }
  return line + ' '.repeat(columns - used)
}

/** What the lower and the upper edge stand for. */
interface Edges {
  readonly base: number
  readonly top: number
}

/** Draws all series into dots. */
function plot(grid: DotGrid, { series, stepMs, spanMs }: ChartOptions, { base, top }: Edges): void {
  const [right, bottom] = [grid.columns * 2 - 1, grid.rows * 4 - 1]
  const steps = Math.max(1, Math.round(spanMs / stepMs))
  for (const [owner, { values }] of series.entries()) {
    const style = styles[owner % styles.length]!
    let from: { readonly x: number; readonly y: number } | undefined
    for (let at = Math.max(0, values.length - 1 - steps); at < values.length; at++) {
      const value = values[at] ?? null
      if (value === null || !Number.isFinite(value)) {
        from = undefined
        continue
      }
      const x = right - Math.round(((values.length - 1 - at) / steps) * right)
      const y = bottom - Math.round(Math.max(0, Math.min(1, (value - base) / (top - base))) * bottom)
      if (from === undefined) grid.dot(x, y, owner)
      else grid.line(from.x, from.y, x, y, owner, style)
      from = { x, y }
    }
  }
}

/** The row of cells in which the dots of a value are. */
const rowOf = (value: number, { base, top }: Edges, rows: number) =>
  Math.round((1 - (value - base) / (top - base)) * (rows * 4 - 1)) >> 2

/** Rows with a line right across, in the cells that are empty. */
function thresholdRows({ thresholds = [] }: ChartOptions, edges: Edges, rows: number): ReadonlySet<number> {
  const within = thresholds.filter(({ value }) => value > edges.base && value <= edges.top)
  return new Set(within.map(({ value }) => rowOf(value, edges, rows)))
}

/** Stands for the cursor among the owners of cells. */
const cursorOwner = -2

/** The column of cells in which a cursor is; undefined where it is not on the chart. */
function cursorColumn({ cursor, spanMs, stepMs }: ChartOptions, columns: number): number | undefined {
  if (cursor === undefined) return undefined
  const steps = Math.max(1, Math.round(spanMs / stepMs))
  const right = columns * 2 - 1
  return cursor < 0 || cursor > steps ? undefined : (right - Math.round((cursor / steps) * right)) >> 1
}

/** A row of cells, each piece in the colour of the series that drew it. */
function rowText(grid: DotGrid, row: number, threshold: boolean, options: ChartOptions, colours: Colours): string {
  let line = ''
  let piece = ''
  let owner = -1
  const marked = cursorColumn(options, grid.columns)
  const flush = () => {
    const of = owner >= 0 ? options.series[owner]?.paint : threshold ? colours.dim : undefined
    const paint = owner === cursorOwner ? colours.accent : of
    line += paint && piece.trim() !== '' ? paint(piece) : piece
    piece = ''
  }
  for (let column = 0; column < grid.columns; column++) {
    const cell = grid.owner(column, row)
    const by = cell < 0 && column === marked ? cursorOwner : cell
    if (by !== owner) flush()
    owner = by
    piece += by === cursorOwner ? '┊' : by < 0 && threshold ? '╌' : grid.letter(column, row)
  }
  flush()
  return line
}

function tickLabel({ time = 'ago', stepMs }: ChartOptions, second: number, ms: number, step: number): string {
  if (time === 'clock') return clockLabel(ms, step)
  if (time === 'steps') return `-${Math.round((second * 1000) / stepMs)}`
  const unit = second < 100 ? ' s' : ''
  return `${time === 'ago' ? '-' : ''}${secondsLabel(second)}${unit}`
}

/** The lower edge with its ticks, and their labels below it: two lines of `columns` in all. */
function timeAxis(options: ChartOptions, lead: number, columns: number): [string, string] {
  const { endMs, spanMs, time = 'ago' } = options
  const width = columns - lead - 1
  const seconds = spanMs / 1000
  const least = time === 'steps' ? options.stepMs / 1000 : 0
  const step = Math.max(least, timeStep(seconds, Math.max(2, Math.floor(width / 12))))
  const edge = [...'─'.repeat(Math.max(0, width))]
  const labels = [...' '.repeat(columns)]
  const put = (text: string, middle: number) => {
    const from = Math.max(0, Math.min(columns - text.length, middle - Math.floor(text.length / 2)))
    if (labels.slice(Math.max(0, from - 1), from + text.length + 1).some((letter) => letter !== ' ')) return
    for (const [at, letter] of [...text].entries()) labels[from + at] = letter
  }
  const columnAt = (second: number) => Math.round((second / seconds) * (width - 1))
  const [startMs, stepMs] = [endMs - spanMs, step * 1000]
  // Ticks are round numbers of what the labels say: a clock's move along with time, the others stand.
  const midnight = new Date(endMs).setHours(0, 0, 0, 0)
  const first = time === 'clock' ? midnight + Math.ceil((startMs - midnight) / stepMs) * stepMs : startMs
  const back = time === 'ago' || time === 'steps'
  if (back) put(time === 'ago' ? 'now' : (options.stepName ?? 'last'), lead + width)
  for (let ms = first; ms <= endMs + 1e-6; ms += stepMs) {
    const second = (ms - startMs) / 1000
    const at = columnAt(back ? seconds - second : second)
    if (edge[at] === undefined) continue
    edge[at] = '┴'
    if (!back || second > 0) put(tickLabel(options, second, ms, step), lead + 1 + at)
  }
  return [`${' '.repeat(lead)}└${edge.join('')}`, labels.join('')]
}

/** Both lines of the time axis as one: labels, and between them the edge. */
function joined(edge: string, labels: string): string {
  const cells = [...edge]
  for (const { 0: label, index } of labels.matchAll(/\S+(?: \S+)*/g)) {
    for (const [at, letter] of [...label].entries()) cells[index + at] = letter
  }
  return cells.join('')
}

/** Fewer rows than this have no chart: only the legend is given. */
const leastRows = 5
const leastSmallRows = 3
const leastColumns = 24

/**
 * A chart of exactly `area.rows` lines of exactly `area.columns`: a legend with the newest values, the series with a value axis
 * from 0 (or with `fits` from a round number) and up to a round number, and a time axis. Line styles tell series apart where there is no colour. Pure.
 */
export function lineChart(options: ChartOptions, { columns, rows, colours }: Area): string[] {
  const { small = false } = options
  const lines = small ? [] : [legend(options, columns, colours)]
  const height = rows - (small ? 1 : 3)
  if (rows < (small ? leastSmallRows : leastRows) || columns < leastColumns) {
    while (lines.length < rows) lines.push(' '.repeat(columns))
    return lines.slice(0, rows)
  }
  const steps = Math.max(1, Math.round(options.spanMs / options.stepMs))
  let most = options.atLeast ?? 0
  let least = Number.POSITIVE_INFINITY
  for (const { values } of options.series) {
    for (const value of values.slice(-steps - 1)) {
      if (value === null || !Number.isFinite(value)) continue
      most = Math.max(most, value)
      least = Math.min(least, value)
    }
  }
  // Bytes are round in steps of 1024.
  const step = options.unit === 'B' && most >= 1 ? 1024 ** Math.floor(Math.log(most) / Math.log(1024)) : 1
  const count = Math.max(1, Math.min(5, Math.floor(height / 2)))
  const ticks = options.fits
    ? fittedTicks(least, most, count)
    : valueTicks(most / step, count).map((tick) => tick * step)
  const edges = { base: options.fits ? ticks[0]! : 0, top: ticks.at(-1)! }
  const tickText = options.fits ? plainText(ticks[1]! - ticks[0]!, options.unit) : roundText
  // As wide as any number with this unit, so that the chart stands still when its axis changes.
  const lead = (options.fits ? 7 : 6) + Math.max(options.unit === 'B' ? 'iB'.length : options.unit.length, 1)
  const grid = new DotGrid(columns - lead - 1, height)
  plot(grid, options, edges)
  const labels = new Map(ticks.map((tick) => [rowOf(tick, edges, height), tickText(tick, options.unit)]))
  const thresholds = thresholdRows(options, edges, height)
  for (let row = 0; row < height; row++) {
    const label = labels.get(row)
    const edge = `${fitText(label ?? '', lead, 'right')}${label === undefined ? '│' : '┤'}`
    lines.push(colours.dim(edge) + rowText(grid, row, thresholds.has(row), options, colours))
  }
  const [edge, below] = timeAxis(options, lead, columns)
  if (small) lines.push(colours.dim(joined(edge, below)))
  else lines.push(colours.dim(edge), colours.dim(below))
  return lines
}
