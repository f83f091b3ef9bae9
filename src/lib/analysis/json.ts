// Owns a Datum as JSON text. Start at jsonOf.

import type { Datum } from './column.ts'

/** One line of JSON: all digits of a bigint, null for numbers that JSON has not, U+FFFD for text that is no UTF-8. */
export function jsonOf(datum: Datum): string {
  if (datum === null) return 'null'
  if (typeof datum === 'string') return jsonText(datum)
  if (typeof datum === 'number') return Number.isFinite(datum) ? String(datum) : 'null'
  if (typeof datum !== 'object') return String(datum)
  if (isList(datum)) return `[${datum.map(jsonOf).join(',')}]`
  return `{${Object.entries(datum)
    .map(([key, value]) => `${jsonText(key)}:${jsonOf(value)}`)
    .join(',')}}`
}

const isList = (datum: object): datum is readonly Datum[] => Array.isArray(datum)

/** Characters on which a terminal acts are escaped, as everywhere in our NDJSON (wire/json-text.ts). */
function jsonText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
