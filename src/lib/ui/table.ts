// Owns tables that are printed once, at the end: plain text, one rule below the header, no box. See ui.ts for the folder.

import CliTable3 from 'cli-table3'
import type { Colours } from './colour.ts'
import { displayWidth, padEnd, padStart } from './width.ts'

export interface Column {
  readonly title: string
  /** Numbers go right, so that their units stand below each other. Default left. */
  readonly align?: 'left' | 'right'
}

/** Spaces between two columns. */
const gap = 2
/** cli-table3 takes half a millisecond a row and grows faster than the rows (3.1 s for 5000): beyond this, plain padding. */
const cliTableRows = 200

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const

function drawWithCliTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const table = new CliTable3({
    chars: noLines,
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [] },
  })
  table.push(
    columns.map((column) => column.title),
    ...rows.map((row) => [...row]),
  )
  return table.toString().split('\n')
}

function drawWithPadding(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): string[] {
  const last = columns.length - 1
  return [columns.map((column) => column.title), ...rows].map((row) => {
    let line = ''
    for (const [at, column] of columns.entries()) {
      const cell = row[at] ?? ''
      line += column.align === 'right' ? padStart(cell, widths[at]!) : padEnd(cell, widths[at]!)
      if (at < last) line += ' '.repeat(gap)
    }
    return line
  })
}

/**
 * A table as lines, without a newline at the end and without spaces behind a line.
 * @param rows one text a column; text from the network must have gone through `escapeText`; colour is allowed
 * @param colours the header's colours
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colours: Colours,
): string {
  const widths = columns.map((column, at) => {
    let width = displayWidth(column.title)
    for (const row of rows) width = Math.max(width, displayWidth(row[at] ?? ''))
    return width
  })
  const lines = rows.length > cliTableRows ? drawWithPadding(columns, rows, widths) : drawWithCliTable(columns, rows)
  const [header = '', ...body] = lines.map((line) => line.trimEnd())
  const total = widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, columns.length - 1)
  return [colours.strong(header), colours.dim('─'.repeat(total)), ...body].join('\n')
}
