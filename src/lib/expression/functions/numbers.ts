// Owns the functions of numbers: range, bits. Start at numberFunctions.

import { asNumber, numericForms } from '../numeric.ts'
import type { KeyFunction } from '../syntax.ts'

const MOST = Number.MAX_SAFE_INTEGER
const WORD = 0xffffffff
const aNumber = { kind: 'expression', accepts: numericForms, needs: 'a number' } as const

export const numberFunctions: readonly KeyFunction[] = [
  {
    name: 'range',
    family: 'numbers',
    parameters: [
      { name: 'x', ...aNumber },
      { name: 'from', kind: 'number', from: 0, to: MOST },
      { name: 'to', kind: 'number', from: 0, to: MOST, optional: true },
    ],
    doc: 'whether x is at least from and at most to: true or false; missing where x is',
    example: 'range:tcpsourceport:0:1023',
    gives: 'true',
    emit(call) {
      const { number, here } = asNumber(call.scope, call.value(0))
      const from = call.number(1)
      if (call.args.length > 2 && call.number(2) < from) call.fail(2, 'the greater number comes second.')
      const upper = call.args.length > 2 ? `&&${number}<=${call.number(2)}` : ''
      return { form: 'bool', value: call.scope.local(`${here}?${number}>=${from}${upper}?1:0:-1`) }
    },
  },
  {
    name: 'bits',
    family: 'numbers',
    parameters: [
      { name: 'x', kind: 'expression', accepts: ['number', 'bits'], needs: 'a number' },
      { name: 'mask', kind: 'number', from: 0, to: WORD },
    ],
    doc: 'the bits of x that the mask (a decimal number) has',
    example: 'bits:ip6flowlabel:261884',
    gives: '74308 of 74565',
    emit(call) {
      const { number, here } = asNumber(call.scope, call.value(0))
      return { form: 'number', value: call.scope.local(`${here}?(${number}&${call.number(1) | 0})>>>0:-1`) }
    },
  },
]
