// Owns --list-fields: what attributes there are. Start at writeAttributeList.

import { listAttributes } from '../attributes/find.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { DecodeFormat } from './options.ts'
import type { Style } from './style.ts'

/** Appends the attributes by area: for people, or as JSON (an array) or NDJSON. */
export function writeAttributeList(out: TextBuffer, format: DecodeFormat, style: Style): void {
  const list = listAttributes().map(({ attribute, type, needs }) => ({
    name: attribute.name,
    aliases: attribute.aliases,
    area: attribute.area,
    type,
    unit: attribute.unit ?? null,
    from: needs,
    doc: attribute.doc,
  }))
  if (format === 'ndjson') {
    for (const item of list) out.text(`${JSON.stringify(item)}\n`)
    return
  }
  if (format === 'json') {
    out.text(`${JSON.stringify(list, null, 2)}\n`)
    return
  }
  const columns = (['ATTRIBUTE', 'TYPE', 'WHAT IT IS'] as const).map((title) => ({ title, align: 'left' }) as const)
  const rows = list.map(({ name, type, unit, doc }) => [name, unit === null ? type : `${type}, ${unit}`, doc])
  out.text(`${style.table(columns, rows)}\n`)
  out.text("\nAny name of Wireshark's that sonde decode prints (ip.ttl, vxlan.vni ...) is a field too.\n")
  out.text('A suffix .1, .2 asks for the second, third layer of its kind, from the outside in: src.1, vlan.1.\n')
}
