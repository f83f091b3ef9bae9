// Owns when a file is to be followed by the next, and how much is kept in memory, as text: 100M, 1h; 60s, 60s,1G. See
// parse.ts for the folder.

import type { InputError } from '../errors.ts'
import { parseDuration } from './duration.ts'
import { notUnderstood } from './parse.ts'
import { parseSize } from './size.ts'

/** One of both. */
export type Rotation = { readonly bytes: number } | { readonly seconds: number }

const NS_PER_S = 1_000_000_000n
/** A file for less is a mistake: 128 KiB hold one datagram of any size. */
const LEAST_BYTES = 128 << 10

/** A span of time as people write it: lower-case units. `5m` is five minutes and `5M` five megabytes. */
const isDuration = (text: string): boolean => /^[\d.]+(?:ns|us|µs|μs|ms|s|m|h|d)/.test(text.trim())

/**
 * `100M`, `1GiB` or `1h`, `30s`: a size or a span of whole seconds.
 * @throws InputError naming `what`; also for less than 128 KiB or a second
 */
export function parseRotation(text: string, what: string): Rotation {
  if (isDuration(text)) return { seconds: wholeSeconds(text, what) }
  if (!/^[\d.]+\s*[a-z]*$/i.test(text.trim())) throw rotationNeeded(text, what)
  const bytes = parseSize(text, what)
  if (bytes < LEAST_BYTES) throw notUnderstood(what, text, 'Give at least 128KiB; a span of time is 30s, 5m or 1h.')
  return { bytes }
}

const rotationNeeded = (text: string, what: string): InputError =>
  notUnderstood(what, text, 'Give a size such as 100M or 1GiB, or a span of time such as 30s, 5m or 1h.')

/** How much of what arrived is kept. */
export interface RingSize {
  readonly seconds: number
  /** Undefined where only a span was given. */
  readonly bytes: number | undefined
}

/**
 * `60s`, or with a bound of memory `60s,1G`.
 * @throws InputError naming `what`; also for less than a second or 1 MiB
 */
export function parseRingSize(text: string, what: string): RingSize {
  const [span = '', size, ...rest] = text.split(',')
  if (rest.length > 0 || !isDuration(span)) {
    throw notUnderstood(what, text, 'Give a span of time such as 60s, and after a comma the most memory: 60s,1G.')
  }
  const seconds = wholeSeconds(span, what)
  if (size === undefined) return { seconds, bytes: undefined }
  const bytes = parseSize(size, what)
  if (bytes < 1 << 20) throw notUnderstood(what, text, 'Give at least 1MiB of memory, such as 60s,256M.')
  return { seconds, bytes }
}

function wholeSeconds(text: string, what: string): number {
  const span = parseDuration(text, what)
  if (span < NS_PER_S || span % NS_PER_S !== 0n) throw notUnderstood(what, text, 'Give whole seconds, 1s or more.')
  return Number(span / NS_PER_S)
}
