// Owns the full face of a packet: its layers as objects, read by interpreting the declarations.
// It is the readable definition of what a field is, and the oracle of the generated writer. Start at layersOf().

import { utf8SequenceLength } from '../wire/json-text.ts'
import type { FieldSink, Key, KnownNumbers } from './field-sink.ts'
import type { LayerField, LayerType, Place, Test } from './layer.ts'
import { placeTests, testBytes } from './layer.ts'
import { layers } from './layers.ts'
import type { Packet } from './packet.ts'

/** Numbers, `bigint` for 64 bits, booleans; addresses, hex and names as text; lists of options. */
export type FieldValue = number | bigint | boolean | string | (number | string)[]

/** One layer of the full face. */
export interface Layer {
  readonly layer: string
  /** From the start of the header. */
  readonly offset: number
  /** Of a packet that an ICMP error quotes. */
  readonly quoted: boolean
  /** By Wireshark's names; `NAME_name` holds the name of a number. */
  readonly fields: Readonly<Record<string, FieldValue>>
}

function read(view: DataView, at: number, type: 'u8' | 'u16' | 'u32'): number {
  return type === 'u8' ? view.getUint8(at) : type === 'u16' ? view.getUint16(at) : view.getUint32(at)
}

function holds(view: DataView, at: number, test: Test): boolean {
  const raw = read(view, at + test.at, test.type)
  const value = test.mask === 0xffffffff ? raw : raw & test.mask
  if (test.is !== undefined && !test.is.includes(value)) return false
  if (test.not !== undefined && value === test.not) return false
  if (test.min !== undefined && value < test.min) return false
  return test.max === undefined || value <= test.max
}

function placeOf(view: DataView, at: number, place: Place): number {
  if (typeof place === 'number') return at + place
  return place.plus.reduce((sum, [test, size]) => sum + (holds(view, at, test) ? size : 0), at + place.base)
}

const hexOf = (view: DataView, at: number, length: number) =>
  Array.from({ length }, (_, i) =>
    view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0'),
  )

const ipv4Of = (view: DataView, at: number) => [0, 1, 2, 3].map((i) => view.getUint8(at + i)).join('.')

/** RFC 5952: the longest run of at least two zero groups, the first of equals, becomes `::`; mapped IPv4 in dots. */
function ipv6Of(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + i * 2))
  if (groups.slice(0, 5).every((x) => x === 0) && groups[5] === 0xffff) return `::ffff:${ipv4Of(view, at + 12)}`
  let best = { start: 0, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const text = (part: number[]) => part.map((x) => x.toString(16)).join(':')
  if (best.length === 1) return text(groups)
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`
}

function valueAt(view: DataView, field: LayerField, at: number): FieldValue {
  const { type, shift, mask, scale } = field
  switch (type) {
    case 'u64':
      return view.getBigUint64(at)
    case 'mac':
      return hexOf(view, at, 6).join(':')
    case 'ipv4':
      return ipv4Of(view, at)
    case 'ipv6':
      return ipv6Of(view, at)
    case 'bytes':
      return hexOf(view, at, field.size).join('')
    case 'bool':
      return (view.getUint8(at) & mask!) !== 0
    default: {
      const raw = type === 'u24' ? view.getUint16(at) * 256 + view.getUint8(at + 2) : read(view, at, type)
      const shifted = raw >>> shift
      return (mask === undefined ? shifted : shifted & mask) * scale
    }
  }
}

/** Collects variable fields as values. */
class ValueSink implements FieldSink {
  private readonly view: DataView
  private readonly bytes: Uint8Array
  private readonly fields: Record<string, FieldValue>
  private items: (number | string)[] = []

  constructor(packet: Packet, fields: Record<string, FieldValue>) {
    this.view = packet.view
    this.bytes = packet.bytes
    this.fields = fields
  }

  number(key: Key, value: number): void {
    this.fields[key.name] = value
  }

  known(numbers: KnownNumbers): void {
    this.fields[numbers.name] = [...numbers.values]
  }

  hex(key: Key, at: number, length: number): void {
    this.fields[key.name] = hexOf(this.view, at, length).join('')
  }

  ipv4(key: Key, at: number): void {
    this.fields[key.name] = ipv4Of(this.view, at)
  }

  ipv6(key: Key, at: number): void {
    this.fields[key.name] = ipv6Of(this.view, at)
  }

  name(key: Key, value: string): void {
    this.fields[key.name] = value
  }

  labels(key: Key, at: number, limit: number): void {
    const labels: string[] = []
    for (let i = at; i < limit; ) {
      const length = this.bytes[i]!
      if (length === 0 || length > 63 || i + 1 + length > limit) break
      labels.push(textOf(this.bytes.subarray(i + 1, i + 1 + length)))
      i += 1 + length
    }
    this.fields[key.name] = this.bytes[at] === 0 ? '.' : labels.join('.')
  }

  list(key: Key): void {
    this.items = []
    this.fields[key.name] = this.items
  }

  itemNumber(value: number): void {
    this.items.push(value)
  }

  itemHex(at: number, length: number): void {
    this.items.push(hexOf(this.view, at, length).join(''))
  }

  itemIpv4(at: number): void {
    this.items.push(ipv4Of(this.view, at))
  }

  itemIpv6(at: number): void {
    this.items.push(ipv6Of(this.view, at))
  }

  endList(): void {}
}

/** UTF-8; each byte that belongs to no well-formed sequence is one U+FFFD, as in wire/text.ts. */
function textOf(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = utf8SequenceLength(bytes, i, bytes.length)
    text +=
      length === 0 ? '\ufffd' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(i, i + length))
    i += Math.max(1, length)
  }
  return text
}

function fieldsOf(packet: Packet, type: LayerType, at: number, limit: number): Record<string, FieldValue> {
  const { view } = packet
  const fields: Record<string, FieldValue> = {}
  for (const field of type.fields) {
    if (field.hidden) continue
    if (at + testBytes([...field.when, ...placeTests(field.at)]) > limit) continue
    const place = placeOf(view, at, field.at)
    if (place + field.size > limit || !field.when.every((x) => holds(view, at, x))) continue
    const value = valueAt(view, field, place)
    fields[field.name] = value
    const name = typeof value === 'number' ? field.names?.get(value) : undefined
    if (name !== undefined) fields[`${field.name}_name`] = name
  }
  type.visit?.(view, at, limit, new ValueSink(packet, fields))
  return fields
}

/** The layers as fresh objects, outside in; those of a quoted packet come last. Fields not wholly here are left out. */
export function layersOf(packet: Packet): Layer[] {
  const found: Layer[] = []
  for (let i = 0; i < packet.total; i++) {
    const type = layers[packet.layer[i]!]!
    const at = packet.offset[i]!
    found.push({
      layer: type.name,
      offset: at - packet.start,
      quoted: i >= packet.count,
      fields: fieldsOf(packet, type, at, packet.limit[i]!),
    })
  }
  return found
}
