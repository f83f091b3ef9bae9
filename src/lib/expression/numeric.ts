// Owns a value as a number for arithmetic and order. Start at asNumber.

import { type Form, presence, type Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import { interfaceFormat } from '../sflow/interface.ts'

/** Forms that have a number. */
export const numericForms: readonly Form[] = ['number', 'u64', 'signed', 'float', 'bits', 'interface', 'source']

const WORD = 4_294_967_296

/** Its number, and whether it is there. 64-bit values lose what is beyond 53 bits. */
export function asNumber(scope: Scope, value: Value): { readonly number: string; readonly here: string } {
  const here = presence(value)
  switch (value.form) {
    case 'number':
    case 'signed':
    case 'float':
    case 'bits':
      return { number: value.value, here }
    case 'u64':
      return { number: scope.local(`${value.hi}*${WORD}+${value.lo}`), here }
    case 'interface':
      return { number: value.value, here: `${value.format}===${interfaceFormat.ifIndex}` }
    case 'source':
      return { number: value.index, here: `${value.type}===0` }
    default:
      throw new RangeError(`a ${value.form} has no number`)
  }
}
