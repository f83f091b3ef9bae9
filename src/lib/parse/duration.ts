// Owns spans of time as text. See parse.ts for the folder.

import { notUnderstood, scaleExactly } from './parse.ts'

const nanoseconds: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
])

const NS_PER_MS = 1_000_000n

const needed = 'Give a number and ns, us, ms, s, m, h or d, such as 100ms, 2s, 5m or 1h30m.'

/**
 * `100ms`, `2s`, `1.5h`, `1h30m` as nanoseconds. A number alone is refused: no unit is more natural than another.
 * @throws InputError naming `what`; also for a part of a nanosecond
 */
export function parseDuration(text: string, what: string): bigint {
  const trimmed = text.trim()
  const part = /(\d+(?:\.\d+)?|\.\d+)([a-zµμ]+)/y
  let total = 0n
  do {
    const match = part.exec(trimmed)
    const factor = match ? nanoseconds.get(match[2]!) : undefined
    const value = factor === undefined ? undefined : scaleExactly(match![1]!, factor)
    if (value === undefined) throw notUnderstood(what, text, needed)
    total += value
  } while (part.lastIndex < trimmed.length)
  return total
}

/**
 * A span in whole milliseconds, one at least.
 * @throws InputError as parseDuration, and for less than 1 ms
 */
export function parseMilliseconds(text: string, what: string): number {
  const ms = Number(parseDuration(text, what) / NS_PER_MS)
  if (ms < 1) throw notUnderstood(what, text, 'Give 1ms or more.')
  return ms
}
