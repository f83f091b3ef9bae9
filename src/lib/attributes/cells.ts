// Owns attributes as output: one compiled function writes the asked-for values of a sample as CSV cells or as members of
// a JSON object, bytes to bytes. Knows no file and no attribute. Start at compileCells.

import { build } from '../wire/emit.ts'
import { writeJsonText } from '../wire/json-text.ts'
import type { TextBuffer } from '../wire/text.ts'
import * as text from '../wire/text.ts'
import { presence } from './attribute.ts'
import type { SampleView } from './context.ts'
import { writeCsvText } from './csv-text.ts'
import { findAttributes } from './find.ts'
import { Scope } from './scope.ts'
import { FIXED_BYTES, type Of, textWriters, ValueWriter } from './value-writer.ts'

export type CellStyle = 'csv' | 'json'

export interface Cells {
  /** The names with commas between them: the header line of CSV. */
  readonly header: string
  /**
   * Appends the values of the view's sample to `out`: cells with commas between them, or `"name":value` members; no
   * line end and no braces. A missing value is an empty cell, or null.
   * @returns false, with `out` as it was, where the sample has nothing that was asked for: none of the attributes that
   * only some samples have. What every sample has (agent, time, datasource ...) does not count, unless nothing else
   * was asked for.
   */
  sample(view: SampleView, out: TextBuffer): boolean
}

/**
 * Compiles a list of attribute names (see findAttribute).
 * @throws InputError for a name that is none
 */
export function compileCells(names: readonly string[], style: CellStyle): Cells {
  const scope = new Scope()
  const { code } = scope
  const found = findAttributes(names)
  const values = found.map(({ attribute, nth }) => attribute.emit(scope, nth))
  const cells = style === 'csv' ? new CsvCells(scope) : new JsonCells(scope)
  const writers = values.map((value, i) => {
    const before = style === 'csv' ? '' : `"${names[i]}":`
    return cells.write(value, (i > 0 ? ',' : '') + before)
  })
  // Only constants of the program (names, types) reach the source; bytes of the network stay data.
  for (const [name, value] of Object.entries({ ...text, writeJsonText, writeCsvText, ...textWriters })) {
    code.constants.set(name, value)
  }
  const own = values.filter((_, i) => !found[i]!.attribute.generic).map(presence)
  for (const line of scope.lines()) code.line(line)
  if (own.length > 0) code.line(`if(!(${own.map((x) => `(${x})`).join('||')}))return false;`)
  const dynamic = values.map((value) => (value.form === 'text' ? `+(${value.length}>0?${value.length}*6:0)` : ''))
  code.line(`out.ensure(${values.length * FIXED_BYTES + cells.bytes}${dynamic.join('')});`)
  code.line('const v=out.view;let p=out.length;')
  for (const writer of writers) code.line(writer)
  code.line('out.length=p;return true;')
  const sample = build<Cells['sample']>(code, 'x,out', `cells.${style}`)
  return { header: names.join(','), sample }
}

class CsvCells extends ValueWriter {
  protected readonly absent = ''

  protected quoted(statements: string): string {
    return statements
  }

  protected text({ bytes, at, length }: Of<'text'>): string {
    return `p=writeCsvText(v,p,${bytes},${at},${length});`
  }

  protected quoteName(name: string): string {
    return name.includes(',') || name.includes('"') ? `"${name.replaceAll('"', '""')}"` : name
  }
}

class JsonCells extends ValueWriter {
  protected readonly absent = 'null'

  protected quoted(statements: string): string {
    return `v.setUint8(p++,34);${statements}v.setUint8(p++,34);`
  }

  protected text({ bytes, at, length }: Of<'text'>): string {
    return this.quoted(`p=writeJsonText(v,p,${bytes},${at},${length});`)
  }

  protected quoteName(name: string): string {
    return JSON.stringify(name)
  }
}
