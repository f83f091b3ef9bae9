// Owns what is counted of the packets of one route. See routes.ts. Start at RouteRecord.

import type { PacketTrack } from './packets.ts'
import type { Hop, Shape } from './route-shape.ts'
import type { Spread } from './spread.ts'
import type { TraceStep, Tuple } from './step.ts'

/** A packet that went a route. */
export interface Example {
  readonly time: bigint
  readonly skb: string
  readonly packet: number
  readonly pid: number
  readonly process: string
  readonly length: number
  readonly tuple: Tuple | undefined
}

/** One step of a route. */
export interface RouteStep extends Readonly<Hop> {
  /** At another interface or in another network namespace than the step before; the first always. */
  readonly isNewPlace: boolean
  /** The way of a clone begins here. */
  readonly isBranch: boolean
  /** ns since the step before; of the first nothing. */
  readonly since: Spread
}

/** A packet that took long. */
export interface Slow {
  /** From the first to the last step. */
  readonly ns: number
  /** The step that it waited longest for, and how long. */
  readonly step: number
  readonly stepNs: number
  readonly example: Example
}

/** What may be missing of a packet: a letter before the key of its route. */
export type Edge = '' | 'early' | 'open' | 'early open' | 'crowded'

/** Packets of one route, with what may be missing of them. */
export interface RouteRecord {
  readonly edge: Edge
  readonly shape: Shape
  packets: number
  bytes: number
  dropped: number | undefined
  readonly loops: { at: number; length: number; least: number; most: number }[]
  total: Spread
  since: Spread[]
  readonly example: Example
  slowest: readonly Slow[]
}

/** Below it no packet is slow: 1 ms. */
export const SLOW_FLOOR = 1_000_000
const MOST_SLOWEST = 3

export function exampleOf({ first, tuple }: PacketTrack): Example {
  const { time, skb, packet, pid, process, length } = first
  return { time, skb, packet, pid, process, length, tuple }
}

/** Counts a packet. */
export function count(
  record: RouteRecord,
  track: PacketTrack,
  order: readonly TraceStep[],
  shape: Shape,
  example: Example,
) {
  record.packets++
  record.bytes += track.first.length
  for (const [i, { times }] of shape.loops.entries()) {
    const loop = record.loops[i]
    if (loop === undefined) continue
    loop.least = Math.min(loop.least, times)
    loop.most = Math.max(loop.most, times)
  }
  let stepNs = 0
  let step = 0
  for (let i = 1; i < order.length; i++) {
    const hop = shape.hopOf[i]!
    const ns = Math.max(0, Number(order[i]!.time - before(order, i).time))
    record.since[hop]!.add(ns)
    if (ns > stepNs) {
      stepNs = ns
      step = hop
    }
  }
  const ns = Math.max(0, Number(track.last.time - track.first.time))
  record.total.add(ns)
  const { slowest } = record
  if (ns > SLOW_FLOOR && (slowest.length < MOST_SLOWEST || ns > slowest.at(-1)!.ns)) {
    const slow = { ns, step, stepNs, example }
    record.slowest = [...slowest, slow].sort((a, b) => b.ns - a.ns).slice(0, MOST_SLOWEST)
  }
}

/** The step before, of the same buffer; before a clone's first step the last one of the others that was earlier. */
function before(order: readonly TraceStep[], i: number): TraceStep {
  const step = order[i]!
  const last = order[i - 1]!
  if (last.skb === step.skb) return last
  let nearest = order[0]!
  for (let j = 0; j < i; j++) {
    const other = order[j]!
    if (other.time <= step.time && other.time >= nearest.time) nearest = other
  }
  return nearest
}

/** Packets of one route, those at the edges of the trace beside the others; a new one, since both go on counting. */
export function join(a: RouteRecord, b: RouteRecord): RouteRecord {
  return {
    ...a,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    loops: a.loops.map((loop, i) => ({
      ...loop,
      least: Math.min(loop.least, b.loops[i]?.least ?? loop.least),
      most: Math.max(loop.most, b.loops[i]?.most ?? loop.most),
    })),
    total: a.total.with(b.total),
    since: a.since.map((spread, i) => spread.with(b.since[i]!)),
    slowest: [...a.slowest, ...b.slowest].sort((x, y) => y.ns - x.ns).slice(0, MOST_SLOWEST),
  }
}
