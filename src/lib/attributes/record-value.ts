// Owns reading a declared field of a flow or counter record in generated code, by its specification's name.
// Knows no record. Start at recordValue.

import type { Field } from '../wire/kinds.ts'
import type { RecordType } from '../wire/record.ts'
import type { Value } from './attribute.ts'
import type { Scope } from './scope.ts'

/** How a number says that it is not known: all ones (counters, VLANs), zero (ifIndex), or not at all. */
export type Unknown = 'all ones' | 'zero' | undefined

/**
 * Emits reading a field.
 * @param r local with the record's fields, null where the sample has no such record (Scope.flowRecord ...)
 */
export function recordValue(scope: Scope, r: string, type: RecordType, name: string, unknown?: Unknown): Value {
  const field = fieldOf(type, name)
  const get = (suffix: string) => `${r}[${JSON.stringify(name + suffix)}]`
  const here = `${r}!==null`
  switch (field.kind.kind) {
    case 'u32': {
      const value = scope.local(`${here}?${get('')}:-1`)
      if (unknown === undefined) return { form: 'number', value }
      return { form: 'number', value: scope.local(`${value}===${unknown === 'zero' ? 0 : 0xffffffff}?-1:${value}`) }
    }
    case 'u64': {
      const ones = `${get('_hi')}===4294967295&&${get('_lo')}===4294967295`
      const known = unknown === 'all ones' ? `${here}&&!(${ones})` : here
      const hi = scope.local(`${known}?${get('_hi')}:-1`)
      return { form: 'u64', hi, lo: scope.local(`${hi}>=0?${get('_lo')}:0`) }
    }
    case 'i32':
      return { form: 'signed', value: scope.local(`${here}?${get('')}:NaN`) }
    case 'f32':
    case 'f64':
      return {
        form: 'float',
        value: scope.local(`${here}?${get('')}:NaN`),
        bits: field.kind.kind === 'f32' ? 32 : 64,
      }
    case 'mac':
      return { form: 'mac', at: scope.local(`${here}?${get('_at')}:-1`), colons: false }
    case 'ipv4':
      return { form: 'ipv4', at: scope.local(`${here}?${get('_at')}:-1`) }
    case 'ipv6':
      return { form: 'ipv6', at: scope.local(`${here}?${get('_at')}:-1`) }
    case 'address': {
      const address = get('_type')
      const kind = scope.local(`${here}?${address}===1?4:${address}===2?6:0:0`)
      return { form: 'address', kind, at: scope.local(`${kind}>0?${get('_at')}:-1`), view: 'd' }
    }
    case 'string':
    case 'opaque': {
      const length = scope.local(`${here}?${get('_length')}:-1`)
      return { form: 'text', bytes: 's', at: scope.local(`${here}?${get('_at')}:-1`), length }
    }
    default:
      throw new RangeError(`${type.name}.${name}: ${field.kind.kind} is no single value`)
  }
}

/** The declared field. */
export function fieldOf(type: RecordType, name: string): Field {
  const field = type.fields.find((x) => x.name === name)
  if (field === undefined) throw new RangeError(`${type.name} has no field ${name}`)
  return field
}
