// Owns turning declared fields into JavaScript source, for the NDJSON writer and for attributes.
// Knows no protocol: all it says comes from static declarations; no byte of input gets into source. Start at fieldExpression().

import { type FieldType, type LayerField, type Place, placeTests, type Test, testBytes } from './layer.ts'
import type { LayerId } from './layer-ids.ts'
import { layerTypes } from './layers.ts'

const readers = { u8: 'getUint8', u16: 'getUint16', u32: 'getUint32' } as const

/** Source of a test: a boolean of `d` (DataView of the input) and `o` (offset of the layer). */
export function testCode({ at, type, mask, is, not, min, max }: Test): string {
  const read = `d.${readers[type]}(o+${at})`
  const value = mask === 0xffffffff ? read : `(${read}&${mask})`
  const parts: string[] = []
  if (is !== undefined)
    parts.push(is.length === 1 ? `${value}===${is[0]}` : `(${is.map((x) => `${value}===${x}`).join('||')})`)
  if (not !== undefined) parts.push(`${value}!==${not}`)
  if (min !== undefined) parts.push(`${value}>=${min}`)
  if (max !== undefined) parts.push(`${value}<=${max}`)
  return parts.join('&&')
}

/** Source of the absolute offset of a field, of `d` and `o`. */
export function placeCode(at: Place): string {
  if (typeof at === 'number') return at === 0 ? 'o' : `o+${at}`
  return [`o+${at.base}`, ...at.plus.map(([test, size]) => `(${testCode(test)}?${size}:0)`)].join('+')
}

/** Source of a number or boolean at `at`; for addresses and bytes, of their absolute offset. */
export function valueCode(field: LayerField, at: string): string {
  const { type, shift, mask, scale } = field
  let code: string
  switch (type) {
    case 'u8':
    case 'u16':
    case 'u32':
      code = `d.${readers[type]}(${at})`
      break
    case 'u24':
      code = `(d.getUint16(${at})<<8|d.getUint8(${at}+2))`
      break
    case 'bool':
      return `(d.getUint8(${at})&${mask})!==0`
    default:
      return at
  }
  if (shift > 0) code = `(${code}>>>${shift})`
  if (mask !== undefined) code = `(${code}&${mask})`
  return scale === 1 ? code : `${code}*${scale}`
}

/** Bytes from the start of the layer that must be here before a field's conditions and place can be read. */
function bytesFirst(field: LayerField): number {
  const tests = testBytes([...field.when, ...placeTests(field.at)])
  return typeof field.at === 'number' ? Math.max(tests, field.at + field.size) : tests
}

/**
 * Source of "this field is here": of `d`, `o` and `l` (the layer's limit).
 * @param present bytes of the layer that are known to be here
 */
export function presenceCode(field: LayerField, present: number): string {
  const first = bytesFirst(field)
  const parts: string[] = []
  if (first > present) parts.push(`l-o>=${first}`)
  for (const test of field.when) parts.push(testCode(test))
  if (typeof field.at !== 'number') parts.push(`l>=${placeCode(field.at)}+${field.size}`)
  return parts.join('&&')
}

/** How to get a field in generated code. */
export interface FieldExpression {
  readonly layer: LayerId
  readonly type: FieldType
  /** Bytes. */
  readonly size: number
  /**
   * JavaScript of `d` (DataView of the input) and `o` (offset of the layer): the number or boolean; for `u64`, `mac`,
   * `ipv4`, `ipv6` and `bytes` the absolute offset of the first byte.
   */
  readonly code: string
  /** JavaScript of `d`, `o` and `l` (limit of the layer): whether the field is there and wholly within the limit. Test it first. */
  readonly when: string
  readonly field: LayerField
}

/**
 * How to get a field by its Wireshark name: one expression for each place the field can be in, of which at most one's
 * `when` holds. Empty for names that no layer declares and for variable fields (options, DNS names).
 */
export function fieldExpression(name: string): readonly FieldExpression[] {
  const found: FieldExpression[] = []
  for (const type of layerTypes) {
    for (const field of type.fields) {
      if (field.name !== name) continue
      found.push({
        layer: type.id,
        type: field.type,
        size: field.size,
        code: valueCode(field, placeCode(field.at)),
        when: presenceCode(field, 0),
        field,
      })
    }
  }
  return found
}
