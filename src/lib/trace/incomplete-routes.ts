// Owns which packets were not seen whole: begun before the trace, under way at its end, or events of them lost. See routes.ts.

import type { RouteRecord } from './route-record.ts'
import type { Shapes } from './route-shape.ts'

/** Packets, by what is missing. */
export interface Incomplete {
  /** They began before the trace: what was seen is the end of another route. */
  readonly begun: number
  /** Nothing but that their buffer was given back: they began before the trace, or the filter fits there for the first time. */
  readonly endOnly: number
  /** Under way at the end of the trace: what was seen is the beginning of another route. */
  readonly underWay: number
  /** They lack steps of a commoner route, and events were lost. */
  readonly lost: number
  /** Given up since too many packets were open. */
  readonly crowded: number
}

export const none: { -readonly [Key in keyof Incomplete]: number } = {
  begun: 0,
  endOnly: 0,
  underWay: 0,
  lost: 0,
  crowded: 0,
}

/** Of the commonest routes, those that a part is looked for in, and those that a gap is. */
const MOST_COMPARED = 1000
const MOST_COMMON = 200

/**
 * Why packets of a route are incomplete; undefined where they are not. The routes themselves tell: nothing else knows where a packet
 * should have begun.
 * @param records all routes, the commonest first
 */
export function areIncomplete(
  record: RouteRecord,
  records: readonly RouteRecord[],
  lost: number,
  shapes: Shapes,
): keyof Incomplete | undefined {
  const { edge, shape, packets } = record
  const { hops } = shape
  if (edge === 'crowded') return 'crowded'
  const isWithin = (test: (whole: string) => boolean) =>
    records
      .slice(0, MOST_COMPARED)
      .some((other) => other.edge !== 'crowded' && other.shape.hops.length > hops.length && test(other.shape.hops))
  const isEnd = edge.startsWith('early') || isRelease(hops, shapes)
  if (isEnd && isWithin((whole) => whole.endsWith(hops))) return edge.startsWith('early') ? 'begun' : 'endOnly'
  if (edge.endsWith('open') && isWithin((whole) => whole.startsWith(hops))) return 'underWay'
  if (edge === 'early open' && isWithin((whole) => whole.includes(hops))) return 'begun'
  if (lost === 0) return undefined
  const isCommon = (other: RouteRecord) => other.packets >= packets * 2 && other.shape.hops.length > hops.length
  return records.slice(0, MOST_COMMON).some((other) => isCommon(other) && lacksOnly(hops, other.shape.hops))
    ? 'lost'
    : undefined
}

function isRelease(hops: string, shapes: Shapes): boolean {
  for (let i = 0; i < hops.length; i++) if (!shapes.hop(hops.charCodeAt(i)).isRelease) return false
  return true
}

/** All steps of `part` are in `whole`, in the same order. */
function lacksOnly(part: string, whole: string): boolean {
  let at = 0
  for (let i = 0; i < whole.length && at < part.length; i++) if (whole[i] === part[at]) at++
  return at === part.length
}
