// Owns telling inputs and a pcap-filter expression apart where both are words of the command line. Knows no file system: whoever
// calls says what is there. Start at splitFiles and splitInterfaces.

import { isIP } from 'node:net'
import { InputError } from '../errors.ts'
import { keywords, protocols } from '../pcap-filter/words.ts'
import type { PacketChoice } from './packet-filter.ts'

/** The words before the expression, and the expression. */
export interface Positionals {
  readonly inputs: readonly string[]
  readonly packets: PacketChoice | undefined
}

/**
 * Files and then an expression: what is there is a file, `-` is stdin, and so is what is written as a path; the first other word
 * begins the expression, and what follows belongs to it.
 * @param isThere whether something of this name is in the file system
 * @throws InputError for a file with the name of a word that begins expressions: either could be meant
 */
export function splitFiles(words: readonly string[], isThere: (name: string) => boolean): Positionals {
  const begin = words.findIndex((word) => {
    if (word === '-' || /^\.{0,2}\/|^kernel:/.test(word)) return false
    if (!isThere(word)) return !(word.includes('/') && !beginsFilter(word))
    if (keywords.has(word)) {
      throw new InputError(`'${word}' is a file here, and a word that begins filters: either could be meant.`, [
        `The file: ./${word}`,
        `The filter: '(${word} ...)', in parentheses.`,
      ])
    }
    return false
  })
  const { inputs, expression } = cut(words, begin)
  const text = expression.join(' ')
  // A script's empty variable: every sample, and not only those with a packet.
  if (text.trim() === '') return { inputs, packets: undefined }
  const [first = ''] = expression
  const late = expression.slice(1).find((word) => !keywords.has(word) && !isAddress(word) && isThere(word))
  return {
    inputs,
    packets: {
      text,
      perhapsFile: /\s/.test(first) || beginsFilter(first) ? undefined : first,
      lateFile: late,
    },
  }
}

/**
 * Interfaces and then an expression: the first word with which only filters begin begins it, for an interface need not be there
 * yet.
 * @param isThere whether there is an interface of this name
 * @throws InputError for an interface with the name of a word that begins expressions: either could be meant
 */
export function splitInterfaces(words: readonly string[], isThere: (name: string) => boolean): Positionals {
  const begin = words.findIndex(beginsFilter)
  const { inputs, expression } = cut(words, begin)
  const text = expression.join(' ')
  if (text.trim() === '') return { inputs, packets: undefined }
  const [first = ''] = expression
  if (keywords.has(first) && isThere(first)) {
    throw new InputError(`'${first}' is an interface here, and a word that begins filters: either could be meant.`, [
      `The interface: '[${first[0]}]${first.slice(1)}', as a pattern.`,
      `The filter: '(${first} ...)', in parentheses.`,
    ])
  }
  return { inputs, packets: { text } }
}

function cut(words: readonly string[], begin: number): { inputs: readonly string[]; expression: readonly string[] } {
  return begin < 0
    ? { inputs: words, expression: [] }
    : { inputs: words.slice(0, begin), expression: words.slice(begin) }
}

/**
 * Whether a word is the beginning of an expression and can hardly be a name: a keyword, an address, a parenthesis, or several
 * words in one.
 */
function beginsFilter(word: string): boolean {
  const bare = word.replace(/^!\s*/, '')
  if (bare === '' || /^\(|\s/.test(bare)) return true
  const head = /^[\w.-]*/.exec(bare)![0]
  const behind = bare.slice(head.length)
  // vlan[0-9] is a pattern, for of vlan no bytes can be asked; nor is ip* an expression, and dir/file is a path.
  if (behind.startsWith('[')) return head in protocols
  if (/^[*?/]/.test(behind)) return isAddress(bare)
  return keywords.has(head) || isAddress(bare)
}

/** An IP address or network, or a MAC address. */
function isAddress(word: string): boolean {
  const [address = '', length] = word.split('/')
  if (isIP(address) !== 0) return length === undefined || /^\d+$/.test(length)
  return /^(?:\d{1,3}\.){1,2}\d{1,3}\/\d+$/.test(word) || /^[\da-f]{1,2}(?:[:-][\da-f]{1,2}){5}$/i.test(word)
}
