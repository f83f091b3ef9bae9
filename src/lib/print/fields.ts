// Owns --fields: chosen attributes as CSV, as JSON objects, or as columns for a person. What an attribute is and how it
// is read is lib/attributes. Start at FieldRows.

import { type CellStyle, type Cells, compileCells } from '../attributes/cells.ts'
import { SampleView } from '../attributes/context.ts'
import { findAttributes } from '../attributes/find.ts'
import { formatCount } from '../errors.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import { TextBuffer } from '../wire/text.ts'
import type { Format } from './format.ts'
import { type Frame, writeFrame } from './objects.ts'
import type { Style } from './style.ts'

/** Columns of --format csv where none are asked for. */
export const defaultFields: readonly string[] = [
  'time',
  'agent',
  'datasource',
  'samplingrate',
  'inputifindex',
  'outputifindex',
  'macsource',
  'macdestination',
  'vlan',
  'src',
  'dst',
  'proto',
  'sport',
  'dport',
  'framelength',
  'reason',
  'stack',
]

/** Fields that a message names one by one. */
const MOST_NAMED = 4

/** One row a sample that has at least one of the attributes; the others are counted and told at the end. */
abstract class FieldRows implements Format {
  protected readonly cells: Cells
  readonly #note: (line: string) => void
  /** What a sample without a row has not, in words. */
  readonly #missing: string
  #view: SampleView | undefined
  protected rows = 0
  #without = 0

  constructor(names: readonly string[], style: CellStyle, note: (line: string) => void) {
    this.cells = compileCells(names, style)
    this.#note = note
    const own = findAttributes(names).filter(({ attribute }) => !attribute.generic)
    this.#missing = own.length > MOST_NAMED ? 'none of these fields' : `no ${own.map((x) => x.name).join(' and no ')}`
  }

  abstract begin(out: TextBuffer): void
  protected abstract row(view: SampleView, out: TextBuffer): boolean
  protected abstract finish(out: TextBuffer): void

  datagram(w: Walker, batch: Batch, i: number): void {
    this.#view ??= new SampleView(w)
    this.#view.startDatagram(batch.sec[i]!, batch.nsec[i]!, batch.sender, i)
  }

  sample(_w: Walker, out: TextBuffer): boolean {
    const view = this.#view!
    view.startSample()
    if (this.row(view, out)) {
      this.rows++
      return true
    }
    this.#without++
    return false
  }

  endDatagram(): void {}

  end(out: TextBuffer): void {
    this.finish(out)
    if (this.#without > 0) {
      const count = formatCount(this.#without)
      const [have, they] = this.#without === 1 ? [' has', 'it has'] : ['s have', 'they have']
      this.#note(`${count} sample${have} no row, for ${they} ${this.#missing}.`)
    }
  }
}

const NEWLINE = 0x0a

/** A header line and a line a sample (RFC 4180, but lines end with LF). */
export class FieldLines extends FieldRows {
  constructor(names: readonly string[], note: (line: string) => void) {
    super(names, 'csv', note)
  }

  begin(out: TextBuffer): void {
    out.text(`${this.cells.header}\n`)
  }

  protected row(view: SampleView, out: TextBuffer): boolean {
    if (!this.cells.sample(view, out)) return false
    out.ensure(1)
    out.bytes[out.length++] = NEWLINE
    return true
  }

  protected finish(): void {}
}

/** An object a sample, as lines or as one array. */
export class FieldObjects extends FieldRows {
  readonly #frame: Frame

  constructor(names: readonly string[], frame: Frame, note: (line: string) => void) {
    // A name that is asked for twice would be a key twice, which JSON has no meaning for.
    super([...new Set(names)], 'json', note)
    this.#frame = frame
  }

  begin(out: TextBuffer): void {
    writeFrame(out, this.#frame.begin)
  }

  protected row(view: SampleView, out: TextBuffer): boolean {
    const before = out.length
    if (this.rows > 0) writeFrame(out, this.#frame.between)
    writeFrame(out, '{')
    if (!this.cells.sample(view, out)) {
      out.length = before
      return false
    }
    writeFrame(out, '}')
    writeFrame(out, this.#frame.after)
    return true
  }

  protected finish(out: TextBuffer): void {
    writeFrame(out, this.#frame.end)
  }
}

/** Rows that decide how wide the columns are; later ones are padded to the same. */
const ROWS_FOR_WIDTHS = 200

/** The `count` cells of a line of CSV. */
function splitCsv(line: string, count: number): string[] {
  const cell = /(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/y
  return Array.from({ length: count }, () => {
    const [, quoted, plain = ''] = cell.exec(line) ?? []
    return quoted?.replaceAll('""', '"') ?? plain
  })
}

const numeric = /^(-|-?\d+(\.\d+)?)$/

/** Columns for a person. */
export class FieldTable extends FieldRows {
  readonly #style: Style
  readonly #names: readonly string[]
  readonly #line = new TextBuffer()
  readonly #decoder = new TextDecoder()
  #first: string[][] | undefined = []
  #widths: number[] = []
  #right: boolean[] = []

  constructor(names: readonly string[], style: Style, note: (line: string) => void) {
    super(names, 'csv', note)
    this.#style = style
    this.#names = names
  }

  begin(): void {}

  pause(out: TextBuffer): void {
    if (this.#first !== undefined && this.#first.length > 0) this.#print(out)
  }

  protected row(view: SampleView, out: TextBuffer): boolean {
    this.#line.clear()
    if (!this.cells.sample(view, this.#line)) return false
    // Read back from CSV: all digits of 64-bit values, and absent is empty.
    const cells = splitCsv(this.#decoder.decode(this.#line.written()), this.#names.length)
    const row = cells.map((cell) => (cell === '' ? '-' : this.#style.escape(cell)))
    if (this.#first === undefined) {
      out.text(`${this.#pad(row)}\n`)
    } else {
      this.#first.push(row)
      if (this.#first.length === ROWS_FOR_WIDTHS) this.#print(out)
    }
    return true
  }

  #print(out: TextBuffer): void {
    const rows = this.#first ?? []
    this.#first = undefined
    this.#widths = this.#names.map((name, i) => Math.max(name.length, ...rows.map((row) => this.#style.width(row[i]!))))
    this.#right = this.#names.map((_, i) => rows.every((row) => numeric.test(row[i]!)))
    const columns = this.#names.map((title, i) => ({ title, align: this.#right[i] ? 'right' : 'left' }) as const)
    if (rows.length > 0) out.text(`${this.#style.table(columns, rows)}\n`)
  }

  #pad(row: readonly string[]): string {
    const cells = row.map((cell, i) => {
      const space = ' '.repeat(Math.max(0, this.#widths[i]! - this.#style.width(cell)))
      return this.#right[i] ? space + cell : cell + space
    })
    return cells.join('  ').trimEnd()
  }

  protected finish(out: TextBuffer): void {
    if (this.#first !== undefined) this.#print(out)
  }
}
