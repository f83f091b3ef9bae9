// Owns how a person's text becomes a value: durations, rates, sizes, times, addresses, lists; and what is said when it can't.
// Knows no command, no protocol and no terminal.
// Start with `notUnderstood`, the one message of this folder, then parse/duration.ts as the pattern of the others.

import { InputError } from '../errors.ts'

/**
 * The error of every parser here: what, found, needed.
 * @param what the flag or field as the user wrote it, such as `--since`
 * @param found the user's text
 * @param needed a sentence that begins with a verb and shows valid values
 */
export function notUnderstood(what: string, found: string, needed: string): InputError {
  return new InputError(`${what} "${found}" is not understood. ${needed}`)
}

/** The part of a number with a unit behind it: decimal digits, a point, no exponent, no sign. */
export interface Quantity {
  readonly number: string
  readonly unit: string
}

/**
 * Splits `2.5GiB` into digits and unit; spaces between them are allowed.
 * @returns undefined where the text is no number with an optional unit
 */
export function splitQuantity(text: string): Quantity | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-zµμ]*)$/.exec(text.trim())
  return match ? { number: match[1]!, unit: match[2]! } : undefined
}

/**
 * Decimal digits times a whole factor, exactly: `1.5` × 1000 = 1500n.
 * @returns undefined where the product is no whole number
 */
export function scaleExactly(number: string, factor: bigint): bigint | undefined {
  const [whole = '', fraction = ''] = number.split('.')
  const divisor = 10n ** BigInt(fraction.length)
  const product = BigInt(whole + fraction) * factor
  return product % divisor === 0n ? product / divisor : undefined
}
