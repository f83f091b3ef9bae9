// Owns a filter's text as tokens: words, names, numbers, addresses, signs. Knows no grammar. Start at readTokens.

import { isIPv6 } from 'node:net'
import type { FilterText, Place } from './problem.ts'
import { constants, keywords } from './words.ts'

/** `text` of a name is without its backslash; of signs and keywords it is what the grammar knows: `&&` is `and`. */
export type Token = Place &
  (
    | {
        readonly kind: 'keyword' | 'sign' | 'name' | 'ipv4' | 'ipv6' | 'ether' | 'arcnet' | 'end'
        readonly text: string
      }
    | { readonly kind: 'number'; readonly text: string; readonly value: number }
  )

type Kind = Exclude<Token['kind'], 'end' | 'keyword'> | 'bad ether'

const BYTE = '[0-9A-Fa-f]{1,2}'
const WORD = '[0-9A-Fa-f]{4}'
const NUMBER = '(?:0[xX][0-9A-Fa-f]+|[0-9]+)'

/**
 * The longest match counts, and of matches of the same length the first of this list: 1.2.3.4 is no name, and
 * 1234.5678.9abc is a MAC address although 1234.5678 could be an IPv4 network.
 */
const patterns: ReadonlyArray<readonly [Kind, RegExp]> = [
  ['sign', /&&|\|\||>=|<=|!=|==|<<|>>|[+\-*/%:[\]!<>()&|^=]/y],
  ['arcnet', new RegExp(`\\$${BYTE}`, 'y')],
  [
    'ether',
    new RegExp(
      `${[':', '-', '\\.'].map((between) => `${BYTE}(?:${between}${BYTE}){5}`).join('|')}|${WORD}\\.${WORD}\\.${WORD}|(?:${WORD}){3}`,
      'y',
    ),
  ],
  ['number', new RegExp(NUMBER, 'y')],
  ['ipv4', new RegExp(`${NUMBER}(?:\\.${NUMBER}){1,3}`, 'y')],
  ['bad ether', new RegExp(`${BYTE}:+(?:${BYTE}:+)+`, 'y')],
  ['name', /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y],
]

/** A backslash takes what follows it as a name, even a keyword. */
const escaped = /\\[^ !()\n\t]+/y

/** No text form of an IPv6 address is longer (RFC 4291 section 2.2: INET6_ADDRSTRLEN less its end). */
const LONGEST_IPV6 = 45
const ipv6Letters = /[0-9A-Fa-f:.]+/y

/** Texts are written by people or by their programs; this keeps what follows in memory that is small. */
const MOST_CHARACTERS = 1 << 20

const synonyms: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not', '==': '=', length: 'len' }

/**
 * All tokens, the last of kind `end`.
 * @throws InputError at what is none
 */
export function readTokens(source: FilterText): readonly Token[] {
  const { text } = source
  if (text.length > MOST_CHARACTERS) {
    throw source.problem({ at: 0, length: 1 }, `it has ${text.length} characters, more than ${MOST_CHARACTERS}.`)
  }
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/[ \r\n\t]/.test(text[at]!)) {
      at++
      continue
    }
    const token = readToken(source, at)
    tokens.push(token)
    at += token.length
  }
  tokens.push({ kind: 'end', text: '', at, length: 1 })
  return tokens
}

function readToken(source: FilterText, at: number): Token {
  const { text } = source
  let kind: Kind | undefined
  let length = 0
  for (const [candidate, pattern] of patterns) {
    const found = match(pattern, text, at)
    if (found > length) {
      kind = candidate
      length = found
    }
  }
  const ipv6 = ipv6Length(text, at)
  // Of the same length, a name is the last choice.
  if (ipv6 > length || (ipv6 === length && kind === 'name')) {
    kind = 'ipv6'
    length = ipv6
  }
  const name = match(escaped, text, at)
  if (name > 0) return { kind: 'name', text: text.slice(at + 1, at + name), at, length: name }
  const place = { at, length }
  const found = text.slice(at, at + length)
  if (kind === undefined) {
    const shown = String.fromCodePoint(text.codePointAt(at)!)
    throw source.problem({ at, length: shown.length }, `'${shown}' has no meaning here.`, [
      shown === "'" || shown === '"'
        ? 'Names and numbers are written without quotes.'
        : 'Give a primitive such as port 53.',
    ])
  }
  if (kind === 'bad ether') {
    throw source.problem(place, 'this is no MAC address, which has six bytes: 00:00:5e:00:53:01.')
  }
  if (kind === 'number') return { kind, text: found, value: readNumber(source, place, found), ...place }
  if (kind === 'sign') {
    const known = synonyms[found] ?? found
    return { kind: /[a-z]/.test(known) ? 'keyword' : 'sign', text: known, ...place }
  }
  if (kind === 'name') {
    const value = Object.hasOwn(constants, found) ? constants[found] : undefined
    if (value !== undefined) return { kind: 'number', text: found, value, ...place }
    if (keywords.has(found)) return { kind: 'keyword', text: synonyms[found] ?? found, ...place }
  }
  return { kind, text: found, ...place }
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex - at : 0
}

/** The longest text from there on that is an IPv6 address; 0 for none. */
function ipv6Length(text: string, at: number): number {
  const length = Math.min(match(ipv6Letters, text, at), LONGEST_IPV6)
  const run = text.slice(at, at + length)
  if (!run.includes(':')) return 0
  for (let end = run.length; end >= 2; end--) if (isIPv6(run.slice(0, end))) return end
  return 0
}

/** As in C: hexadecimal behind 0x, octal behind 0. */
function readNumber(source: FilterText, place: Place, text: string): number {
  const octal = /^0[0-9]/.test(text)
  if (octal && /[89]/.test(text)) {
    throw source.problem(place, `a number that begins with 0 is octal, and has no digits 8 and 9: ${text}.`, [
      `Without the 0 it is decimal: ${text.replace(/^0+/, '')}.`,
    ])
  }
  const value = octal ? Number.parseInt(text, 8) : Number(text)
  if (value > 0xffffffff) throw source.problem(place, 'numbers are at most 4294967295 (32 bits).')
  return value
}
