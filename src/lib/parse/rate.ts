// Owns counts and rates as text, in SI steps. See parse.ts for the folder.

import { notUnderstood, scaleExactly, splitQuantity } from './parse.ts'

const factors: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['k', 1_000n],
  ['K', 1_000n],
  ['M', 1_000_000n],
  ['G', 1_000_000_000n],
  ['T', 1_000_000_000_000n],
])

/**
 * `1k`, `10M`, `2.5G`, `300` as a whole number (steps of 1000, as all rates in networking).
 * @throws InputError naming `what`; also where the result is no whole number or above 2^53 − 1
 */
export function parseRate(text: string, what: string): number {
  const quantity = splitQuantity(text)
  const factor = quantity ? factors.get(quantity.unit) : undefined
  const value = quantity && factor !== undefined ? scaleExactly(quantity.number, factor) : undefined
  if (value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw notUnderstood(
      what,
      text,
      'Give a whole number, with k, M, G or T for steps of 1000, such as 500, 1k or 2.5M.',
    )
  }
  return Number(value)
}

/**
 * Like `parseRate`, but at least 1.
 * @throws InputError naming `what`
 */
export function parseCount(text: string, what: string): number {
  const value = parseRate(text, what)
  if (value === 0) throw notUnderstood(what, text, 'Give a number of 1 or more.')
  return value
}
