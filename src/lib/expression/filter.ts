// Owns a filter's tree as a JavaScript condition. Each comparison is true or false: where the left side is missing it is
// false, whatever the operator, save for null. Knows no grammar. Start at emitCondition.

import { presence, type Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import type { NameTable } from '../wire/name-table.ts'
import { asText } from './as-text.ts'
import { equalsConstant } from './compare-constant.ts'
import type { LanguageData } from './data.ts'
import { emitNode } from './emit.ts'
import { greatest, numberNames } from './number-names.ts'
import { PatternProblem } from './pattern/java.ts'
import { PatternMemo } from './pattern/memo.ts'
import { Pattern } from './pattern/pattern.ts'
import { Misfit } from './problem.ts'
import { isStack, stackIs } from './stack.ts'
import { type Comparison, type Condition, type Constant, isNull } from './syntax.ts'

/** @throws Misfit where a constant can't be compared with its left side, or a pattern is not taken */
export function emitCondition(scope: Scope, condition: Condition, data: LanguageData | undefined): string {
  if (condition.kind === 'comparison') return `(${comparison(scope, condition, data)})`
  const parts = condition.parts.map((part) => emitCondition(scope, part, data))
  return `(${parts.join(condition.kind === 'all' ? '&&' : '||')})`
}

function comparison(scope: Scope, { left, operator, right }: Comparison, data: LanguageData | undefined): string {
  const negated = operator.startsWith('!')
  const isPattern = operator.endsWith('~')
  if (!isPattern && isStack(left) && right.every((constant) => !isNull(constant))) {
    return listed(
      negated,
      `${stackThere(scope)}`,
      right.map((constant) => stackIs(scope, constant.text)),
    )
  }
  const value = emitNode(scope, left, data)
  const here = presence(value)
  if (isPattern) {
    return listed(
      negated,
      here,
      right.map((constant) => patternTest(scope, value, constant)),
    )
  }
  const names = numberNames(left)
  const tests = right
    .filter((constant) => !isNull(constant))
    .map((constant) => constantTest(scope, value, constant, names, greatest(left)))
  if (!right.some(isNull)) return listed(negated, here, tests)
  if (tests.length === 0) return negated ? here : `!(${here})`
  return negated ? `${here}&&!(${tests.join('||')})` : `!(${here})||${tests.join('||')}`
}

/** Any of the tests, or with the left side there none of them. */
function listed(negated: boolean, here: string, tests: readonly string[]): string {
  const any = tests.length === 1 ? tests[0]! : tests.map((test) => `(${test})`).join('||')
  return negated ? `${here}&&!(${any})` : any
}

function stackThere(scope: Scope): string {
  const packet = scope.packet()
  return `${packet}.start!==${packet}.end`
}

function constantTest(
  scope: Scope,
  value: Value,
  constant: Constant,
  names: NameTable | undefined,
  most: number,
): string {
  const refuse = (message: string): never => {
    throw new Misfit(constant, message)
  }
  if (value.form === 'number' && /^\d+$/.test(constant.text) && Number(constant.text) > most) {
    refuse(`this can't be: it goes up to ${most}.`)
  }
  return equalsConstant(scope, value, constant.text, refuse, names)
}

/** Widest bit string whose values all are tried beforehand. */
const MOST_BITS = 12

function patternTest(scope: Scope, value: Value, constant: Constant): string {
  const pattern = compile(constant)
  const matches = (text: string) => {
    const bytes = new TextEncoder().encode(text)
    return pattern.test(bytes, 0, bytes.length)
  }
  switch (value.form) {
    case 'bits':
      if (value.width > MOST_BITS) break
      return tableTest(
        scope,
        value.value,
        Uint8Array.from({ length: 1 << value.width }, (_, x) =>
          matches(x.toString(2).padStart(value.width, '0')) ? 1 : 0,
        ),
      )
    case 'bool':
      return tableTest(scope, value.value, Uint8Array.of(matches('false') ? 1 : 0, matches('true') ? 1 : 0))
    case 'number':
      return memoTest(scope, value.value, new PatternMemo((number) => matches(`${number}`)))
    case 'name':
      return memoTest(scope, value.value, new PatternMemo((number) => matches(value.names.get(number) ?? `${number}`)))
    case 'label':
      return memoTest(scope, value.value, new PatternMemo((label) => matches(value.labels.text(label))))
  }
  const { bytes, at, length } = asText(scope, value)
  return `${length}>=0&&${scope.code.constant('P', pattern)}.test(${bytes},${at},${length})`
}

function tableTest(scope: Scope, number: string, table: Uint8Array): string {
  return `${scope.code.constant('U', table)}[${number}]===1`
}

function memoTest(scope: Scope, number: string, memo: PatternMemo): string {
  return `${number}>=0&&${scope.code.constant('P', memo)}.test(${number})`
}

function compile(constant: Constant): Pattern {
  try {
    return new Pattern(constant.text)
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error
    // In quotes the pattern begins behind the quote.
    const at = constant.at + (constant.quoted ? 1 : 0) + error.at
    throw new Misfit({ at, length: error.length }, `in this pattern ${error.message}.`, [
      'Patterns are Java’s, of the whole text: characters, . [classes] \\d \\w \\s (groups) | * + ? {n,m} ^ $ (?i).',
    ])
  }
}
