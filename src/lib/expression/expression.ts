// Owns the flow language: keys, values and filters as text, checked when they are parsed, compiled into the code that
// attributes emit. Must not know flows, commands or models; what functions look up comes as LanguageData (data.ts).
// Start at parseKeys and emitKey.

import type { Value } from '../attributes/attribute.ts'
import { presence } from '../attributes/attribute.ts'
import type { SampleView } from '../attributes/context.ts'
import { type Found, findAttributes } from '../attributes/find.ts'
import { Scope } from '../attributes/scope.ts'
import { InputError } from '../errors.ts'
import { build } from '../wire/emit.ts'
import { type LanguageData, noData } from './data.ts'

export { type LanguageData, noData }

/** A key: an attribute or functions of attributes. */
export interface Expression {
  /** As the user wrote it: the column's title. */
  readonly text: string
  readonly found: Found
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
  readonly expression: Expression
}

/**
 * Keys with commas between them: `ipsource,null:vlan:none`.
 * @param what the flag, for errors
 * @throws InputError that shows the place
 */
export function parseKeys(text: string, _what: string): readonly Expression[] {
  const names = text.split(',').map((x) => x.trim())
  return findAttributes(names).map((found, i) => ({ text: names[i]!, found }))
}

/**
 * Values with commas between them: `bytes,avg:iptotallength,count:ipsource`.
 * @throws InputError that shows the place
 */
export function parseValues(text: string, what: string): readonly ValueExpression[] {
  return text.split(',').map((item) => {
    const [, prefix = 'rate', name = ''] = /^(?:(rate|avg|min|max|count):)?(.*)$/.exec(item.trim()) ?? []
    const [expression] = parseKeys(name, what)
    return { text: item.trim(), statistic: prefix as Statistic, expression: expression! }
  })
}

/**
 * A condition on samples: `ipprotocol=6&ipsource=10.0.0.0/8`.
 * @throws InputError that shows the place
 */
export function parseFilter(text: string, what: string): Filter {
  const [, name, rest] = /^([^!=~]+)(.*)$/.exec(text) ?? []
  if (name === undefined || rest !== '!=null') throw new InputError(`${what} "${text}" is not understood.`)
  return { text, expression: parseKeys(name, what)[0]! }
}

/** Emits reading a key. @throws InputError where it needs data that is not there */
export function emitKey(scope: Scope, expression: Expression, _data: LanguageData): Value {
  return expression.found.attribute.emit(scope, expression.found.nth)
}

/** A value of form number, u64, signed or float. Not for `count`, which takes any form: emitKey. */
export function emitNumber(scope: Scope, expression: Expression, data: LanguageData): Value {
  return emitKey(scope, expression, data)
}

/**
 * Emits a filter; what it needs of the sample is read before what is emitted later.
 * @returns a JavaScript condition
 */
export function emitFilter(scope: Scope, filter: Filter, data: LanguageData): string {
  return presence(emitKey(scope, filter.expression, data))
}

/** The filter as a function, for those who have no generated code of their own. */
export function compileFilter(filter: Filter, data: LanguageData): (view: SampleView) => boolean {
  const scope = new Scope()
  const condition = emitFilter(scope, filter, data)
  for (const line of scope.lines()) scope.code.line(line)
  scope.code.line(`return ${condition};`)
  return build(scope.code, 'x', 'filter')
}
