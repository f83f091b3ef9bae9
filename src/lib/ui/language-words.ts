// Owns what can go on where one types keys, values or a filter of the flow language. See ui.ts for the folder.

import { attributesByName } from '../attributes/table.ts'
import { keyFunctions } from '../expression/functions/table.ts'
import type { Candidate, Completion } from './screen/screen.ts'

/** A value on the right of an operator; in quotes where it has characters that mean something there. */
export function quoteValue(text: string): string {
  if (/^[\w.:/-]+$/.test(text) && text !== 'null') return text
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

/** Words of the flow language. */
export interface LanguageWords {
  /** Attributes, and what they are. */
  readonly attributes: readonly Candidate[]
  /** Key functions with the colon: `mask:`, and what they give. */
  readonly functions: readonly Candidate[]
}

/** All names and aliases of attributes; a name stands before its aliases. */
export function attributeWords(): Candidate[] {
  return Array.from(attributesByName, ([text, { name, doc, unit }]) => ({
    text,
    note: `${text === name ? '' : `${name}: `}${doc}${unit === undefined ? '' : ` (${unit})`}`,
  }))
}

/** All key functions, with the colon that begins their arguments. */
export function functionWords(): Candidate[] {
  return keyFunctions.map(({ name, doc, example }) => ({ text: `${name}:`, note: `${example}: ${doc}` }))
}

const statistics: readonly Candidate[] = [
  { text: 'bytes', note: 'bits a second' },
  { text: 'frames', note: 'packets a second' },
  { text: 'avg:', note: 'average of an attribute' },
  { text: 'min:', note: 'smallest value of an attribute' },
  { text: 'max:', note: 'largest value of an attribute' },
  { text: 'count:', note: 'number of distinct values: count:ipsource' },
  { text: 'rate:', note: 'sum of an attribute a second' },
]

/** Those that begin with what is there; where none does, those that have it in them. */
function matching(words: readonly Candidate[], there: string): Candidate[] {
  const begin = words.filter(({ text }) => text.startsWith(there) && text !== there)
  if (begin.length > 0 || there.length < 2) return begin
  const inside = there.toLowerCase()
  return words.filter(({ text }) => text !== there && text.toLowerCase().includes(inside))
}

/** Where the name before `cursor` begins. */
function nameStart(text: string, cursor: number): number {
  let at = cursor
  while (at > 0 && /[\w.]/.test(text[at - 1]!)) at--
  return at
}

/** Attributes and functions at the cursor of a list of keys. */
export function completeKeys(words: LanguageWords, text: string, cursor: number): Completion | undefined {
  const from = nameStart(text, cursor)
  const there = text.slice(from, cursor)
  // A number behind a colon is an argument.
  if (/^\d/.test(there)) return undefined
  return { from, candidates: matching([...words.attributes, ...words.functions], there) }
}

/** As keys, with statistics in front of them. */
export function completeValues(words: LanguageWords, text: string, cursor: number): Completion | undefined {
  const from = nameStart(text, cursor)
  const first = from === 0 || text[from - 1] === ','
  const plain = words.attributes.filter(({ text: name }) => name !== 'bytes' && name !== 'frames')
  const names = first ? [...statistics, ...plain] : [...words.attributes, ...words.functions]
  return { from, candidates: matching(names, text.slice(from, cursor)) }
}

/**
 * In a filter: attributes and functions before an operator, values behind it.
 * @param seen values that an attribute or function has now, as the data formats write them
 */
export function completeFilter(
  words: LanguageWords,
  seen: (name: string) => readonly string[],
  text: string,
  cursor: number,
): Completion | undefined {
  // The condition that the cursor is in; quotes may hold what looks like an operator, then there is just no help.
  const begin = Math.max(...['&', '|', '('].map((sign) => text.lastIndexOf(sign, cursor - 1))) + 1
  const condition = text.slice(begin, cursor)
  const operator = /!=|!~|=|~/.exec(condition)
  if (cursor === 0 || operator === null) return completeKeys(words, text, cursor)
  const from = begin + Math.max(operator.index + operator[0].length, condition.lastIndexOf(',') + 1)
  const known = new Set(seen(condition.slice(0, operator.index).trim()))
  const values = Array.from(known, (value): Candidate => ({ text: quoteValue(value), note: 'in the rows above' }))
  values.push({ text: 'null', note: 'missing' })
  return { from, candidates: matching(values, text.slice(from, cursor)) }
}
