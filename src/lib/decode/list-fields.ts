// Owns --list-fields: what attributes there are. Start at writeAttributeList.

import { listAttributes } from '../attributes/find.ts'
import { InputError } from '../errors.ts'
import type { View } from '../print/style.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { DecodeOptions } from './options.ts'

/** What --list-fields says of an attribute. */
interface ListedAttribute {
  readonly name: string
  readonly aliases: readonly string[]
  readonly area: string
  readonly type: string
  readonly unit: string | null
  /** What it is read from. */
  readonly from: readonly string[]
  readonly doc: string
}

/**
 * Appends the attributes by area: for people, or as JSON (an array) or NDJSON.
 * @throws InputError for a format that is made for samples
 */
export function writeAttributeList(out: TextBuffer, { format, view }: Pick<DecodeOptions, 'format' | 'view'>): void {
  const list = listAttributes().map(
    ({ attribute, type, needs }): ListedAttribute => ({
      name: attribute.name,
      aliases: attribute.aliases,
      area: attribute.area,
      type,
      unit: attribute.unit ?? null,
      from: needs,
      doc: attribute.doc,
    }),
  )
  switch (format) {
    case 'ndjson':
      for (const item of list) out.text(`${JSON.stringify(item)}\n`)
      return
    case 'json':
      out.text(`${JSON.stringify(list, null, 2)}\n`)
      return
    case 'table':
      writeForPeople(out, list, view)
      return
    default:
      throw new InputError(`--list-fields can't go with --format ${format}.`, [
        'Use --format table, json or ndjson with --list-fields.',
      ])
  }
}

/** Columns of the names; the few longer ones have a line of their own. */
const NAME_COLUMNS = 24
const INDENT = 2
/** Narrower than this nothing is wrapped to. */
const LEAST_WIDTH = 60

function writeForPeople(out: TextBuffer, list: readonly ListedAttribute[], view: View): void {
  const { style } = view
  const width = Math.max(LEAST_WIDTH, view.width)
  const column = INDENT + NAME_COLUMNS
  let area = ''
  for (const { name, aliases, area: of, type, unit, doc } of list) {
    if (of !== area) out.text(`${area === '' ? '' : '\n'}${style.strong(of)}\n`)
    area = of
    const also = aliases.length > 0 ? `; also ${aliases.join(', ')}` : ''
    const lines = wrap(`${doc} (${type}${unit === null ? '' : `, ${unit}`}${also})`, width - column)
    const label = ' '.repeat(INDENT) + style.accent(name)
    const fits = name.length + INDENT <= NAME_COLUMNS
    out.text(fits ? label + ' '.repeat(NAME_COLUMNS - name.length) : `${label}\n${' '.repeat(column)}`)
    out.text(`${lines.join(`\n${' '.repeat(column)}`)}\n`)
  }
  out.text('\n')
  for (const hint of hints) out.text(`${wrap(hint, width).join('\n')}\n`)
}

const hints = [
  "Any name of Wireshark's that sonde decode prints (ip.ttl, vxlan.vni ...) is a field too.",
  'A suffix .1, .2 asks for the second, third layer of its kind, from the outside in: src.1, vlan.1.',
]

/** Lines of whole words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line += line === '' ? word : ` ${word}`
    }
  }
  return [...lines, line]
}
