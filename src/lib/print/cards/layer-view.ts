// Owns reading one dissected layer for a card: its values as text, names beside numbers, and fields under their own
// names. Knows no layer. Start at LayerView.

import type { FieldValue, Layer } from '../../packet/full.ts'
import { type Card, formatService } from './context.ts'
import { ARROW, dim } from './text.ts'
import { formatEthertype, formatSize, formatWord } from './values.ts'

/** One layer's fields, with the innermost question a line asks: is it here, and what is it called. */
export class LayerView {
  readonly card: Card
  readonly layer: Layer
  /** Nothing follows this layer in its packet: what it says of the next one is worth showing. */
  readonly last: boolean

  constructor(card: Card, layer: Layer, last: boolean) {
    this.card = card
    this.layer = layer
    this.last = last
  }

  has(name: string): boolean {
    return this.layer.fields[name] !== undefined
  }

  /** The value as text; `?` where the header was cut before it. */
  text(name: string): string {
    const value = this.layer.fields[name]
    return value === undefined ? '?' : formatField(this.card, value)
  }

  number(name: string): number | undefined {
    const value = this.layer.fields[name]
    return typeof value === 'number' ? value : undefined
  }

  is(name: string): boolean {
    return this.layer.fields[name] === true
  }

  /** The value's name, or the number where it has none or names are off. */
  name(field: string): string {
    const name = this.card.names ? this.layer.fields[`${field}_name`] : undefined
    return typeof name === 'string' ? name : this.text(field)
  }

  /** `AF31 (26)` turned round: `26 (AF31)`. */
  named(field: string): string {
    const name = this.card.names ? this.layer.fields[`${field}_name`] : undefined
    return typeof name === 'string' ? `${this.text(field)} (${name})` : this.text(field)
  }

  hex(field: string, digits: number): string {
    const value = this.number(field)
    return value === undefined ? '?' : `0x${value.toString(16).padStart(digits, '0')}`
  }

  /** A group of a dim name and the value, where the header has it. */
  pair(name: string, field: string): void {
    if (this.has(field)) this.card.out.pair(name, this.text(field))
  }

  /** As pair, a number of bytes. */
  sizePair(name: string, field: string): void {
    const value = this.number(field)
    if (value !== undefined) this.card.out.pair(name, formatSize(this.card, value))
  }

  /** As pair, in hex. */
  hexPair(name: string, field: string, digits: number): void {
    if (this.has(field)) this.card.out.pair(name, this.hex(field, digits))
  }

  /** The protocol of what follows, where nothing that was dissected says so. */
  next(field: string): void {
    if (this.last && this.has(field)) this.card.out.pair('next', this.named(field))
  }

  /** Said where the line has nothing else. */
  elseDim(text: string): void {
    if (this.card.out.fresh) this.card.out.group(dim(text))
  }

  addresses(from: string, to: string): void {
    this.card.out.group(this.text(from), ARROW, this.text(to))
  }

  /** Ports with the service of one of them: against a known destination port the source port is any number. */
  ports(from: string, to: string): void {
    const source = this.number(from)
    const destination = this.number(to)
    const { card } = this
    const known = destination !== undefined && formatService(card, destination) !== String(destination)
    card.out.group(
      source === undefined ? '?' : known ? String(source) : formatService(card, source),
      ARROW,
      destination === undefined ? '?' : formatService(card, destination),
    )
  }

  /** The Ethernet type of what follows, where nothing that was dissected says so. */
  etherType(field: string): void {
    const type = this.number(field)
    if (this.last && type !== undefined) this.card.out.pair('type', formatEthertype(this.card, type))
  }

  /** All fields under their own names without the layer's. */
  rest(): void {
    for (const [field, value] of Object.entries(this.layer.fields)) {
      if (field.endsWith('_name') || field.endsWith('checksum') || value === false) continue
      this.card.out.pair(shortName(field), value === true ? 'yes' : this.named(field))
    }
  }
}

/** `geneve.flags.oam` is `flags.oam` on a line that says geneve. */
const shortName = (field: string): string => field.replace(/^(infiniband\.|ipv6\.)?[a-z0-9_]+\./, '')

function formatField(card: Card, value: FieldValue): string {
  if (typeof value === 'string') return formatWord(card, value)
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((x) => formatWord(card, String(x))).join(', ')
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** The line of one type of layer, and its label. */
export type LayerLine = readonly [label: string, line: (v: LayerView) => void]

/**
 * A line of fields, those that are there, each behind a word for it; an empty word is none.
 * @param next the field that says what follows
 */
export function fieldsLine(
  label: string,
  fields: readonly (readonly [word: string, field: string])[],
  next?: string,
): LayerLine {
  const line = (v: LayerView): void => {
    for (const [word, field] of fields) {
      if (!v.has(field)) continue
      if (word === '') v.card.out.group(v.named(field))
      else v.card.out.pair(word, v.named(field))
    }
    if (next !== undefined) v.next(next)
  }
  return [label, line]
}
