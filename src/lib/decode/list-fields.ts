// Owns --list-fields: what attributes there are. Start at writeAttributeList.

import { listAttributes } from '../attributes/find.ts'
import { InputError } from '../errors.ts'
import type { TextBuffer } from '../wire/text.ts'
import { CardText, dim } from './card-text.ts'
import type { DecodeOptions } from './options.ts'
import type { View } from './style.ts'

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

function writeForPeople(out: TextBuffer, list: readonly ListedAttribute[], { style, width }: View): void {
  let area = ''
  for (const item of list) {
    if (item.area !== area) out.text(`${area === '' ? '' : '\n'}${style.strong(item.area)}\n`)
    area = item.area
    const text = new CardText(style, width)
    text.label(item.name)
    text.group(item.doc)
    text.group(dim(item.unit === null ? item.type : `${item.type}, ${item.unit}`))
    if (item.aliases.length > 0) text.pair('also', item.aliases.join(', '))
    out.text(text.take())
  }
  out.text("\nAny name of Wireshark's that sonde decode prints (ip.ttl, vxlan.vni ...) is a field too.\n")
  out.text('A suffix .1, .2 asks for the second, third layer of its kind, from the outside in: src.1, vlan.1.\n')
}
