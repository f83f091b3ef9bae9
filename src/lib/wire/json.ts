// Owns the JSON form of field values, both ways, for the cold path: the oracle of write.ts, and the reader of NDJSON
// that is not in our own key order. Knows no record. Start at formatFields and parseFields.

import { parseAddress } from '../parse/address.ts'
import { decodeText, encodeText, type Fields } from './interpret.ts'
import { isUtf8, writeJsonText } from './json-text.ts'
import { type Address, type Field, fixedLength, type Kind, type NestedRecord } from './kinds.ts'
import { formatTag, type RecordType } from './record.ts'
import * as text from './text.ts'

const scratch = new TextDecoder()

/** Text that a byte writer gives. */
function written(bytes: Uint8Array, write: (v: DataView, p: number, d: DataView) => number): string {
  const out = new Uint8Array(Math.max(64, bytes.length * 6))
  const length = write(new DataView(out.buffer), 0, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return scratch.decode(out.subarray(0, length))
}

/** Lower-case hex of some bytes. */
export function formatHex(bytes: Uint8Array): string {
  return written(bytes, (v, p, d) => text.writeHex(v, p, d, 0, bytes.length))
}

/** `02:00:00:00:01:02` of 6 bytes. */
export function formatMac(bytes: Uint8Array): string {
  return written(bytes, (v, p, d) => text.writeMac(v, p, d, 0))
}

/** Text of 4 or 16 bytes: dotted quad or RFC 5952; empty where there are none. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return written(bytes, (v, p, d) => text.writeIpv4(v, p, d, 0))
  if (bytes.length === 16) return written(bytes, (v, p, d) => text.writeIpv6(v, p, d, 0))
  return ''
}

/** The JSON object of a record's values, as the write face gives it from bytes. */
export function formatFields(type: Pick<RecordType, 'fields'>, values: Fields): string {
  const members = type.fields.filter((x) => values[x.name] !== undefined).map((x) => formatMember(x, values[x.name]))
  return `{${members.join(',')}}`
}

function formatMember(field: Field, value: unknown): string {
  return `"${field.name}":${formatValue(field, field.kind, value)}${formatBeside(field, field.kind, value)}`
}

/** What stands beside a value: the name of an enum, or the bytes where the value does not tell them. */
function formatBeside(field: Field, kind: Kind, value: unknown): string {
  if (kind.kind === 'string') {
    const bytes = encodeText(value as string)
    return isUtf8(bytes, 0, bytes.length) ? '' : `,"${field.name}_hex":"${formatHex(bytes)}"`
  }
  if ((kind.kind === 'f32' || kind.kind === 'f64') && !Number.isFinite(value)) {
    const view = new DataView(new ArrayBuffer(kind.size!))
    if (kind.kind === 'f32') view.setFloat32(0, value as number)
    else view.setFloat64(0, value as number)
    return `,"${field.name}_hex":"${formatHex(new Uint8Array(view.buffer))}"`
  }
  const name = kind.kind === 'u32' ? field.names?.get(value as number) : undefined
  return name === undefined ? '' : `,"${field.name}_name":"${name}"`
}

function formatValue(field: Field, kind: Kind, value: unknown): string {
  switch (kind.kind) {
    case 'u32':
    case 'i32':
    case 'u64':
      return String(value)
    case 'f32':
      return text.formatF32(value as number)
    case 'f64':
      return text.formatF64(value as number)
    case 'mac':
      return `"${formatMac(value as Uint8Array)}"`
    case 'ipv4':
    case 'ipv6':
      return `"${formatIp(value as Uint8Array)}"`
    case 'fixed':
    case 'opaque':
      return `"${formatHex(value as Uint8Array)}"`
    case 'string': {
      const bytes = encodeText(value as string)
      return `"${written(bytes, (v, p) => writeJsonText(v, p, bytes, 0, bytes.length))}"`
    }
    case 'address': {
      const { type, bytes } = value as Address
      return type === 0 ? 'null' : `"${formatIp(bytes)}"`
    }
    case 'struct':
      return formatFields({ fields: kind.fields! }, value as Fields)
    case 'array':
      return `[${(value as unknown[]).map((x) => formatValue(field, kind.of!, x)).join(',')}]`
    case 'union': {
      const { type, value: inner } = value as { type: number; value: unknown }
      const arm = kind.arms!.get(type)!
      return `{"type":${type},"value":${formatValue(field, arm, inner)}${formatBeside(field, arm, inner)}}`
    }
    case 'records': {
      const items = (value as NestedRecord[]).map(
        (x) => `{"tag":"${formatTag(x.tag)}","bytes":"${formatHex(x.bytes)}"}`,
      )
      return `[${items.join(',')}]`
    }
  }
}

/** Says which member of a JSON object is not what its field needs. */
export class JsonMismatch extends Error {
  override readonly name = 'JsonMismatch'
}

/**
 * Values of a record from its JSON object (the inverse of formatFields). Numbers of 64 bits must be bigint or exact
 * (parseJson). Members that are no field (`KEY_name`) are passed over.
 * @throws JsonMismatch naming the member, what was found and what is needed
 */
export function parseFields(type: Pick<RecordType, 'fields' | 'optionalFrom'>, object: unknown): Fields {
  const source = asObject(object, 'fields')
  const values: Fields = {}
  let optional = false
  for (const field of type.fields) {
    optional ||= field.name === type.optionalFrom
    const value = source[field.name]
    if (value === undefined && optional) return values
    values[field.name] = parseValue(field, field.kind, value, source[`${field.name}_hex`])
  }
  return values
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new JsonMismatch(`${what} is ${describe(value)}, needed an object`)
}

function asList(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value
  throw new JsonMismatch(`${what} is ${describe(value)}, needed a list`)
}

/** How a wrong value is named in a message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  const shown = typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  return shown.length > 40 ? `${shown.slice(0, 40)}…` : shown
}

/** Bytes of a hex string, or of `what` an error. */
export function parseHex(value: unknown, what: string, length?: number): Uint8Array {
  if (typeof value !== 'string' || !/^([0-9a-fA-F]{2})*$/.test(value)) {
    throw new JsonMismatch(`${what} is ${describe(value)}, needed hex digits`)
  }
  if (length !== undefined && value.length !== length * 2) {
    throw new JsonMismatch(`${what} has ${value.length / 2} bytes, needed ${length}`)
  }
  return Uint8Array.from(value.match(/../g) ?? [], (x) => Number.parseInt(x, 16))
}

/** A whole number from 0 to 2^32-1. */
export function parseUnsigned(value: unknown, what: string): number {
  const n = typeof value === 'bigint' ? Number(value) : value
  if (typeof n === 'number' && Number.isInteger(n) && n >= 0 && n <= 0xffffffff) return n
  throw new JsonMismatch(`${what} is ${describe(value)}, needed a whole number from 0 to 4294967295`)
}

/** 4 bytes of an IPv4 text, 16 of an IPv6 text, undefined where it is neither. */
export function parseIp(value: string): Uint8Array | undefined {
  const words = parseAddress(value)
  if (words === undefined) return undefined
  const view = new DataView(new ArrayBuffer(16))
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word)
  return new Uint8Array(view.buffer, value.includes(':') ? 0 : 12)
}

function parseAddressText(value: unknown, what: string, length?: 4 | 16): Uint8Array {
  const bytes = typeof value === 'string' ? parseIp(value) : undefined
  if (bytes !== undefined && (length === undefined || bytes.length === length)) return bytes
  const needed = length === 4 ? 'an IPv4 address' : length === 16 ? 'an IPv6 address' : 'an IP address or null'
  throw new JsonMismatch(`${what} is ${describe(value)}, needed ${needed}`)
}

function parseValue(field: Field, kind: Kind, value: unknown, hex: unknown): unknown {
  const what = field.name
  switch (kind.kind) {
    case 'u32':
      return parseUnsigned(value, what)
    case 'i32':
      if (typeof value === 'number' && Number.isInteger(value) && value === (value | 0)) return value
      throw new JsonMismatch(`${what} is ${describe(value)}, needed a whole number of 32 bits`)
    case 'u64':
      if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) {
        const n = BigInt(value)
        if (n >= 0n && n < 1n << 64n) return n
      }
      throw new JsonMismatch(`${what} is ${describe(value)}, needed a whole number of 64 bits`)
    case 'f32':
    case 'f64': {
      if (typeof value === 'number' || typeof value === 'bigint') {
        return kind.kind === 'f32' ? Math.fround(Number(value)) : Number(value)
      }
      if (value !== null) throw new JsonMismatch(`${what} is ${describe(value)}, needed a number or null`)
      if (hex === undefined) return Number.NaN
      const bytes = parseHex(hex, `${what}_hex`, kind.size!)
      const view = new DataView(bytes.buffer)
      return kind.kind === 'f32' ? view.getFloat32(0) : view.getFloat64(0)
    }
    case 'mac':
      if (typeof value === 'string') return parseHex(value.replaceAll(':', ''), what, 6)
      throw new JsonMismatch(`${what} is ${describe(value)}, needed a MAC address`)
    case 'ipv4':
      return parseAddressText(value, what, 4)
    case 'ipv6':
      return parseAddressText(value, what, 16)
    case 'fixed':
      return parseHex(value, what, fixedLength(kind))
    case 'opaque':
      return parseHex(value, what)
    case 'string': {
      if (typeof value !== 'string') throw new JsonMismatch(`${what} is ${describe(value)}, needed a string`)
      if (hex === undefined) return value
      const bytes = parseHex(hex, `${what}_hex`)
      return decodeText(bytes, 0, bytes.length)
    }
    case 'address': {
      if (value === null) return { type: 0, bytes: new Uint8Array(0) } satisfies Address
      const bytes = parseAddressText(value, what)
      return { type: bytes.length === 4 ? 1 : 2, bytes } satisfies Address
    }
    case 'struct':
      return parseFields({ fields: kind.fields! }, asObject(value, what))
    case 'array':
      return asList(value, what).map((x) => parseValue(field, kind.of!, x, undefined))
    case 'union': {
      const object = asObject(value, what)
      const type = parseUnsigned(object.type, `${what}.type`)
      const arm = kind.arms!.get(type)
      if (arm === undefined) throw new JsonMismatch(`${what}.type is ${type}, which is none of its types`)
      return { type, value: parseValue(field, arm, object.value, object[`${field.name}_hex`]) }
    }
    case 'records':
      return asList(value, what).map((x): NestedRecord => {
        const object = asObject(x, what)
        return { tag: parseTag(object.tag, `${what}.tag`), bytes: parseHex(object.bytes, `${what}.bytes`) }
      })
  }
}

/** `enterprise << 12 | format` of a text like `0:1003`. */
export function parseTag(value: unknown, what: string): number {
  const match = typeof value === 'string' ? /^(\d{1,7}):(\d{1,4})$/.exec(value) : null
  if (match !== null && Number(match[1]) < 1 << 20 && Number(match[2]) < 4096) {
    return Number(match[1]) * 4096 + Number(match[2])
  }
  throw new JsonMismatch(`${what} is ${describe(value)}, needed enterprise:format, as in "0:1003"`)
}
