// Owns making a value of others: one or else another, in another form. Knows no attribute. Start at either.

import type { NameTable } from '../wire/name-table.ts'
import type { Value } from './attribute.ts'
import type { Scope } from './scope.ts'

/**
 * The first value where it is there, else the second. Both have the same form, or are addresses of any kind (then the
 * result is an `address` unless both are of one kind).
 */
export function either(scope: Scope, a: Value, b: Value): Value {
  const first = (x: string, y: string) => scope.local(`${x}>=0?${x}:${y}`)
  switch (a.form) {
    case 'number':
      if (b.form === 'number') return { form: 'number', value: first(a.value, b.value) }
      break
    case 'bool':
      if (b.form === 'bool') return { form: 'bool', value: first(a.value, b.value) }
      break
    case 'u64':
      if (b.form === 'u64') {
        const lo = scope.local(`${a.hi}>=0?${a.lo}:${b.lo}`)
        return { form: 'u64', hi: first(a.hi, b.hi), lo }
      }
      break
    case 'mac':
      if (b.form === 'mac') return { form: 'mac', at: first(a.at, b.at), colons: a.colons }
      break
    case 'ipv4':
    case 'ipv6':
      if (b.form === a.form) return { form: a.form, at: first(a.at, b.at) }
      break
  }
  const x = asAddress(scope, a)
  const y = asAddress(scope, b)
  if (x.view !== y.view) throw new RangeError('addresses of different memory')
  return {
    form: 'address',
    kind: scope.local(`${x.kind}>0?${x.kind}:${y.kind}`),
    at: scope.local(`${x.kind}>0?${x.at}:${y.at}`),
    view: x.view,
  }
}

type AddressValue = Extract<Value, { form: 'address' }>

/** An address that knows its kind. */
export function asAddress(scope: Scope, value: Value): AddressValue {
  switch (value.form) {
    case 'address':
      return value
    case 'ipv4':
    case 'ipv6':
    case 'mac': {
      const kind = value.form === 'ipv4' ? 4 : value.form === 'ipv6' ? 6 : 1
      return { form: 'address', kind: scope.local(`${value.at}>=0?${kind}:0`), at: value.at, view: 'd' }
    }
    default:
      throw new RangeError(`a ${value.form} is no address`)
  }
}

/** The expression of a number, name, bool or bits; -1 missing. */
export function numberOf(value: Value): string {
  if (value.form === 'number' || value.form === 'name' || value.form === 'bool' || value.form === 'bits') {
    return value.value
  }
  throw new RangeError(`a ${value.form} is no number`)
}

/** As a number, changed: `change` gets the expression of the number, which is there. */
export function mapNumber(scope: Scope, value: Value, change: (number: string) => string): Value {
  const number = numberOf(value)
  return { form: 'number', value: scope.local(`${number}>=0?${change(number)}:-1`) }
}

/** Written as binary digits. */
export function asBits(value: Value, width: number): Value {
  return { form: 'bits', value: numberOf(value), width }
}

/** Written as its name. */
export function asName(value: Value, names: NameTable): Value {
  return { form: 'name', value: numberOf(value), names }
}

/** A MAC address as sFlow-RT writes it, without colons. */
export function withoutColons(value: Value): Value {
  if (value.form !== 'mac') throw new RangeError(`a ${value.form} is no MAC address`)
  return { ...value, colons: false }
}
