// Owns the forms in which windows are written: table, NDJSON, JSON, CSV, Prometheus text. Knows no analysis: columns say
// what there is. Start at createForm.

import { csvTextBytes, writeCsvText } from '../attributes/csv-text.ts'
import { MetricTable } from '../metrics/metrics.ts'
import { formatPrometheus } from '../metrics/prometheus-text.ts'
import type { View } from '../print/style.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { Analysis } from './analysis.ts'
import type { Column, Datum, Sheet } from './column.ts'
import type { Form } from './form.ts'
import { jsonOf } from './json.ts'
import type { AnalysisFormat } from './options.ts'

/** @param lostShare for headings: of the run's datagrams up to now */
export function createForm<Window, Row>(
  format: AnalysisFormat,
  analysis: Analysis<Window, Row>,
  view: View,
  lostShare: () => number | null,
): Form<Window> {
  switch (format) {
    case 'ndjson':
      return new Objects(analysis.sheet, '', '', '\n', '')
    case 'json':
      return new Objects(analysis.sheet, '[', ',\n', '', ']\n')
    case 'csv':
      return new Csv(analysis.sheet)
    case 'table':
      return new Table(analysis, view, lostShare)
    case 'prometheus':
      return new Prometheus(analysis)
  }
}

/** Writes nothing: a screen shows what there is. */
export const noForm: Form<unknown> = Object.freeze({ begin() {}, window() {}, end() {} })

/** One object a row, and one about the window behind them. */
class Objects<Window, Row> implements Form<Window> {
  readonly #sheet: Sheet<Window, Row>
  readonly #begin: string
  readonly #between: string
  /** Behind each object at once, so that a reader of a live stream has whole lines. */
  readonly #after: string
  readonly #end: string
  #objects = 0

  constructor(sheet: Sheet<Window, Row>, begin: string, between: string, after: string, end: string) {
    this.#sheet = sheet
    this.#begin = begin
    this.#between = between
    this.#after = after
    this.#end = end
  }

  begin(out: TextBuffer): void {
    out.text(this.#begin)
  }

  window(window: Window, out: TextBuffer): void {
    for (const row of this.#sheet.rows(window)) this.#object(rowObject(this.#sheet.columns, row), out)
    const about = this.#sheet.about(window)
    if (about !== undefined) this.#object(about, out)
  }

  end(out: TextBuffer): void {
    out.text(this.#end)
  }

  #object(object: Readonly<Record<string, Datum>>, out: TextBuffer): void {
    if (this.#objects++ > 0) out.text(this.#between)
    out.text(jsonOf(object) + this.#after)
  }
}

/** A row under the keys of its columns. */
export function rowObject<Row>(columns: readonly Column<Row>[], row: Row): Record<string, Datum> {
  const object: Record<string, Datum> = {}
  for (const column of columns) object[column.key] = column.value(row)
  return object
}

/** A header line, then a line a row; what is true of a window as a whole has no place in it. */
class Csv<Window, Row> implements Form<Window> {
  readonly #sheet: Sheet<Window, Row>
  readonly #encoder = new TextEncoder()

  constructor(sheet: Sheet<Window, Row>) {
    this.#sheet = sheet
  }

  begin(out: TextBuffer): void {
    this.#line(
      this.#cells((column) => this.#titles(column)),
      out,
    )
  }

  window(window: Window, out: TextBuffer): void {
    for (const row of this.#sheet.rows(window))
      this.#line(
        this.#cells((column) => this.#values(column, row)),
        out,
      )
  }

  end(): void {}

  #cells<T>(of: (column: Column<Row>) => readonly T[]): T[] {
    return this.#sheet.columns.flatMap(of)
  }

  #titles({ key, parts }: Column<Row>): readonly string[] {
    return parts ?? [key]
  }

  #values({ value, parts }: Column<Row>, row: Row): readonly Datum[] {
    const datum = value(row)
    if (parts === undefined) return [datum]
    const list = typeof datum === 'object' && datum !== null ? Object.values(datum) : []
    return parts.map((_, i) => list[i] ?? null)
  }

  /** Null is an empty cell. */
  #line(cells: readonly Datum[], out: TextBuffer): void {
    for (const [i, cell] of cells.entries()) {
      if (i > 0) out.text(',')
      if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) continue
      if (typeof cell !== 'string') {
        out.text(jsonOf(cell))
        continue
      }
      const bytes = this.#encoder.encode(cell.toWellFormed())
      out.ensure(csvTextBytes(bytes.length))
      out.length = writeCsvText(out.view, out.length, bytes, 0, bytes.length)
    }
    out.text('\n')
  }
}

/** For a person: a heading and a table a window. */
class Table<Window, Row> implements Form<Window> {
  readonly #analysis: Analysis<Window, Row>
  readonly #view: View
  readonly #lostShare: () => number | null
  #windows = 0

  constructor(analysis: Analysis<Window, Row>, view: View, lostShare: () => number | null) {
    this.#analysis = analysis
    this.#view = view
    this.#lostShare = lostShare
  }

  begin(): void {}

  window(window: Window, out: TextBuffer): void {
    const { sheet } = this.#analysis
    if (this.#analysis.isEmpty(window)) return
    const { style } = this.#view
    if (this.#windows++ > 0) out.text('\n')
    const shown = [false, true]
      .flatMap((behind) => sheet.columns.filter((column) => (column.behind ?? false) === behind))
      .flatMap(({ cell, cells }) => cells ?? (cell === undefined ? [] : [cell]))
    const rows = (sheet.shown?.(window) ?? sheet.rows(window)).map((row) => shown.map((cell) => cell.text(row, style)))
    out.text(`${sheet.heading(window, this.#view, this.#lostShare())}\n${style.table(shown, rows)}\n`)
  }

  end(): void {}
}

/** The last whole window, or where none is whole the last one: metrics are of one moment. */
class Prometheus<Window> implements Form<Window> {
  readonly #analysis: Pick<Analysis<Window, unknown>, 'metrics' | 'isPartial' | 'over'>
  #last: Window | undefined
  #hasWhole = false

  constructor(analysis: Pick<Analysis<Window, unknown>, 'metrics' | 'isPartial' | 'over'>) {
    this.#analysis = analysis
  }

  begin(): void {}

  window(window: Window): void {
    this.#analysis.over?.(window)
    const isWhole = this.#analysis.isPartial?.(window) !== true
    if (isWhole || !this.#hasWhole) this.#last = window
    this.#hasWhole ||= isWhole
  }

  end(out: TextBuffer): void {
    if (this.#last === undefined) return
    const table = new MetricTable()
    this.#analysis.metrics(this.#last, table)
    out.text(formatPrometheus(table.families()))
  }
}
