// Owns what a column of an analysis is: one declaration from which NDJSON, CSV, JSON, the table and the documentation
// come. Knows no analysis. Start at Column.

import type { ConditionUnit } from '../parse/condition-number.ts'
import type { Style, View } from '../print/style.ts'

/** What JSON can say; undefined and NaN are not among it: unknown is null. */
export type Datum = string | number | bigint | boolean | null | readonly Datum[] | { readonly [key: string]: Datum }

/** One column, and one key of the objects. */
export interface Column<Row> {
  /** snake_case; the unit is in it: `bits_per_s`. */
  readonly key: string
  /** A clause for docs: what it is, in which unit, when it is null. */
  readonly doc: string
  readonly value: (row: Row) => Datum
  /** Where the value is an object: its parts are columns of their own in CSV, under these titles, in its order. */
  readonly parts?: readonly string[]
  /** How a person sees it; without it the column is for programs only. */
  readonly cell?: Cell<Row> | undefined
  /** Instead of `cell`: several cells. */
  readonly cells?: readonly Cell<Row>[] | undefined
  /** For a person it stands behind the others. */
  readonly behind?: boolean
  /** A number that --fail-if can compare. */
  readonly unit?: ConditionUnit
}

export interface Cell<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Made safe for a terminal; `-` where it is not known. */
  readonly text: (row: Row, style: Style) => string
}

/** Rows of one window, and how they are shown. */
export interface Sheet<Window, Row> {
  readonly columns: readonly Column<Row>[]
  rows(window: Window): readonly Row[]
  /** What a person sees of them, where that is less. */
  shown?(window: Window): readonly Row[]
  /**
   * The line above a table: what was looked at, and how good it is.
   * @param lostShare of the run's datagrams up to now, see lost.ts
   */
  heading(window: Window, view: View, lostShare: number | null): string
  /** What is true of the window as a whole: an object of its own behind its rows, in NDJSON and JSON; undefined: no object. */
  about(window: Window): Readonly<Record<string, Datum>> | undefined
}
