// Owns what the numbers of interfaces and data sources mean. Decoding keeps wire values; these functions read them.
// Must not know samples or bytes. Start at interfaceOf.

import { dropReasonName } from '../names/drop-reasons.ts'

/** Values of an interface's format (sflow_version_5.txt, "interface"). 3 is reserved. */
export const interfaceFormat = { ifIndex: 0, discard: 1, multiple: 2 } as const

/** Traffic to or from the device itself, in compact samples, and in expanded ones of hsflowd. */
export const INTERNAL = 0x3fffffff
/** The same in expanded samples by the errata (C9). */
export const INTERNAL_EXPANDED = 0xffffffff

/** An input or output, as expanded samples have it. */
export interface Interface {
  /** See interfaceFormat. */
  readonly format: number
  /** An ifIndex, a drop reason, or a number of outputs, by format. */
  readonly value: number
}

/**
 * Splits an interface of a compact sample.
 * @param wire 32 bits: format in the top 2, value in the lower 30
 * @see sflow_version_5.txt, "interface"; errata: a discard by ACL is 0x40000102 (C20)
 */
export function interfaceOf(wire: number): Interface {
  return { format: wire >>> 30, value: wire & 0x3fffffff }
}

/**
 * Joins format and value for a compact sample.
 * @returns 32 bits, or undefined where they don't fit: then the sample must be expanded. Internal always fits.
 */
export function compactInterface({ format, value }: Interface): number | undefined {
  if (format === interfaceFormat.ifIndex && value === INTERNAL_EXPANDED) return INTERNAL
  if (format > 3 || value > 0x3fffffff) return undefined
  return format * 0x40000000 + value
}

/** Whether this is the device itself: 0x3fffffff, or 0xffffffff in expanded samples (C9). */
export function isInternal(format: number, value: number): boolean {
  return format === interfaceFormat.ifIndex && (value === INTERNAL || value === INTERNAL_EXPANDED)
}

/** The ifIndex, or undefined where the interface is internal, unknown (0), a discard or several. */
export function ifIndexOf(format: number, value: number): number | undefined {
  if (format !== interfaceFormat.ifIndex || value === 0 || isInternal(format, value)) return undefined
  return value
}

/** In words, for cards and tables: `3`, `internal`, `unknown`, `discarded: acl (258)`, `7 ports`. */
export function formatInterface(format: number, value: number): string {
  switch (format) {
    case interfaceFormat.ifIndex:
      if (value === 0) return 'unknown'
      return isInternal(format, value) ? 'internal' : String(value)
    case interfaceFormat.discard: {
      const name = dropReasonName(value)
      return `discarded: ${name === undefined ? value : `${name} (${value})`}`
    }
    case interfaceFormat.multiple:
      return value === 0 ? 'several ports' : `${value} port${value === 1 ? '' : 's'}`
    default:
      return `${format}:${value}`
  }
}

/** What is sampled or counted, as expanded samples have it. */
export interface DataSource {
  /** Index space: 0 ifIndex, 1 VLAN, 2 physical entity, 3 logical entity. */
  readonly type: number
  readonly index: number
}

/**
 * Splits the data source of a compact sample.
 * @param wire 32 bits: type in the top 8, index in the lower 24
 * @see sflow_version_5.txt, "sflow_data_source"
 */
export function dataSourceOf(wire: number): DataSource {
  return { type: wire >>> 24, index: wire & 0xffffff }
}

/** Joins type and index for a compact sample, or undefined where they don't fit: then the sample must be expanded. */
export function compactDataSource({ type, index }: DataSource): number | undefined {
  if (type > 0xff || index > 0xffffff) return undefined
  return type * 0x1000000 + index
}

/** `0:3`, as the specification and hsflowd write it. */
export function formatDataSource(type: number, index: number): string {
  return `${type}:${index}`
}
