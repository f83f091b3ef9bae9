// Owns points in time as text. See parse.ts for the folder.

import { parseDuration } from './duration.ts'
import { notUnderstood, scaleExactly } from './parse.ts'

/** A bound of --since or --until: nanoseconds since 1970 UTC, or since the first datagram of the input. */
export interface TimeBound {
  readonly from: 'epoch' | 'start'
  readonly ns: bigint
}

const nsPerSecond = 1_000_000_000n
const needed =
  'Give a time such as 2026-05-01T12:00:00Z, 2026-05-01 12:00:00 (local), seconds since 1970, or +5s from the start of the input.'

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/

/** Milliseconds since 1970 of the wall-clock fields, or undefined where there is no such date or time of day. */
function clockMs(match: RegExpExecArray, utc: boolean): number | undefined {
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((at) => Number(match[at] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(asUtc)
  // Date.UTC carries over: 31 February becomes 3 March, 25:00 the next day.
  const exists =
    month >= 1 &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  if (!exists) return undefined
  return utc ? asUtc : new Date(year, month - 1, day, hour, minute, second).getTime()
}

function offsetMs(zone: string): number {
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000
}

/**
 * ISO 8601 (a date alone is its midnight; no zone means local time, or UTC with `utc`), seconds since 1970 with up to
 * nine decimals, or `+DURATION` from the input's first datagram.
 * @throws InputError naming `what`; also for a day or an hour that does not exist
 */
export function parseTime(text: string, what: string, utc: boolean): TimeBound {
  const trimmed = text.trim()
  if (trimmed.startsWith('+')) return { from: 'start', ns: parseDuration(trimmed.slice(1), what) }
  if (/^\d+(?:\.\d{1,9})?$/.test(trimmed)) return { from: 'epoch', ns: scaleExactly(trimmed, nsPerSecond)! }
  const match = iso.exec(trimmed)
  const zone = match?.[8]
  const ms = match ? clockMs(match, utc || zone !== undefined) : undefined
  if (ms === undefined) throw notUnderstood(what, text, needed)
  const shifted = zone === undefined || zone === 'Z' ? ms : ms - offsetMs(zone)
  return { from: 'epoch', ns: BigInt(shifted) * 1_000_000n + BigInt((match![7] ?? '').padEnd(9, '0')) }
}
