// Owns the table of a screen: columns of fixed width, sorting, a selected row, scrolling. See screen.ts for the folder.
// ../table.ts has the tables that are printed once.

import type { Colours } from '../colour.ts'
import { formatCount } from '../numbers.ts'
import { fitSlots, type Slot } from './layout.ts'
import { fitText, type Paint } from './line.ts'
import type { Area } from './page.ts'
import { RowOrder } from './row-order.ts'

/** A column of rows of type R; its width comes from the terminal's alone, never from what stands in it. */
export interface TableColumn<R> extends Slot {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The text, safe for a terminal and without colour; cut to `width` if it is longer. */
  readonly cell: (row: R, width: number) => string
  /** What colour says of this row's value. */
  readonly paint?: (row: R, colours: Colours) => Paint | undefined
  /** What rows are sorted by: numbers largest first, texts in order, null last. */
  readonly sort?: (row: R) => number | string | null
  /** It says which row it is. In a fixed row the first such column to the last one are one cell, with the row's label. */
  readonly names?: boolean
}

/** A row below the others that is neither sorted nor selected nor scrolled: a total, all others. */
export interface FixedRow<R> {
  readonly row: R
  /** Safe for a terminal and without colour. */
  readonly label: string
}

/** Rows of close values may keep their place for so long, so that they can be read. */
const holdMs = 1000
/** Numbers that differ by less than so much of the larger one are close. */
const closeShare = 0.05

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return b - a
  const [x, y] = [String(a), String(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

function areClose(a: number | string | null, b: number | string | null): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return false
  return Math.abs(a - b) <= closeShare * Math.max(Math.abs(a), Math.abs(b))
}

/** The rows of the newest snapshot as a person sees them. Rows are known by their key, so that a selection stays on its row. */
export class Table<R> {
  readonly #columns: readonly TableColumn<R>[]
  readonly #key: (row: R) => string
  readonly #things: string
  readonly #order = new RowOrder(holdMs)
  #rows: ReadonlyMap<string, R> = new Map()
  #shown: readonly string[] = []
  #sortAt: number
  #reversed = false
  /** Row that was chosen; undefined: the first, whichever that is. */
  #chosen: string | undefined
  #at = 0
  #top = 0
  #height = 1
  #visible: readonly boolean[]
  #takenAt = 0
  #fixed: readonly FixedRow<R>[] = []
  #unlisted = 0

  /**
   * @param key tells rows apart; safe text is not needed
   * @param sortedBy title of the column that rows are sorted by at first
   * @param things what rows are, in words: `agents`
   */
  constructor(columns: readonly TableColumn<R>[], key: (row: R) => string, sortedBy: string, things: string) {
    this.#columns = columns
    this.#key = key
    this.#things = things
    this.#sortAt = columns.findIndex((column) => column.title === sortedBy)
    this.#visible = columns.map(() => true)
  }

  /** Title of the column that rows are sorted by. */
  get sortedBy(): string | undefined {
    return this.#columns[this.#sortAt]?.title
  }

  /** The row that `↵` goes into. */
  get selected(): R | undefined {
    const key = this.#shown[this.#at]
    return key === undefined ? undefined : this.#rows.get(key)
  }

  /**
   * @param fixed rows below the others, in this order
   * @param unlisted how many more there are that are no rows
   */
  take(rows: readonly R[], nowMs: number, fixed: readonly FixedRow<R>[] = [], unlisted = 0): void {
    this.#unlisted = unlisted
    this.#rows = new Map(rows.map((row) => [this.#key(row), row]))
    this.#fixed = fixed
    this.#takenAt = nowMs
    this.#arrange()
  }

  #arrange(): void {
    const present = new Set(this.#rows.keys())
    this.#shown = this.#order.arrange(
      present,
      (keys) => this.#rank(keys),
      (order) => this.#fits(order),
      this.#takenAt,
    )
    const at = this.#chosen === undefined ? 0 : this.#shown.indexOf(this.#chosen)
    // A chosen row that is gone hands the choice to the one that has its place.
    if (at >= 0) this.#at = at
    else this.#choose(this.#at)
  }

  #rank(keys: string[]): string[] {
    const value = this.#columns[this.#sortAt]?.sort ?? (() => null)
    const sign = this.#reversed ? -1 : 1
    return keys
      .map((key) => ({ key, by: value(this.#rows.get(key)!) }))
      .sort((a, b) => {
        const unknown = a.by === null || b.by === null
        return (unknown ? 1 : sign) * compare(a.by, b.by) || (a.key < b.key ? -1 : 1)
      })
      .map(({ key }) => key)
  }

  /** Whether no row stands below one that it should stand above, other than by a close number. */
  #fits(order: readonly string[]): boolean {
    const value = this.#columns[this.#sortAt]?.sort
    if (value === undefined) return true
    const sign = this.#reversed ? -1 : 1
    // The one of those above that should be lowest: to compare neighbours alone would let many small steps add up.
    let lowest: number | string | null | undefined
    for (const key of order) {
      const by = value(this.#rows.get(key)!)
      const rank = lowest === undefined ? 1 : (by === null || lowest === null ? 1 : sign) * compare(by, lowest)
      if (rank >= 0) lowest = by
      else if (!areClose(by, lowest ?? null)) return false
    }
    return true
  }

  #choose(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.#shown.length - 1))
    this.#chosen = this.#shown[this.#at]
  }

  #sortBy(at: number, reversed: boolean): void {
    this.#sortAt = at
    this.#reversed = reversed
    this.#order.release()
    this.#arrange()
  }

  /** The next column that is on the screen and can be sorted by. */
  #nextSort(): number {
    for (let step = 1; step <= this.#columns.length; step++) {
      const at = (this.#sortAt + step) % this.#columns.length
      if (this.#visible[at] && this.#columns[at]!.sort !== undefined) return at
    }
    return this.#sortAt
  }

  /** @returns whether the key is one of a table's: arrows, page up and down, home, end, `s` next column, `S` other way round */
  press(key: string): boolean {
    if (key === 's') this.#sortBy(this.#nextSort(), false)
    else if (key === 'S') this.#sortBy(this.#sortAt, !this.#reversed)
    else if (key === 'up') this.#choose(this.#at - 1)
    else if (key === 'down') this.#choose(this.#at + 1)
    else if (key === 'pageup') this.#choose(this.#at - this.#height)
    else if (key === 'pagedown') this.#choose(this.#at + this.#height)
    else if (key === 'end') this.#choose(this.#shown.length - 1)
    else if (key === 'home') {
      this.#at = 0
      this.#chosen = undefined
    } else return false
    return true
  }

  /** A header, rows, where not all fit a line that says which are shown, and fixed rows: `area.rows` lines at most. */
  draw({ columns, rows, colours }: Area): string[] {
    const { widths, gap } = fitSlots(this.#columns, columns - 1)
    this.#visible = widths.map((width) => width > 0)
    // The selected row comes before all fixed ones, and of those the last before the first.
    const fixed = this.#fixed.slice(Math.max(0, this.#fixed.length - Math.max(0, rows - 3)))
    const room = Math.max(1, rows - 1 - fixed.length)
    const all = this.#shown.length <= room
    this.#height = all ? room : Math.max(1, room - 1)
    this.#top = Math.max(0, Math.min(this.#top, this.#shown.length - this.#height))
    if (this.#at < this.#top) this.#top = this.#at
    if (this.#at >= this.#top + this.#height) this.#top = this.#at - this.#height + 1
    const lines = [colours.strong(this.#header(widths, gap))]
    const end = Math.min(this.#top + this.#height, this.#shown.length)
    for (let at = this.#top; at < end; at++) lines.push(this.#row(at, widths, gap, colours))
    if (!all && room > 1) {
      const which = `${formatCount(this.#top + 1)}–${formatCount(end)} of ${formatCount(this.#shown.length)} ${this.#things}`
      const more = this.#unlisted > 0 ? `; ${formatCount(this.#unlisted)} more are not listed` : ''
      lines.push(colours.dim(fitText(` ${which}, ↑↓ for more${more}`, columns)))
    }
    for (const row of fixed) lines.push(this.#fixedRow(row, widths, gap, colours))
    return lines.slice(0, rows)
  }

  /** The sorted column has ▾ (or ▴) beside its title: in the gap before it where the title stands right. */
  #header(widths: readonly number[], gap: number): string {
    const arrow = this.#reversed ? '▴' : '▾'
    let line = ''
    for (const [at, column] of this.#columns.entries()) {
      const width = widths[at]!
      if (width === 0) continue
      line += ' '.repeat(line === '' ? 1 : gap)
      const title = fitText(column.title, width, column.align)
      if (at !== this.#sortAt) line += title
      else if (column.align !== 'right') line += fitText(`${column.title}${arrow}`, width)
      else if (title.startsWith(' ')) line += title.replace(/ (?! )/, arrow)
      else line = `${line.slice(0, -1)}${arrow}${title}`
    }
    return line
  }

  #row(at: number, widths: readonly number[], gap: number, colours: Colours): string {
    const row = this.#rows.get(this.#shown[at]!)!
    const selected = at === this.#at
    let line = selected ? colours.accent('▸') : ' '
    let first = true
    for (const [index, column] of this.#columns.entries()) {
      const width = widths[index]!
      if (width === 0) continue
      if (!first) line += ' '.repeat(gap)
      first = false
      const text = fitText(column.cell(row, width), width, column.align)
      const paint = column.paint?.(row, colours) ?? (selected ? colours.accent : undefined)
      line += paint ? paint(text) : text
    }
    return line
  }

  #fixedRow({ row, label }: FixedRow<R>, widths: readonly number[], gap: number, colours: Colours): string {
    const from = this.#columns.findIndex((column, at) => column.names === true && widths[at]! > 0)
    const to = this.#columns.findLastIndex((column, at) => column.names === true && widths[at]! > 0)
    let line = ''
    for (const [at, column] of this.#columns.entries()) {
      if (widths[at] === 0 || (at > from && at <= to)) continue
      line += line === '' ? ' ' : ' '.repeat(gap)
      if (at !== from) {
        const text = fitText(column.cell(row, widths[at]!), widths[at]!, column.align)
        line += (column.paint?.(row, colours) ?? ((same: string) => same))(text)
        continue
      }
      const between = widths.slice(from, to + 1).filter((width) => width > 0)
      line += fitText(
        label,
        between.reduce((sum, width) => sum + width, (between.length - 1) * gap),
      )
    }
    return line
  }
}
