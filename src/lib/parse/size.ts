// Owns amounts of memory as text. See parse.ts for the folder.

import { InputError } from '../errors.ts'
import { notUnderstood, scaleExactly, splitQuantity } from './parse.ts'

const bytes: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['b', 1n],
  ['k', 1_000n],
  ['kb', 1_000n],
  ['ki', 1n << 10n],
  ['kib', 1n << 10n],
  ['m', 1_000_000n],
  ['mb', 1_000_000n],
  ['mi', 1n << 20n],
  ['mib', 1n << 20n],
  ['g', 1_000_000_000n],
  ['gb', 1_000_000_000n],
  ['gi', 1n << 30n],
  ['gib', 1n << 30n],
  ['t', 1_000_000_000_000n],
  ['tb', 1_000_000_000_000n],
  ['ti', 1n << 40n],
  ['tib', 1n << 40n],
])

/**
 * `64KiB`, `100M`, `4096` as bytes. IEC units (Ki, Mi, Gi, Ti) are steps of 1024, SI units (k, M, G, T) of 1000.
 * @throws InputError naming `what`; also for a part of a byte or more than 2^53 − 1
 */
export function parseSize(text: string, what: string): number {
  const quantity = splitQuantity(text)
  const factor = quantity ? bytes.get(quantity.unit.toLowerCase()) : undefined
  const value = quantity && factor !== undefined ? scaleExactly(quantity.number, factor) : undefined
  if (value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw notUnderstood(
      what,
      text,
      'Give whole bytes or a unit: KiB, MiB, GiB (1024) or k, M, G (1000), such as 64KiB or 100M.',
    )
  }
  return Number(value)
}

/** One datagram of the largest size has room. */
const LEAST_BUFFER = 64 << 10
/** Linux takes at most half of what an int holds, as it sets twice of that (sock_setsockopt). */
const MOST_BUFFER = 2 ** 30 - 1

/**
 * A socket's receive buffer in bytes.
 * @throws InputError naming `what`; also below 64KiB or beyond 1GiB, which no kernel grants
 */
export function parseBufferSize(text: string, what: string): number {
  const bytes = parseSize(text, what)
  if (bytes >= LEAST_BUFFER && bytes <= MOST_BUFFER + 1) return Math.min(bytes, MOST_BUFFER)
  throw new InputError(
    bytes < LEAST_BUFFER
      ? `${what} ${text} is too small: the largest datagram needs 64KiB.`
      : `${what} ${text} is too large: Linux grants 1GiB at most.`,
    ['Give 64KiB to 1GiB, such as 8MiB or 64MiB.'],
  )
}
