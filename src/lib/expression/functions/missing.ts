// Owns the functions about what is missing and what is the same: null, or, if, eq. Start at missingFunctions.

import { presence, type Value } from '../../attributes/attribute.ts'
import { choose, constantOf, firstOf } from '../choose.ts'
import { equalsConstant } from '../compare-constant.ts'
import { ConstantLabels } from '../constant.ts'
import { equalValues } from '../equal.ts'
import { numberNames } from '../number-names.ts'
import { type Call, type KeyFunction, NULL } from '../syntax.ts'

const constant = (text: string): Value => ({ form: 'label', value: '0', labels: new ConstantLabels(text) })

/** Whether two arguments are the same, where both are there. A constant is taken in the form of the other side. */
function same(call: Call, a: number, b: number): { readonly here: string; readonly test: string } {
  const left = call.value(a)
  const right = call.value(b)
  const [x, y] = [constantOf(left), constantOf(right)]
  if ((x === undefined) === (y === undefined)) {
    return { here: `${presence(left)}&&${presence(right)}`, test: equalValues(call.scope, left, right) }
  }
  const [value, text, from, at] = x === undefined ? [left, y, a, b] : [right, x, b, a]
  const refuse = (message: string) => call.fail(at, message)
  const test = equalsConstant(call.scope, value, text ?? '', refuse, numberNames(call.args[from]!))
  return { here: presence(value), test }
}

export const missingFunctions: readonly KeyFunction[] = [
  {
    name: 'null',
    family: 'missing and equal',
    parameters: [
      { name: 'x', kind: 'expression' },
      { name: 'instead', kind: 'text', optional: true, empty: true },
    ],
    doc: 'x, or where it is missing the text instead (without one the word null); never missing',
    example: 'null:vlan:untagged',
    gives: '100, or untagged',
    emit(call) {
      const value = call.value(0)
      const instead = constant(call.args.length > 1 ? call.text(1) : NULL)
      return choose(call.scope, call.scope.local(`${presence(value)}?0:1`), [value, instead])
    },
  },
  {
    name: 'or',
    family: 'missing and equal',
    parameters: [{ name: 'x', kind: 'expression', repeated: true }],
    doc: 'the first of its arguments that is there',
    example: 'or:ipsource:ip6source',
    gives: 'an IPv4 or IPv6 address',
    emit(call) {
      const values = call.args.map((_, i) => call.value(i))
      return firstOf(call.scope, values.map(presence), values)
    },
  },
  {
    name: 'if',
    family: 'missing and equal',
    parameters: [
      { name: 'a', kind: 'expression' },
      { name: 'b', kind: 'any' },
      { name: 'then', kind: 'any' },
      { name: 'else', kind: 'any' },
    ],
    doc: 'then where a and b are the same, else else; a word that is no attribute is text; missing where a or b is',
    example: 'if:direction:ingress:inputifindex:outputifindex',
    gives: 'the port that sampled',
    emit(call) {
      const { here, test } = same(call, 0, 1)
      const [then, otherwise] = [call.value(2), call.value(3)]
      const chosen = call.scope.local(`${here}?${test}?0:1:-1`)
      const which = call.scope.local(
        `${chosen}===0?${presence(then)}?0:-1:${chosen}===1?${presence(otherwise)}?1:-1:-1`,
      )
      return choose(call.scope, which, [then, otherwise])
    },
  },
  {
    name: 'eq',
    family: 'missing and equal',
    parameters: [
      { name: 'a', kind: 'expression' },
      { name: 'b', kind: 'expression' },
    ],
    doc: 'whether a and b are the same: true or false; missing where one of them is',
    example: 'eq:ipsource:ipdestination',
    gives: 'false',
    emit(call) {
      const { here, test } = same(call, 0, 1)
      return { form: 'bool', value: call.scope.local(`${here}?${test}?1:0:-1`) }
    },
  },
]
