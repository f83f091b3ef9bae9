// Owns what is asked of top-flows as text, that can go to a thread and be changed on a screen; and what is made of it.
// Knows no flag. Start at Query and parseQuery.

import {
  type Expression,
  type Filter,
  parseFilter,
  parseKeys,
  parseValues,
  type ValueExpression,
} from '../expression/expression.ts'
import type { Aggregation } from '../flow/options.ts'

/** Texts as on the command line. */
export interface Query {
  readonly keys: string
  /** Titles of the keys, where their texts would be long; as many as there are keys. */
  readonly titles: readonly string[] | undefined
  readonly values: string
  /** '' for none. */
  readonly filter: string
  /** Discarded packets instead of sampled ones. */
  readonly dropped: boolean
  readonly agg: Aggregation | undefined
  readonly by: 'agent' | 'interface' | undefined
  readonly recipe: string | undefined
  readonly top: number
  readonly windowMs: number | 'all'
  readonly smoothMs: number | undefined
}

/** The query in the language's terms. */
export interface ParsedQuery {
  readonly keys: readonly Expression[]
  readonly values: readonly ValueExpression[]
  readonly filter: Filter | undefined
}

/** @throws InputError that shows the place in `--keys`, `--value` or `--filter` */
export function parseQuery({ keys, values, filter }: Query): ParsedQuery {
  return {
    keys: parseKeys(keys, '--keys'),
    values: parseValues(values, '--value'),
    filter: filter === '' ? undefined : parseFilter(filter, '--filter'),
  }
}

/** Both conditions; '' is none. */
export function bothFilters(one: string, other: string): string {
  return one === '' || other === '' ? one + other : `(${one})&(${other})`
}
