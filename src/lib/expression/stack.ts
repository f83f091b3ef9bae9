// Owns functions of `stack` on the numbers of layers, so that no text is made of them: some tokens from an end of a stack
// are one number. Knows no grammar. Start at stackPart.

import type { Labels } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import type { Of } from '../attributes/value-writer.ts'
import { layers } from '../packet/layers.ts'
import { MAX_LAYERS, type Packet } from '../packet/packet.ts'
import type { Node } from './syntax.ts'

/** What a packet without layers has for a stack (packet/stack.ts). */
const UNKNOWN = 'unknown'
/** Tokens by number, from 1; layers of one token share it. 0 is a layer that does not show. */
const tokens: readonly string[] = [
  '',
  ...new Set([UNKNOWN, ...layers.map((type) => type?.token ?? '')].filter((x) => x !== '')),
]
const tokenOf = Uint8Array.from(layers, (type) => Math.max(0, tokens.indexOf(type?.token ?? '')))
const UNKNOWN_TOKEN = tokens.indexOf(UNKNOWN)

/** Numbers of tokens in one number: six bits each, so that a 32-bit number has five. */
const TOKEN_BITS = 6
const TOKEN_MASK = (1 << TOKEN_BITS) - 1
export const MOST_TOKENS = 5
if (tokens.length > TOKEN_MASK + 1) throw new RangeError(`${tokens.length} tokens don't fit ${TOKEN_BITS} bits`)

const DELIMITER = '.'

/** Whether it is the attribute `stack`. */
export function isStack(node: Node | undefined): boolean {
  return node?.kind === 'attribute' && node.found.attribute.name === 'stack'
}

/** Whether this is a stack split at its dots, which the functions here can do. */
export function isStackAtDots(node: Node | undefined, delimiter: string): boolean {
  return isStack(node) && delimiter === DELIMITER
}

/** Tokens in one number, the first one in the lowest bits. */
const stackLabels: Labels = {
  text(label) {
    const parts: string[] = []
    for (let rest = label; rest > 0; rest >>>= TOKEN_BITS) parts.push(tokens[rest & TOKEN_MASK] ?? '')
    return parts.join(DELIMITER)
  },
  find(text) {
    const parts = numbersOf(text)
    return parts === undefined || parts.length > MOST_TOKENS ? undefined : pack(parts)
  },
}

const pack = (parts: readonly number[]) => parts.reduceRight((rest, token) => (rest << TOKEN_BITS) | token, 0)

function numbersOf(text: string): number[] | undefined {
  const parts = text.split(DELIMITER).map((token) => (token === '' ? -1 : tokens.indexOf(token)))
  return parts.includes(-1) ? undefined : parts
}

/** The first or last `count` tokens, 1 to MOST_TOKENS. */
export function stackPart(scope: Scope, count: number, end: 'first' | 'last'): Of<'label'> {
  const read = scope.code.constant('F', end === 'first' ? firstTokens : lastTokens)
  return { form: 'label', value: scope.local(`${read}(${scope.packet()},${count})`), labels: stackLabels }
}

/** The first token from the outside that is one of `wanted`; missing where there is none. */
export function stackFirst(scope: Scope, wanted: readonly string[]): Of<'label'> {
  const isWanted = new Uint8Array(tokens.length)
  for (const token of wanted) {
    const number = token === '' ? -1 : tokens.indexOf(token)
    if (number > 0) isWanted[number] = 1
  }
  const read = scope.code.constant('F', firstWanted)
  const table = scope.code.constant('U', isWanted)
  return { form: 'label', value: scope.local(`${read}(${scope.packet()},${table})`), labels: stackLabels }
}

/** A condition: the whole stack is `text`. */
export function stackIs(scope: Scope, text: string): string {
  const wanted = numbersOf(text)
  if (wanted === undefined || wanted.length > MAX_LAYERS) return 'false'
  const same = scope.code.constant('F', isStackOf)
  return `${same}(${scope.packet()},${scope.code.constant('U', Uint8Array.from(wanted))})`
}

/** Called by generated code, as those below. -1 where there is no header. */
function firstTokens(packet: Packet, count: number): number {
  if (packet.start === packet.end) return -1
  let label = 0
  let found = 0
  for (let i = 0; i < packet.count && found < count; i++) {
    const token = tokenOf[packet.layer[i]!]!
    if (token !== 0) label |= token << (TOKEN_BITS * found++)
  }
  return found === 0 ? UNKNOWN_TOKEN : label
}

function lastTokens(packet: Packet, count: number): number {
  if (packet.start === packet.end) return -1
  let label = 0
  let found = 0
  for (let i = packet.count - 1; i >= 0 && found < count; i--) {
    const token = tokenOf[packet.layer[i]!]!
    if (token === 0) continue
    label = (label << TOKEN_BITS) | token
    found++
  }
  return found === 0 ? UNKNOWN_TOKEN : label
}

function firstWanted(packet: Packet, wanted: Uint8Array): number {
  let any = false
  for (let i = 0; i < packet.count; i++) {
    const token = tokenOf[packet.layer[i]!]!
    if (wanted[token] === 1) return token
    any ||= token !== 0
  }
  return !any && packet.start !== packet.end && wanted[UNKNOWN_TOKEN] === 1 ? UNKNOWN_TOKEN : -1
}

function isStackOf(packet: Packet, wanted: Uint8Array): boolean {
  if (packet.start === packet.end) return false
  let found = 0
  for (let i = 0; i < packet.count; i++) {
    const token = tokenOf[packet.layer[i]!]!
    if (token !== 0 && wanted[found++] !== token) return false
  }
  if (found === 0) return wanted.length === 1 && wanted[0] === UNKNOWN_TOKEN
  return found === wanted.length
}
