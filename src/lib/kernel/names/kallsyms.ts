// Owns the names of the kernel's functions by address (/proc/kallsyms). See kernel-names.ts for the folder. parseKallsyms is pure.

import { readFileSync } from 'node:fs'

const NEWLINE = 10
const TAB = 9
const SPACE = 32
/** `ffffffff81000000 T name`: digits, a space, a letter, a space. */
const DIGITS = 16
const NAME_AT = 19
/** Letters of functions: text, global or local, and weak. The others are data. */
const functionLetters = Uint8Array.from({ length: 256 }, (_, code) =>
  'tTwW'.includes(String.fromCharCode(code)) ? 1 : 0,
)
/** Longer than any function: an address further behind one lies in none (modules gone since, programs made at run time). */
const LONGEST_FUNCTION = 1 << 20
/** Of the high half those bits that tell addresses of the kernel apart, so that an address fits into 53 bits. */
const HIGH_MASK = 0x1f_ffff
const HIGH = 0x1_0000_0000

/** Functions of the kernel and its modules, in order of their addresses. */
export class Kallsyms {
  /** The kernel hides addresses from this user (sysctl kernel.kptr_restrict, or without CAP_SYSLOG): nothing can be found. */
  readonly hidden: boolean
  /** Addresses without their uppermost 11 bits, which are the same for all. */
  readonly #address: Float64Array
  readonly #nameAt: Uint32Array
  readonly #names: Uint8Array
  readonly #texts = new Map<number, string>()

  constructor(address: Float64Array, nameAt: Uint32Array, names: Uint8Array) {
    this.#address = address
    this.#nameAt = nameAt
    this.#names = names
    this.hidden = address.length === 0
  }

  /** How many functions there are. */
  get count(): number {
    return this.#address.length
  }

  /**
   * Index of the function that an address lies in, -1 where none is known. Two names for one address: the first in the file.
   * @param low, high the two halves of the address, as u32
   */
  find(low: number, high: number): number {
    const address = this.#address
    const wanted = addressOf(low, high)
    let from = 0
    let to = address.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (address[middle]! <= wanted) from = middle + 1
      else to = middle
    }
    if (from === 0 || wanted - address[from - 1]! >= LONGEST_FUNCTION) return -1
    let index = from - 1
    while (index > 0 && address[index - 1] === address[index]) index--
    return index
  }

  /** Its name, without its module. The same string each time. */
  name(index: number): string {
    const known = this.#texts.get(index)
    if (known !== undefined) return known
    const begin = this.#nameAt[index]
    if (begin === undefined) return ''
    const text = new TextDecoder('latin1').decode(this.#names.subarray(begin, this.#names.indexOf(0, begin)))
    this.#texts.set(index, text)
    return text
  }

  /** Bytes from the beginning of function `index` to the address. */
  offset(index: number, low: number, high: number): number {
    return addressOf(low, high) - (this.#address[index] ?? 0)
  }
}

function addressOf(low: number, high: number): number {
  return (high & HIGH_MASK) * HIGH + (low >>> 0)
}

/**
 * Reads the text of /proc/kallsyms in one pass: names are copied together and made into strings only when they are asked for.
 * Lines that are no functions, or no lines of that form, are left out.
 */
export function parseKallsyms(text: Uint8Array): Kallsyms {
  // No line is shorter than this, so no counting pass is needed; what is left over is given back below.
  const room = Math.ceil(text.length / (NAME_AT + 1)) + 1
  const address = new Float64Array(room)
  const nameAt = new Uint32Array(room)
  const names = new Uint8Array(text.length + 1)
  let count = 0
  let used = 0
  let ordered = true
  for (let at = 0; at < text.length; ) {
    // A line too short to hold a name ends before its letter would come: it is left out with what follows in it.
    const isFunction = functionLetters[text[at + DIGITS + 1]!] === 1 && text[at + DIGITS] === SPACE
    const value = isFunction ? addressOf(hexAt(text, at + 8), hexAt(text, at)) : 0
    let end = at + (isFunction ? NAME_AT : 0)
    if (value !== 0) {
      const begin = used
      // The module's name, in brackets, stands behind a tab.
      for (let letter = text[end]; letter !== undefined && letter !== NEWLINE && letter !== TAB; letter = text[++end]) {
        names[used++] = letter
      }
      if (used > begin) {
        used++
        ordered &&= count === 0 || value >= address[count - 1]!
        address[count] = value
        nameAt[count++] = begin
      }
    }
    const newline = text.indexOf(NEWLINE, end)
    at = newline < 0 ? text.length : newline + 1
  }
  const found = [address.slice(0, count), nameAt.slice(0, count)] as const
  // The kernel's own come in order; those of modules stand behind them, in none.
  const [addresses, places] = ordered ? found : inOrder(...found)
  return new Kallsyms(addresses, places, names.slice(0, used + 1))
}

/** Stable, so that of two names for one address the first stays first. */
function inOrder(address: Float64Array, nameAt: Uint32Array): [Float64Array, Uint32Array] {
  const order = Uint32Array.from(address, (_, i) => i).sort((a, b) => address[a]! - address[b]! || a - b)
  return [Float64Array.from(order, (i) => address[i]!), Uint32Array.from(order, (i) => nameAt[i]!)]
}

/** Eight digits as a number; anything else counts as zeros. */
function hexAt(text: Uint8Array, at: number): number {
  let value = 0
  for (let i = at; i < at + 8; i++) {
    const letter = text[i]!
    const digit = letter <= 0x39 ? letter - 0x30 : (letter | 0x20) - 0x57
    value = (value << 4) | (digit & 0xf)
  }
  return value >>> 0
}

/** Reads /proc/kallsyms: some 50 ms for 10 MB. Hidden where the file is not there. */
export function readKallsyms(): Kallsyms {
  try {
    return parseKallsyms(readFileSync('/proc/kallsyms'))
  } catch {
    return parseKallsyms(new Uint8Array(0))
  }
}
