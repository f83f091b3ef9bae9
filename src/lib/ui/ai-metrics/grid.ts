// Owns the twelve charts side by side. Knows no keys. See ../ai-metrics-screen.ts. Start at gridLines.

import { type AiSnapshot, TREND_POINTS } from '../../ai-metrics/snapshot.ts'
import { type Area, lineChart, type Paint } from '../screen/screen.ts'
import { displayWidth, padEnd, truncate } from '../width.ts'
import { hasValues, type Panel, type PanelLine, paintOf, panels, valueText } from './panels.ts'

export const GRID_COLUMNS = 3
const GRID_ROWS = panels.length / GRID_COLUMNS
/** A chart that is narrower or lower shows no shape. */
const LEAST_WIDTH = 36
const LEAST_HEIGHT = 7
/** Between two charts. */
const GAP = 1
/** Lines of a legend, where there are that many kinds. */
const MOST_LEGEND = 3

/** What is pointed at. */
export interface Pointer {
  /** Point of the trend. */
  readonly at: number
  /** The cursor is to be drawn. */
  readonly isSet: boolean
  /** Number of the selected chart. */
  readonly panel: number
}

/** Whether there is room for charts; else the numbers are shown. */
export const hasGrid = ({ columns, rows }: Area): boolean =>
  columns >= GRID_COLUMNS * (LEAST_WIDTH + GAP) && rows >= GRID_ROWS * LEAST_HEIGHT

/** As many lines as there are rows in the area. */
export function gridLines(s: AiSnapshot, pointer: Pointer, area: Area): string[] {
  const lines: string[] = []
  for (let row = 0; row < GRID_ROWS; row++) {
    // What is left over goes to the first rows.
    const rows = Math.floor((area.rows - row + GRID_ROWS - 1) / GRID_ROWS)
    const cells: string[][] = []
    for (let column = 0; column < GRID_COLUMNS; column++) {
      const wide = Math.floor((area.columns - GAP * (GRID_COLUMNS - 1) - column + GRID_COLUMNS - 1) / GRID_COLUMNS)
      const nth = row * GRID_COLUMNS + column
      cells.push(
        chartCell(panels[nth]!, s, { ...pointer, isChosen: nth === pointer.panel }, { ...area, columns: wide, rows }),
      )
    }
    for (let line = 0; line < rows; line++) lines.push(cells.map((cell) => cell[line] ?? '').join(' '.repeat(GAP)))
  }
  return lines
}

type CellPointer = Pointer & { readonly isChosen: boolean }

/** One chart: title with the value, the other lines' values, the chart. All lines are as wide as the area. */
function chartCell(panel: Panel, s: AiSnapshot, pointer: CellPointer, area: Area): string[] {
  const { columns, rows, colours } = area
  const lines = panel.lines(s.trend)
  const { at } = pointer
  const head = [titleLine(panel, lines, pointer, area)]
  if (!hasValues(lines)) {
    head.push(colours.dim(padEnd(truncate(` ${panel.without(s)}`, columns), columns)))
    while (head.length < rows) head.push(' '.repeat(columns))
    return head
  }
  if (lines.length > 1) head.push(...legendLines(panel, lines, at, area))
  const chart = lineChart(
    {
      series: lines.map(({ label, values }, nth) => ({ label, values, paint: paintOf(panel, nth, colours) })),
      stepMs: s.windowMs,
      endMs: s.trend.times.at(-1) ?? 0,
      spanMs: TREND_POINTS * s.windowMs,
      unit: panel.unit,
      small: true,
      cursor: pointer.isSet ? s.trend.times.length - 1 - at : undefined,
    },
    { ...area, rows: rows - head.length },
  )
  return [...head, ...chart]
}

/** Shares are what is asked of kinds: the first line is their sum. */
export const isOfKinds = ({ title }: Panel): boolean => title === 'Operations' || title === 'Drop Reasons'

/** Null where no line is known there. */
export const sumAt = (lines: readonly PanelLine[], at: number): number | null =>
  lines.reduce<number | null>((sum, { values }) => (values[at] == null ? sum : (sum ?? 0) + values[at]), null)

function titleLine(panel: Panel, lines: readonly PanelLine[], { at, isChosen }: CellPointer, area: Area): string {
  const { columns, colours } = area
  const mark = isChosen ? '▸' : ' '
  const first = lines[0]
  const isTwo = first !== undefined && lines.length > 1 && !isOfKinds(panel) && hasValues(lines)
  const label = isTwo ? `${first.label} ` : ''
  let text = ''
  if (isOfKinds(panel)) {
    const sum = sumAt(lines, at)
    text = sum === null ? '-' : sum === 0 ? '0' : panel.text(sum)
  } else if (first !== undefined) text = valueText(first, at, panel.text, true)
  const value = `${label}${text}`
  const room = columns - displayWidth(mark + panel.title) - 2
  const shown = truncate(value, room)
  const title = isChosen ? colours.accent(`${mark}${panel.title}`) : `${mark}${colours.strong(panel.title)}`
  const bad = panel.isTrouble && lines.some(({ values }) => (values[at] ?? 0) > 0)
  const paint: Paint = bad ? colours.bad : (same) => same
  return `${title}  ${paint(shown)}${' '.repeat(Math.max(0, room - displayWidth(shown)))}`
}

/** How lines of the chart look without colour, from the second on. */
const samples = ['⠤⠤', '⠄⠄', '⠤⠄', '⠄ '] as const

/** Values of the other lines, or of all kinds with their shares; as many lines as they take. */
function legendLines(panel: Panel, lines: readonly PanelLine[], at: number, area: Area): string[] {
  const { columns, colours } = area
  const pieces = isOfKinds(panel) ? kindPieces(lines, at) : otherPieces(panel, lines, at, columns)
  const most = isOfKinds(panel) ? Math.min(MOST_LEGEND, area.rows - LEAST_HEIGHT + 2) : 1
  const packed: string[] = []
  let line = ''
  for (const piece of pieces) {
    const longer = line === '' ? ` ${piece}` : `${line} ${piece}`
    if (displayWidth(longer) <= columns) line = longer
    else if (packed.length + 1 < most) {
      packed.push(line)
      line = ` ${piece}`
    } else break
  }
  packed.push(line)
  return packed.map((text) => colours.dim(padEnd(truncate(text, columns), columns)))
}

function kindPieces(lines: readonly PanelLine[], at: number): string[] {
  const sum = sumAt(lines, at) ?? 0
  return lines.map(({ label, values }, nth) => {
    const value = values[at] ?? null
    const share = value === null || sum === 0 ? '-' : `${((value / sum) * 100).toFixed(0)} %`
    return `${samples[nth % samples.length]} ${label} ${share.padStart(5)}`
  })
}

function otherPieces(panel: Panel, lines: readonly PanelLine[], at: number, columns: number): string[] {
  const rest = lines.slice(1)
  // Quartiles are told apart by their order.
  const isMany = lines.length > samples.length
  const long = rest.map((line) => `${line.label} ${padEnd(valueText(line, at, panel.text, true), 8)}`)
  const short = rest.map((line) => `${line.label} ${padEnd(valueText(line, at, panel.short, false), isMany ? 5 : 6)}`)
  const sample = (text: string, nth: number) => (isMany ? text : `${samples[(nth + 1) % samples.length]} ${text}`)
  const wide = long.map(sample)
  const total = wide.reduce((sum, text) => sum + displayWidth(text) + 1, 1)
  return columns >= 60 && total <= columns ? wide : short.map(sample)
}
