// Owns the functions of text: prefix, suffix, first, concat, uri. Of `stack` the first three work on layer numbers.
// Start at textFunctions.

import type { Value } from '../../attributes/attribute.ts'
import { asText, joinTexts } from '../as-text.ts'
import { ConstantLabels } from '../constant.ts'
import { firstToken, prefixLength, suffixStart, UriReader, uriParts } from '../split.ts'
import { isStackAtDots, MOST_TOKENS, stackFirst, stackPart } from '../stack.ts'
import type { Call, KeyFunction, Parameter } from '../syntax.ts'

const MOST_COUNT = 1000
const splits: readonly Parameter[] = [
  { name: 'x', kind: 'expression' },
  { name: 'delimiter', kind: 'text' },
  { name: 'count', kind: 'number', from: 1, to: MOST_COUNT },
]

const encoder = new TextEncoder()
const bytesOf = (call: Call, text: string) => call.scope.code.constant('M', encoder.encode(text))

/** Of a stack its tokens as one number; else undefined. */
function partOfStack(call: Call, end: 'first' | 'last'): Value | undefined {
  const isPart = isStackAtDots(call.args[0], call.text(1)) && call.number(2) <= MOST_TOKENS
  return isPart ? stackPart(call.scope, call.number(2), end) : undefined
}

export const textFunctions: readonly KeyFunction[] = [
  {
    name: 'prefix',
    family: 'text',
    parameters: splits,
    doc: 'the first count parts of x split at the delimiter; one that comes first is kept, with nothing before it',
    example: 'prefix:[uri:httpurl:path]:/:2',
    gives: '/metrics of /metrics/json',
    emit(call) {
      const part = partOfStack(call, 'first')
      if (part !== undefined) return part
      const { bytes, at, length } = asText(call.scope, call.value(0))
      const cut = call.scope.code.constant('F', prefixLength)
      const delimiter = bytesOf(call, call.text(1))
      const left = call.scope.local(`${cut}(${bytes},${at},${length},${delimiter},${call.number(2)})`)
      return { form: 'text', bytes, at, length: left }
    },
  },
  {
    name: 'suffix',
    family: 'text',
    parameters: splits,
    doc: 'the last count parts of x split at the delimiter',
    example: 'suffix:stack:.:1',
    gives: 'ibbt: the innermost protocol',
    emit(call) {
      const part = partOfStack(call, 'last')
      if (part !== undefined) return part
      const { bytes, at, length } = asText(call.scope, call.value(0))
      const start = call.scope.code.constant('F', suffixStart)
      const delimiter = bytesOf(call, call.text(1))
      const from = call.scope.local(`${length}>=0?${start}(${bytes},${at},${length},${delimiter},${call.number(2)}):0`)
      return {
        form: 'text',
        bytes,
        at: call.scope.local(`${at}+${from}`),
        length: call.scope.local(`${length}>=0?${length}-${from}:-1`),
      }
    },
  },
  {
    name: 'first',
    family: 'text',
    parameters: [
      { name: 'x', kind: 'expression' },
      { name: 'delimiter', kind: 'text' },
      { name: 'word', kind: 'text', repeated: true },
    ],
    doc: 'the first part of x split at the delimiter that is one of the words; missing where none is',
    example: 'first:stack:.:ip:ip6',
    gives: 'ip or ip6: which is outermost',
    emit(call) {
      const words = call.args.slice(2).map((_, i) => call.text(i + 2))
      if (isStackAtDots(call.args[0], call.text(1))) return stackFirst(call.scope, words)
      const { bytes, at, length } = asText(call.scope, call.value(0))
      const find = call.scope.code.constant('F', firstToken)
      const list = call.scope.code.constant(
        'W',
        words.map((word) => encoder.encode(word)),
      )
      const value = call.scope.local(`${find}(${bytes},${at},${length},${bytesOf(call, call.text(1))},${list})`)
      return { form: 'label', value, labels: new ConstantLabels(...words) }
    },
  },
  {
    name: 'concat',
    family: 'text',
    parameters: [
      { name: 'delimiter', kind: 'text', empty: true },
      { name: 'x', kind: 'expression', repeated: true },
    ],
    doc: 'its arguments as one text with the delimiter between them; missing where one is; a colon is written \\:',
    example: 'concat:-:ipsource:ipdestination',
    gives: '10.1.0.1-10.2.0.2',
    emit(call) {
      const values = call.args.slice(1).map((_, i) => call.value(i + 1))
      return joinTexts(call.scope, values, call.text(0))
    },
  },
  {
    name: 'uri',
    family: 'text',
    parameters: [
      { name: 'x', kind: 'expression', accepts: ['text'], needs: 'text' },
      { name: 'part', kind: 'choice', choices: uriParts },
    ],
    doc: `a part of a URL: ${uriParts.join(', ')}; missing where it has none`,
    example: 'uri:httpurl:host',
    gives: 'shop.example',
    emit(call) {
      const { bytes, at, length } = asText(call.scope, call.value(0))
      const part = uriParts.find((x) => x === call.text(1)) ?? 'path'
      const reader = call.scope.code.constant('R', new UriReader(part))
      const found = call.scope.local(`${reader}.read(${bytes},${at},${length})`)
      return { form: 'text', bytes, at: call.scope.local(`${reader}.at`), length: found }
    },
  },
]
