// Owns the declaration of a layer: id, names, fields, and its dissect step. Knows no protocol and generates nothing.
// The field constructors (u8, bits, mac ...) make up the vocabulary of every protocol file. Start at LayerType.

import type { NameTable } from '../wire/name-table.ts'
import type { FieldSink } from './field-sink.ts'
import type { LayerId } from './layer-ids.ts'
import type { Packet } from './packet.ts'

/** Width and form of a field. Numbers are big-endian; `bool` is a bit of one byte. */
export type FieldType = 'u8' | 'u16' | 'u24' | 'u32' | 'u64' | 'bool' | 'mac' | 'ipv4' | 'ipv6' | 'bytes'

/** A test of header bytes: the value, shifted and masked, is in `is` (where given), not `not`, and within min..max. */
export interface Test {
  readonly at: number
  readonly type: 'u8' | 'u16' | 'u32'
  readonly mask: number
  readonly is?: readonly number[]
  readonly not?: number
  readonly min?: number
  readonly max?: number
}

/** Where a field is: bytes from the start of the layer, or a base plus sizes of parts that are there or not. */
export type Place = number | { readonly base: number; readonly plus: readonly (readonly [Test, number])[] }

/** A declared field of a layer. */
export interface LayerField {
  /** Wireshark's display filter name. */
  readonly name: string
  readonly type: FieldType
  readonly at: Place
  /** Bytes. */
  readonly size: number
  /** The value is `((read >>> shift) & mask) * scale`; without a mask all bits. For `bool`: whether `mask` has a set bit. */
  readonly shift: number
  readonly mask: number | undefined
  readonly scale: number
  /** All must hold, or the field isn't there. */
  readonly when: readonly Test[]
  readonly names: NameTable | undefined
  /** Numbers with names that nearly all packets have: the writer tests for them before it searches. */
  readonly usual: readonly number[]
  readonly doc: string
  readonly unit: string | undefined
  /** Readable by name for attributes, but not written: single flag bits that another field has in sum. */
  readonly hidden: boolean
}

/** A field that no constant declaration can say (options, names): written by `LayerType.visit`. */
export interface VariableField {
  readonly name: string
  readonly type: 'number' | 'text' | 'hex' | 'numbers' | 'texts'
  readonly doc: string
}

/** A declared layer. */
export interface LayerType {
  readonly id: LayerId
  /** Wireshark's protocol name: `layer` in NDJSON. */
  readonly name: string
  /** sFlow-RT's stack token; empty where the layer doesn't show in a stack. */
  readonly token: string
  readonly title: string
  /** Document and section. */
  readonly source: string
  readonly fields: readonly LayerField[]
  readonly variable: readonly VariableField[]
  /** Hands the variable fields, those that are wholly within `limit`, to a sink. */
  readonly visit: ((view: DataView, at: number, limit: number, sink: FieldSink) => void) | undefined
  /**
   * Dissects one layer at `at`, of which at least one byte is within `packet.payloadEnd`: adds it to the packet, sets
   * `packet.payload` behind it and gives the number of the next layer, or 0.
   */
  readonly dissect: (packet: Packet, at: number) => number
}

/** Declares a layer. */
export function layer(
  declaration: Omit<LayerType, 'variable' | 'visit'> & Partial<Pick<LayerType, 'variable' | 'visit'>>,
): LayerType {
  return { variable: [], visit: undefined, ...declaration }
}

/** Options of a field. */
export interface FieldOptions {
  readonly shift?: number
  readonly mask?: number
  readonly scale?: number
  readonly when?: Test | readonly Test[]
  readonly names?: NameTable
  readonly usual?: readonly number[]
  readonly unit?: string
  readonly hidden?: boolean
}

function field(
  type: FieldType,
  size: number,
  name: string,
  at: Place,
  doc: string,
  options: FieldOptions = {},
): LayerField {
  if (!/^[a-z][a-z0-9_.]*$/.test(name)) throw new RangeError(`not a field name: ${name}`)
  const { shift = 0, mask, scale = 1, when = [], names, usual = [], unit, hidden = false } = options
  if (usual.some((x) => names?.get(x) === undefined)) throw new RangeError(`${name}: a usual number has no name`)
  const tests = Array.isArray(when) ? when : [when]
  return { name, type, at, size, shift, mask, scale, when: tests, names, usual, doc, unit, hidden }
}

type Declare = (name: string, at: Place, doc: string, options?: FieldOptions) => LayerField

export const u8: Declare = (name, at, doc, options) => field('u8', 1, name, at, doc, options)
export const u16: Declare = (name, at, doc, options) => field('u16', 2, name, at, doc, options)
export const u24: Declare = (name, at, doc, options) => field('u24', 3, name, at, doc, options)
export const u32: Declare = (name, at, doc, options) => field('u32', 4, name, at, doc, options)
export const u64: Declare = (name, at, doc, options) => field('u64', 8, name, at, doc, options)
/** 6 bytes, `02:00:00:00:00:01`. */
export const mac: Declare = (name, at, doc, options) => field('mac', 6, name, at, doc, options)
export const ipv4: Declare = (name, at, doc, options) => field('ipv4', 4, name, at, doc, options)
export const ipv6: Declare = (name, at, doc, options) => field('ipv6', 16, name, at, doc, options)

/** `size` bytes as lower-case hex. */
export function bytes(name: string, at: Place, size: number, doc: string, options?: FieldOptions): LayerField {
  return field('bytes', size, name, at, doc, options)
}

/** True where the byte at `at` has a bit of `mask` set. */
export function bool(name: string, at: Place, mask: number, doc: string, options?: FieldOptions): LayerField {
  return field('bool', 1, name, at, doc, { ...options, mask })
}

/** A test for `when`. */
export function test(
  type: Test['type'],
  at: number,
  than: { mask?: number; is?: number | readonly number[]; not?: number; min?: number; max?: number },
): Test {
  const { mask = 0xffffffff, is, ...rest } = than
  return { at, type, mask, ...rest, ...(is === undefined ? {} : { is: typeof is === 'number' ? [is] : is }) }
}

/** Bytes that a number of this width takes. */
export function widthOf(type: Test['type']): number {
  return type === 'u8' ? 1 : type === 'u16' ? 2 : 4
}

/** Bytes from the start of the layer that must be here before the tests of a place or condition can be made. */
export function testBytes(tests: readonly Test[]): number {
  return tests.reduce((most, x) => Math.max(most, x.at + widthOf(x.type)), 0)
}

/** Tests on which the place depends. */
export function placeTests(at: Place): readonly Test[] {
  return typeof at === 'number' ? [] : at.plus.map((x) => x[0])
}
