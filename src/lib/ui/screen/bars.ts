// Owns bars: a share, a value of its most, several values below each other. Blocks in eighths. See screen.ts for the folder.

import { blockBar } from '../block-bar.ts'
import { formatPercent } from '../numbers.ts'
import { displayWidth } from '../width.ts'
import { cellText, fitText, type Paint } from './line.ts'
import type { Area } from './page.ts'

export { blockBar }

/** `< 0.1 %` is the longest. */
const percentColumns = 7

/** A share as a bar and a number, `████████▏  21 %`, in exactly `width` columns; where that is narrow the number alone. */
export function shareBar(share: number | null, width: number): string {
  const text = share === null ? '-' : formatPercent(share)
  const room = width - percentColumns - 1
  if (room < 3) return fitText(text, width, 'right')
  return `${blockBar(share, room)} ${text.padStart(percentColumns)}`
}

/** A value of the most that it can be. */
export interface GaugeValue {
  /** null: unknown. */
  readonly value: number | null
  readonly most: number
  /** From here on it is doubtful; a mark shows where. */
  readonly warn?: number
  /** The value with its unit, and of what. */
  readonly text: string
  /** Columns for the text, whatever it is; default 24. */
  readonly textColumns?: number
}

/** A bar with a mark at the warn level and a text, in exactly `width` columns. From the warn level on it has `!` behind it. */
export function gauge({ value, most, warn, text, textColumns = 24 }: GaugeValue, width: number, paint: Paint): string {
  const room = Math.max(0, width - Math.min(textColumns, width) - 3)
  const high = value !== null && warn !== undefined && value >= warn
  const filled = [...blockBar(value === null || most <= 0 ? null : value / most, room)]
  if (warn !== undefined && most > 0 && warn < most && room > 0) {
    const at = Math.min(room - 1, Math.floor((warn / most) * room))
    if (filled[at] === ' ') filled[at] = '┊'
  }
  const bar = room === 0 ? '' : `▕${filled.join('')}▏`
  const line = `${bar}${fitText(` ${text}${high ? ' !' : ''}`, width - displayWidth(bar))}`
  return high ? paint(line) : line
}

/** One bar of a histogram. */
export interface Bar {
  readonly label: string
  /** null: unknown. */
  readonly value: number | null
  readonly paint?: Paint | undefined
}

export interface HistogramOptions {
  readonly bars: readonly Bar[]
  /** A value with its unit. */
  readonly format: (value: number) => string
  /** Columns for values, whatever they are; default 10. */
  readonly valueColumns?: number
  /** What has a full bar; default the largest value. */
  readonly most?: number
  /** Columns for labels; default as many as the longest, a third of the width at most. */
  readonly labelColumns?: number
}

/**
 * Bars below each other with their labels and values; where there are more than `area.rows`, a last line says how many
 * are not shown, and what they are together. Each line is exactly `area.columns` wide.
 */
export function histogram(options: HistogramOptions, { columns, rows, colours }: Area): string[] {
  const { bars, format, valueColumns = 10 } = options
  const longest = bars.reduce((wide, { label }) => Math.max(wide, displayWidth(cellText(label))), 0)
  const labels = options.labelColumns ?? Math.min(longest, Math.floor(columns / 3))
  const room = Math.max(0, columns - labels - valueColumns - 3)
  const known = bars.map(({ value }) => (value !== null && Number.isFinite(value) ? value : 0))
  const most = options.most ?? known.reduce((a, b) => Math.max(a, b), 0)
  const line = ({ label, value, paint }: Bar) => {
    const bar = blockBar(value === null || most <= 0 ? null : value / most, room)
    const text = value === null || !Number.isFinite(value) ? '-' : format(value)
    const name = fitText(cellText(label), labels)
    return fitLine(` ${name} ${paint ? paint(bar) : bar} ${fitText(text, valueColumns, 'right')}`, columns)
  }
  if (bars.length <= rows) return bars.map(line)
  const shown = Math.max(0, rows - 1)
  const rest = known.slice(shown).reduce((a, b) => a + b, 0)
  const more = fitText(` ${bars.length - shown} more, together ${format(rest)}`, columns)
  return [...bars.slice(0, shown).map(line), colours.dim(more)].slice(0, rows)
}

/** A line that is only too wide where there is no room for its parts. */
const fitLine = (line: string, columns: number) => (displayWidth(line) <= columns ? line : fitText(line, columns))
