// Owns values of records as text for people: numbers with units, names beside numbers, addresses, strings from the
// network. Knows no record. Start at formatValue.

import { ethertypes } from '../../names/ethertypes.ts'
import { formatHex, formatIp, formatMac } from '../../wire/json.ts'
import type { Address, Field, Kind, NestedRecord } from '../../wire/kinds.ts'
import type { NameTable } from '../../wire/name-table.ts'
import { formatTag } from '../../wire/record.ts'
import { formatF32, formatF64 } from '../../wire/text.ts'
import type { Style } from '../style.ts'

/** What values need to know of how they are shown. */
export interface ValueStyle {
  readonly style: Style
  /** False: numbers only (-n). */
  readonly names: boolean
  /** All ones means that the agent has no such counter (sflow_version_5.txt, "Counter"). */
  readonly counters: boolean
}

/**
 * Characters of a string, bytes of an opaque and items of a list that are shown: a record may hold 64 KiB of them.
 * Of more bytes than that, fewer, so that hex and what follows it fit a line of 80 columns.
 */
const MOST_CHARACTERS = 200
const MOST_BYTES = 32
const BYTES_OF_MORE = 24
const MOST_ITEMS = 16

const UNKNOWN = '-'
const ALL_ONES = 0xffffffff
const ALL_ONES_64 = (1n << 64n) - 1n

const HUNDREDTHS = 'hundredths of a percent'

/** Fields that are numbers of something, not amounts: no digit groups. */
const identifier = /index|(^|_)id$|port|vlan|number|queue$|^vni$|asn?$/i

/** `full-duplex (1)`; the number alone where it has no name or names are off. */
export function formatNamed(v: ValueStyle, table: NameTable, value: number): string {
  const name = v.names ? table.get(value) : undefined
  return name === undefined ? String(value) : `${name} (${value})`
}

/** The name alone, for names that say all; the number where there is none or names are off. */
export function formatName(v: ValueStyle, table: NameTable, value: number): string {
  return (v.names ? table.get(value) : undefined) ?? String(value)
}

/** An Ethernet type: `0x88cc (LLDP)`. */
export function formatEthertype(v: ValueStyle, type: number): string {
  const hex = `0x${type.toString(16).padStart(4, '0')}`
  const name = v.names ? ethertypes.get(type) : undefined
  return name === undefined ? hex : `${hex} (${name})`
}

/** A text from the network: harmless, in quotes, bounded. Quotes and backslashes in it have a backslash before them. */
export function formatText(v: ValueStyle, text: string): string {
  return `"${formatWord(v, text.replace(/["\\]/g, '\\$&'))}"`
}

/** A name from the network: harmless and bounded. */
export function formatWord(v: ValueStyle, text: string): string {
  const more = text.length - MOST_CHARACTERS
  if (more <= 0) return v.style.escape(text)
  return `${v.style.escape(text.slice(0, MOST_CHARACTERS))}… ${formatMany(v, more, 'more character')}`
}

/** Bytes as hex, bounded; `none` where there are none. */
export function formatBytes(v: ValueStyle, bytes: Uint8Array): string {
  if (bytes.length === 0) return 'none'
  if (bytes.length <= MOST_BYTES) return formatHex(bytes)
  const more = bytes.length - BYTES_OF_MORE
  return `${formatHex(bytes.subarray(0, BYTES_OF_MORE))}… ${formatMany(v, more, 'more byte')}`
}

/** `1 byte`, `1,500 bytes`. */
export function formatSize(v: ValueStyle, bytes: number): string {
  return formatMany(v, bytes, 'byte')
}

function formatMany(v: ValueStyle, n: number, noun: string): string {
  return `${v.style.count(n)} ${noun}${n === 1 ? '' : 's'}`
}

/** An address of a record: `unknown` for type 0. */
export function formatAddress(address: Address): string {
  return address.type === 0 ? 'unknown' : formatIp(address.bytes)
}

/** A counter: `-` where the agent has none. */
export function formatCounter(v: ValueStyle, value: number | bigint): string {
  return value === ALL_ONES || value === ALL_ONES_64 ? UNKNOWN : v.style.count(value)
}

/** Whether a counter is there and has counted something. */
export function counted(value: number | bigint): boolean {
  return value !== 0 && value !== 0n && value !== ALL_ONES && value !== ALL_ONES_64
}

/** Any value of a declared field, with its unit. */
export function formatValue(v: ValueStyle, field: Field, value: unknown): string {
  return formatKind(v, field, field.kind, value)
}

function formatKind(v: ValueStyle, field: Field, kind: Kind, value: unknown): string {
  switch (kind.kind) {
    case 'u32':
      return formatNumber(v, field, value as number)
    case 'i32':
    case 'u64':
      return formatAmount(v, field, value as number | bigint)
    case 'f32':
      return withUnit(field, Number.isFinite(value) ? formatF32(value as number) : UNKNOWN)
    case 'f64':
      return withUnit(field, Number.isFinite(value) ? formatF64(value as number) : UNKNOWN)
    case 'mac':
      return formatMac(value as Uint8Array)
    case 'ipv4':
    case 'ipv6':
      return formatIp(value as Uint8Array)
    case 'fixed':
    case 'opaque':
      return formatBytes(v, value as Uint8Array)
    case 'string':
      return formatText(v, value as string)
    case 'address':
      return formatAddress(value as Address)
    case 'struct':
      return formatStruct(v, kind.fields!, value as Record<string, unknown>)
    case 'array':
      return formatList(v, value as unknown[], (item) => formatKind(v, field, kind.of!, item))
    case 'union': {
      const { type, value: inner } = value as { type: number; value: unknown }
      return `${formatKind(v, field, kind.arms!.get(type)!, inner)} (type ${type})`
    }
    case 'records':
      return formatList(
        v,
        value as NestedRecord[],
        (item) => `${formatTag(item.tag)}, ${formatSize(v, item.bytes.length)}`,
      )
  }
}

function formatNumber(v: ValueStyle, field: Field, value: number): string {
  return field.names === undefined ? formatAmount(v, field, value) : formatNamed(v, field.names, value)
}

function formatAmount(v: ValueStyle, field: Field, value: number | bigint): string {
  if (v.counters && (value === ALL_ONES || value === ALL_ONES_64)) return UNKNOWN
  if (field.unit === HUNDREDTHS) return `${(Number(value) / 100).toFixed(2)} %`
  const plain = field.unit === undefined && (!v.counters || identifier.test(field.name))
  return withUnit(field, plain ? String(value) : v.style.count(value))
}

/** What is counted is in the field's name: repeated behind every number it would only be noise. */
const nouns: ReadonlySet<string> = new Set(['packets', 'frames', 'messages', 'segments', 'operations', 'requests'])

/** Units that are words in the plural. */
const severals = /^(byte|bit|key|response)s$/

function withUnit(field: Field, text: string): string {
  if (field.unit === undefined || text === UNKNOWN || nouns.has(field.unit)) return text
  return `${text} ${text === '1' ? field.unit.replace(severals, '$1') : field.unit}`
}

function formatStruct(v: ValueStyle, fields: readonly Field[], values: Record<string, unknown>): string {
  return `{${fields.map((x) => `${x.name} ${formatValue(v, x, values[x.name])}`).join(', ')}}`
}

/** At most MOST_ITEMS items, and how many more there are. */
export function formatList<T>(v: ValueStyle, items: readonly T[], format: (item: T) => string): string {
  if (items.length === 0) return 'none'
  const shown = items.slice(0, MOST_ITEMS).map(format)
  const more = items.length - shown.length
  if (more > 0) shown.push(`… ${v.style.count(more)} more`)
  return shown.join(', ')
}
