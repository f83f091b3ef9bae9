// Owns looking into JSON of which little is certain. See import.ts for the folder. Start at fieldsOf.

import { InputError } from '../../errors.ts'
import type { JsonValue } from '../topology.ts'

export type JsonFields = { readonly [name: string]: JsonValue | undefined }

/** The members of an object; none of anything else. */
export function fieldsOf(value: JsonValue | undefined): JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonFields) : {}
}

/** The items of an array; an object's values, where lists are keyed; none of anything else. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[]
  return []
}

/** Text that is not empty, or a number as text. */
export function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** The first of these members that is text. */
export function anyText(fields: JsonFields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(fields[name])
    if (text !== undefined) return text
  }
  return undefined
}

/** The one array that an object has as member, or the value itself where it is one; undefined for none or several. */
export function onlyArray(value: JsonValue): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value as readonly JsonValue[]
  const arrays = Object.values(fieldsOf(value)).filter((one) => Array.isArray(one))
  return arrays.length === 1 ? (arrays[0] as readonly JsonValue[]) : undefined
}

/** @param needed a sentence: what was looked for */
export function foreign(what: string, needed: string): InputError {
  return new InputError(`${what} is not what was expected: ${needed}`)
}
