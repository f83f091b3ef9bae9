// Owns the flow language: keys, values and filters as text, checked when they are parsed, compiled into the code that
// attributes emit. Must not know flows, commands or models; what functions look up comes as LanguageData (data.ts).
// Start at parseKeys and emitKey; key-parser.ts and filter-parser.ts have the grammar, functions/ a declaration a key function, filter.ts conditions.

import type { Value } from '../attributes/attribute.ts'
import type { SampleView } from '../attributes/context.ts'
import { findAttribute } from '../attributes/find.ts'
import { Scope } from '../attributes/scope.ts'
import { build } from '../wire/emit.ts'
import { type LanguageData, noData } from './data.ts'
import { describe, emitNode } from './emit.ts'
import { emitCondition } from './filter.ts'
import { FilterParser } from './filter-parser.ts'
import { KeyParser } from './key-parser.ts'
import { Misfit, Source } from './problem.ts'
import type { Condition, Node } from './syntax.ts'
import { ValueParser } from './value-parser.ts'

export { type LanguageData, noData }

/** A key: an attribute or functions of attributes. */
export interface Expression {
  /** As the user wrote it, without the spaces around it: the column's title. */
  readonly text: string
  readonly node: Node
  readonly source: Source
}

export const statistics = ['rate', 'avg', 'min', 'max', 'count'] as const
/** What is made of the values of a flow's samples; `count` counts distinct values, of any form. */
export type Statistic = (typeof statistics)[number]

export interface ValueExpression {
  /** As the user wrote it, `avg:iptotallength`. */
  readonly text: string
  readonly statistic: Statistic
  /** A number unless the statistic is `count`. */
  readonly expression: Expression
}

export interface Filter {
  /** As the user wrote it. */
  readonly text: string
  readonly condition: Condition
  readonly source: Source
}

/**
 * Keys with commas between them: `ipsource,null:vlan:none`. An empty text has none.
 * @param what the flag, for errors
 * @throws InputError that shows the place
 */
export function parseKeys(text: string, what: string): readonly Expression[] {
  const source = new Source(text, what)
  return new KeyParser(source).keys().map((node) => checked(source, node))
}

/** sFlow-RT's browser applications write these for values. */
const shorthands: Readonly<Record<string, string>> = { bps: 'bytes', Bps: 'bytes', fps: 'frames' }
const numeric: readonly Value['form'][] = ['number', 'u64', 'signed', 'float']

/**
 * Values with commas between them: `bytes,avg:iptotallength,count:ipsource`. Without a prefix it is rate:, as sFlow-RT has
 * it; bps, Bps and fps are bytes and frames.
 * @throws InputError that shows the place
 */
export function parseValues(text: string, what: string): readonly ValueExpression[] {
  const source = new Source(text, what)
  if (text.trim() === '') throw source.problem({ at: 0, length: 1 }, 'a value is needed, such as bytes,frames.')
  const parser = new ValueParser(source)
  return parser.list((): ValueExpression => {
    const from = parser.at
    const short = parser.word(Object.keys(shorthands))
    if (short !== undefined) {
      const node: Node = { kind: 'attribute', found: findAttribute(shorthands[short]!), at: from, length: short.length }
      return { text: short, statistic: 'rate', expression: { text: short, node, source } }
    }
    const prefix = parser.prefix(statistics) ?? 'rate'
    const statistic = statistics.find((x) => x === prefix) ?? 'rate'
    const expression = checked(source, parser.key())
    const value = emitNode(new Scope(), expression.node, undefined)
    if (statistic !== 'count' && !numeric.includes(value.form)) {
      const instead = statistic === 'rate' ? `; count:${expression.text} counts its distinct values` : ''
      throw source.problem(expression.node, `a value is a number, and this is ${describe(value)}${instead}.`)
    }
    return { text: text.slice(from, parser.at).trim(), statistic, expression }
  })
}

/** Emits it for nothing, so that what does not fit is told when it is parsed. */
function checked(source: Source, node: Node): Expression {
  told(source, () => emitNode(new Scope(), node, undefined))
  return { text: source.text.slice(node.at, node.at + node.length).trim(), node, source }
}

/** A Misfit becomes an error that shows the place in the text. */
function told<T>(source: Source, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof Misfit ? source.problem(error.place, error.message, error.next) : error
  }
}

/**
 * A condition on samples: `ipprotocol=6&ipsource=10.0.0.0/8`.
 * @throws InputError that shows the place
 */
export function parseFilter(text: string, what: string): Filter {
  const source = new Source(text, what)
  const condition = new FilterParser(source).filter()
  told(source, () => emitCondition(new Scope(), condition, undefined))
  return { text, condition, source }
}

/**
 * Emits reading a key. Locals that it makes are of the sample at hand; memory that a value points to is good until the
 * next sample.
 * @throws InputError where it needs data that is not there
 */
export function emitKey(scope: Scope, { node, source }: Expression, data: LanguageData): Value {
  return told(source, () => emitNode(scope, node, data))
}

/** A value of form number, u64, signed or float. Not for `count`, which takes any form: emitKey. */
export function emitNumber(
  scope: Scope,
  expression: Expression,
  data: LanguageData,
): Extract<Value, { form: 'number' | 'u64' | 'signed' | 'float' }> {
  const value = emitKey(scope, expression, data)
  switch (value.form) {
    case 'number':
    case 'u64':
    case 'signed':
    case 'float':
      return value
    default:
      throw expression.source.problem(expression.node, `a value is a number, and this is ${describe(value)}.`)
  }
}

/**
 * Emits a filter. Emitted before the keys, and used in `scope.statement('if(!(CONDITION))return;')`, it spares them for
 * samples that it leaves out.
 * @returns a JavaScript condition over locals of the scope
 * @throws InputError where it needs data that is not there
 */
export function emitFilter(scope: Scope, { condition, source }: Filter, data: LanguageData): string {
  return told(source, () => emitCondition(scope, condition, data))
}

/** Whether a key calls that function, at any depth. */
export function usesFunction({ node }: Expression, name: string): boolean {
  const uses = (one: Node): boolean => one.kind === 'call' && (one.function.name === name || one.args.some(uses))
  return uses(node)
}

/** The filter as a function, for those who have no generated code of their own. */
export function compileFilter(filter: Filter, data: LanguageData): (view: SampleView) => boolean {
  const scope = new Scope()
  const condition = emitFilter(scope, filter, data)
  for (const line of scope.lines()) scope.code.line(line)
  scope.code.line(`return ${condition};`)
  return build(scope.code, 'x', 'filter')
}
