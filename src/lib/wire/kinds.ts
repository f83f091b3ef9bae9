// Owns the kinds of field that a record can have (XDR, RFC 4506, as sFlow uses it) and their TypeScript types.
// Knows no record and no protocol; what a kind looks like in bytes is in compile-*.ts and interpret.ts only.
// Start at Kind; the values below it are the vocabulary of every declaration.

import type { NameTable } from './name-table.ts'

/** An sFlow `address`: type 1 IPv4 (4 bytes), 2 IPv6 (16 bytes), 0 unknown (none). */
export interface Address {
  readonly type: 0 | 1 | 2
  readonly bytes: Uint8Array
}

/** One kind of field. `T` is its type in the full face; it exists only for the compiler. */
export interface Kind<T = unknown> {
  readonly kind: KindName
  /** Bytes on the wire where fixed, else undefined. */
  readonly size: number | undefined
  /** Least bytes on the wire. */
  readonly least: number
  /** Element of `array`. */
  readonly of?: Kind
  /** Members of `struct`. */
  readonly fields?: readonly Field[]
  /** Arms of `union`, by discriminant. */
  readonly arms?: ReadonlyMap<number, Kind>
  /** Never set; carries T. */
  readonly type?: T
}

export type KindName =
  | 'u32'
  | 'i32'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'mac'
  | 'ipv4'
  | 'ipv6'
  | 'fixed'
  | 'opaque'
  | 'string'
  | 'address'
  | 'array'
  | 'struct'
  | 'union'
  | 'records'

/** A named member of a record or struct. */
export interface Field<N extends string = string, T = unknown> {
  readonly name: N
  readonly kind: Kind<T>
  /** One clause of documentation, from the source of the record. */
  readonly doc: string
  readonly unit?: string
  /** Names of the values, printed beside the number as `NAME_name`. */
  readonly names?: NameTable
}

const scalar = <T>(kind: KindName, size: number): Kind<T> => ({ kind, size, least: size })

/** 4 bytes, big-endian. */
export const u32 = scalar<number>('u32', 4)
/** 4 bytes, two's complement. */
export const i32 = scalar<number>('i32', 4)
/** 8 bytes ("unsigned hyper"); bigint in the full face, all digits in NDJSON. */
export const u64 = scalar<bigint>('u64', 8)
export const f32 = scalar<number>('f32', 4)
export const f64 = scalar<number>('f64', 8)
/** 6 bytes and 2 of padding at the end (XDR opaque[6]). */
export const mac = scalar<Uint8Array>('mac', 8)
/** 4 bytes, no type word. */
export const ipv4 = scalar<Uint8Array>('ipv4', 4)
/** 16 bytes, no type word. */
export const ipv6 = scalar<Uint8Array>('ipv6', 16)
/** u32 type, then 0, 4 or 16 bytes. */
export const address: Kind<Address> = { kind: 'address', size: undefined, least: 4 }
/** u32 length, the bytes, zero padding to a multiple of 4. */
export const opaque: Kind<Uint8Array> = { kind: 'opaque', size: undefined, least: 4 }
/**
 * As opaque, and text: UTF-8. In the full face a byte that is no UTF-8 becomes the lone surrogate U+DC00 + byte, so
 * that encoding gives the same bytes again.
 */
export const string: Kind<string> = { kind: 'string', size: undefined, least: 4 }

/** `n` bytes without a length word, padded to a multiple of 4. */
export function fixed(n: number): Kind<Uint8Array> {
  return {
    kind: 'fixed',
    size: (n + 3) & ~3,
    least: (n + 3) & ~3,
    fields: [{ name: 'length', kind: u32, doc: String(n) }],
  }
}

/** Number of bytes of a `fixed` kind, without padding. */
export function fixedLength(kind: Kind): number {
  return Number(kind.fields![0]!.doc)
}

/** u32 item count, then the items. */
export function arrayOf<T>(of: Kind<T>): Kind<T[]> {
  return { kind: 'array', size: undefined, least: 4, of }
}

/** Members one after the other. */
export function struct<const F extends readonly Field[]>(...fields: F): Kind<Members<F>> {
  const size = fields.every((x) => x.kind.size !== undefined) ? sum(fields.map((x) => x.kind.size!)) : undefined
  return { kind: 'struct', size, least: sum(fields.map((x) => x.kind.least)), fields }
}

/** u32 discriminant, then the arm. An unknown discriminant can't be skipped: it is an issue of the whole structure. */
export function union<const A extends Readonly<Record<number, Kind>>>(arms: A): Kind<UnionValue<A>> {
  const map = new Map(Object.keys(arms).map((key) => [Number(key), arms[Number(key)]!]))
  return { kind: 'union', size: undefined, least: 4 + Math.min(...[...map.values()].map((x) => x.least)), arms: map }
}

/** A list of tagged flow records inside a record (extended_80211_aggregation). */
export interface NestedRecord {
  readonly tag: number
  readonly bytes: Uint8Array
}
/** u32 count, then records of tag, length, body, each kept as tag and bytes. */
export const records: Kind<NestedRecord[]> = { kind: 'records', size: undefined, least: 4 }

export type TypeOf<K> = K extends Kind<infer T> ? T : never
export type Members<F extends readonly Field[]> = {
  -readonly [X in F[number] as X['name']]: TypeOf<X['kind']>
}
export type UnionValue<A extends Readonly<Record<number, Kind>>> = {
  [K in keyof A]: { type: K & number; value: TypeOf<A[K]> }
}[keyof A]

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/**
 * Declares a field.
 * @param name the specification's identifier, verbatim
 * @param more unit (`'bytes'`), or `{ unit, names }`
 */
export function f<const N extends string, T>(
  name: N,
  kind: Kind<T>,
  doc = '',
  more: string | { readonly unit?: string; readonly names?: NameTable } = {},
): Field<N, T> {
  const options = typeof more === 'string' ? { unit: more } : more
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) throw new RangeError(`not a field name: ${name}`)
  return { name, kind, doc, ...options }
}
