// Owns IP addresses and prefixes as text. See parse.ts for the folder. Nothing here is for the hot path; `prefixContains` is.

import { parseList } from './list.ts'
import { notUnderstood } from './parse.ts'

/** An address as four big-endian words, IPv4 as ::ffff:a.b.c.d: the form in which a Batch holds its senders. */
export type AddressWords = readonly [number, number, number, number]

/** All addresses whose first `bits` bits equal `words`. For IPv4, `bits` counts from the start of the mapped form: /8 is 104. */
export interface Prefix {
  readonly words: AddressWords
  readonly masks: AddressWords
  readonly bits: number
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let word = 0
  for (const part of parts) {
    // A leading zero is octal to some and decimal to others (RFC 6943 section 3.1.1): refused.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    word = word * 256 + Number(part)
  }
  return word
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const word = index === parts.length - 1 ? parseIpv4(part) : undefined
      if (word === undefined) return undefined
      groups.push(word >>> 16, word & 0xffff)
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16))
    } else {
      return undefined
    }
  }
  return groups
}

/**
 * An IPv4 or IPv6 address, the latter in any form of RFC 4291 section 2.2; no zone.
 * @returns undefined where the text is no address
 */
export function parseAddress(text: string): AddressWords | undefined {
  const v4 = parseIpv4(text)
  if (v4 !== undefined) return [0, 0, 0xffff, v4]
  const halves = text.split('::')
  if (!text.includes(':') || halves.length > 2) return undefined
  const head = parseGroups(halves[0]!)
  const tail = halves.length === 2 ? parseGroups(halves[1]!) : []
  if (!head || !tail) return undefined
  const zeros = 8 - head.length - tail.length
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined
  const groups = [...head, ...new Array<number>(zeros).fill(0), ...tail]
  const word = (at: number): number => groups[at]! * 0x10000 + groups[at + 1]!
  return [word(0), word(2), word(4), word(6)]
}

const needed = 'Give an address or a prefix, such as 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.'

/**
 * One address or CIDR prefix. An address alone is a prefix of full length; bits behind the prefix are ignored.
 * @throws InputError naming `what`
 */
export function parsePrefix(text: string, what: string): Prefix {
  const [address = '', length, ...rest] = text.split('/')
  const words = parseAddress(address)
  const isV4 = !address.includes(':')
  const given = length === undefined ? (isV4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? Number(length) : 129
  if (!words || rest.length > 0 || given > (isV4 ? 32 : 128)) throw notUnderstood(what, text, needed)
  const bits = isV4 ? given + 96 : given
  const mask = (from: number): number => {
    const left = Math.min(32, Math.max(0, bits - from))
    return left === 0 ? 0 : (0xffffffff << (32 - left)) >>> 0
  }
  const masks: AddressWords = [mask(0), mask(32), mask(64), mask(96)]
  return {
    words: [
      (words[0] & masks[0]) >>> 0,
      (words[1] & masks[1]) >>> 0,
      (words[2] & masks[2]) >>> 0,
      (words[3] & masks[3]) >>> 0,
    ],
    masks,
    bits,
  }
}

/**
 * Prefixes with commas between them.
 * @throws InputError naming `what`
 */
export function parsePrefixes(text: string, what: string): Prefix[] {
  return parseList(text, what).map((item) => parsePrefix(item, what))
}

/** Whether the address of four big-endian words lies in the prefix. Allocates nothing. */
export function prefixContains(prefix: Prefix, a: number, b: number, c: number, d: number): boolean {
  const { words, masks } = prefix
  return (
    ((a ^ words[0]) & masks[0]) === 0 &&
    ((b ^ words[1]) & masks[1]) === 0 &&
    ((c ^ words[2]) & masks[2]) === 0 &&
    ((d ^ words[3]) & masks[3]) === 0
  )
}
