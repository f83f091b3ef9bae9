// Owns sFlow-RT's flow definitions as JSON: which members they have, what each may be. What the program does with them is
// not known here. Start at readFlowDefinition.

import { InputError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'
import { isObject, parseJson } from './data/read-json.ts'
import {
  type Expression,
  type Filter,
  parseFilter,
  parseKeys,
  parseValues,
  type ValueExpression,
} from './expression.ts'

/** A flow definition, checked. What is not given is undefined: the command's own default holds. */
export interface FlowDefinition {
  readonly name: string | undefined
  readonly keys: readonly Expression[]
  /** `value` first, then `values`. */
  readonly values: readonly ValueExpression[]
  readonly filter: Filter | undefined
  /** How many flows to keep: `n`. */
  readonly top: number | undefined
  /** Smoothing: `t`, from seconds. */
  readonly smoothMs: number | undefined
  /** Text between keys: `fs`. */
  readonly separator: string | undefined
  /** Rank discards, not samples. */
  readonly dropped: boolean
  /** `aggMode`, as it stands. */
  readonly aggregation: string | undefined
  /** Members that are sFlow-RT's own and mean nothing here: logging, IPFIX. */
  readonly unused: readonly string[]
}

const used = ['name', 'keys', 'value', 'values', 'filter', 'n', 't', 'fs', 'dropped', 'aggMode'] as const
const unused = ['log', 'flowStart', 'activeTimeout', 'ipfixCollectors'] as const
const MS_PER_S = 1000

/**
 * Reads one definition, as `PUT /flow/NAME/json` takes it.
 * @param what the flag and file, for errors
 * @throws InputError; of an expression it shows the place
 */
export function readFlowDefinition(text: string, what: string): FlowDefinition {
  const json = parseJson(text, what)
  if (!isObject(json)) {
    throw new InputError(
      `${what} is no flow definition: needed one object, such as {"keys": "ipsource", "value": "bytes"}.`,
    )
  }
  const known: readonly string[] = [...used, ...unused]
  for (const member of Object.keys(json)) {
    if (known.includes(member)) continue
    const meant = didYouMean(member, known)
    throw new InputError(
      `${what}: a flow definition has no ${JSON.stringify(member)}.${meant === undefined ? '' : ` ${meant}`}`,
    )
  }
  const filter = textMember(json, 'filter', what)
  const seconds = numberMember(json, 't', what)
  const values = [listMember(json, 'value', what), listMember(json, 'values', what)].filter((x) => x !== '')
  return {
    name: textMember(json, 'name', what),
    keys: parseKeys(listMember(json, 'keys', what), `keys of ${what}`),
    values: values.flatMap((value) => parseValues(value, `value of ${what}`)),
    filter: filter === undefined || filter.trim() === '' ? undefined : parseFilter(filter, `filter of ${what}`),
    top: numberMember(json, 'n', what),
    smoothMs: seconds === undefined ? undefined : seconds * MS_PER_S,
    separator: textMember(json, 'fs', what),
    dropped: truthMember(json, 'dropped', what),
    aggregation: textMember(json, 'aggMode', what),
    unused: unused.filter((member) => member in json),
  }
}

type Json = Readonly<Record<string, unknown>>

function wrong(what: string, member: string, needed: string): InputError {
  return new InputError(`${what}: ${member} is wrong: needed ${needed}.`)
}

/** null is as if it were not there: the applications write it so. */
function textMember(json: Json, member: string, what: string): string | undefined {
  const value = json[member]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw wrong(what, member, 'text')
  return value
}

/** Text with commas, or a list of texts. */
function listMember(json: Json, member: string, what: string): string {
  const value = json[member]
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',')
  throw wrong(what, member, 'text, or a list of texts')
}

function numberMember(json: Json, member: string, what: string): number | undefined {
  const value = json[member]
  if (value === undefined || value === null) return undefined
  // The applications pass settings on, which are text.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0)
    throw wrong(what, member, 'a number above 0')
  return number
}

function truthMember(json: Json, member: string, what: string): boolean {
  const value = json[member]
  if (value === undefined || value === null) return false
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw wrong(what, member, 'true or false')
}
