// Owns routes: packets that went the same way through the kernel, how many, how long each step took, and those that differ.
// Must not know text or the terminal. Start at Routes; a summary's types are at the top.

import { areIncomplete, type Incomplete, none } from './incomplete-routes.ts'
import { type Difference, differencesOf } from './odd-routes.ts'
import { type PacketLimits, Packets, type PacketTrack } from './packets.ts'
import {
  count,
  type Edge,
  type Example,
  exampleOf,
  join,
  type RouteRecord,
  type RouteStep,
  SLOW_FLOOR,
  type Slow,
} from './route-record.ts'
import { type Hop, type Loop, orderOf, type Shape, Shapes } from './route-shape.ts'
import { Spread } from './spread.ts'
import type { TraceStep } from './step.ts'

export type { Example, RouteStep, Slow } from './route-record.ts'
export type { Hop, Loop } from './route-shape.ts'

/** Packets whose route differs in one or two steps from that of many. */
export interface OddRoute {
  readonly packets: number
  readonly differences: readonly Difference[]
  readonly steps: readonly RouteStep[]
  readonly example: Example
}

export interface Route {
  readonly packets: number
  /** Of all packets that are not incomplete. */
  readonly share: number
  /** Sum of the packets' lengths at their first step. */
  readonly bytes: number
  readonly steps: readonly RouteStep[]
  readonly loops: readonly Loop[]
  /** Index of the step that tells of the drop. */
  readonly dropped: number | undefined
  /** ns from the first to the last step. */
  readonly total: Spread
  /** The step that most time passed before, of all its packets; undefined where none did. */
  readonly longest: number | undefined
  readonly example: Example
  readonly odd: readonly OddRoute[]
  /** Packets that took more than ten times the median, and more than `overNs`; the slowest of them. */
  readonly slow: { readonly packets: number; readonly overNs: number; readonly slowest: readonly Slow[] }
}

export interface Summary {
  /** The commonest first; routes that are odd ones of another are not among them. */
  readonly routes: readonly Route[]
  readonly packets: number
  readonly steps: number
  readonly dropped: number
  /** Packets whose beginning or end was not seen; in no route. */
  readonly incomplete: Incomplete
  /** Packets of rare routes that were given up since there were too many routes. */
  readonly others: number
  /** Events lost, as it was told. */
  readonly lost: number
}

/** Slow is what takes so many times the median, and longer than SLOW_FLOOR. */
const SLOW_TIMES = 10
/** Steps of all routes together, and routes; beyond, the rarest go. */
const MOST_STEPS = 50_000
const MOST_ROUTES = 5000
/** Routes that rarer ones are compared with. */
const MOST_COMMON = 200
/** Packets whose first step comes so soon may have begun before the trace. */
const EARLY = 10_000_000n
/** Packets whose last step is so near to the end of the trace may be under way then. */
const UNDER_WAY = 1_000_000_000n

/** Takes steps as they are told. Memory is bounded: packets by packets.ts, routes by number and length. Pure; any input will do. */
export class Routes {
  readonly #packets: Packets
  readonly #shapes = new Shapes()
  #records = new Map<string, RouteRecord>()
  #heldSteps = 0
  #others = 0
  #begin: bigint | undefined
  #now = 0n

  /** @param limits packets are kept only where `mostKept` says so */
  constructor(limits: Partial<PacketLimits> = {}) {
    this.#packets = new Packets({ mostKept: 0, ...limits }, (track) => this.#take(track))
  }

  /** The packets that the steps were sorted into. */
  get packets(): Pick<Packets, 'kept' | 'counts'> {
    return this.#packets
  }

  add(step: TraceStep): void {
    this.#begin ??= step.time
    if (step.time > this.#now) this.#now = step.time
    this.#packets.add(step)
  }

  /**
   * The trace is over: packets that are still open are taken as they are. More steps may follow, of other packets then.
   * @param at ns since 1970; undefined: with the last step
   */
  stop(at?: bigint): void {
    if (at !== undefined && at > this.#now) this.#now = at
    this.#packets.stop()
  }

  /** @param lost events that were lost, of all: rare routes that only lack steps of common ones are incomplete then */
  summary(lost = 0): Summary {
    const { packets, steps } = this.#packets.counts
    const incomplete = { ...none }
    const merged = new Map<string, RouteRecord>()
    const records = [...this.#records.values()].sort((a, b) => b.packets - a.packets)
    for (const record of records) {
      const why = areIncomplete(record, records, lost, this.#shapes)
      if (why !== undefined) {
        incomplete[why] += record.packets
        continue
      }
      const other = merged.get(record.shape.key)
      merged.set(record.shape.key, other === undefined ? record : join(other, record))
    }
    const told = [...merged.values()].sort((a, b) => b.packets - a.packets)
    const all = told.reduce((sum, { packets }) => sum + packets, 0)
    const odd = this.#oddOnes(told)
    const routes = told
      .filter((record) => !odd.isOdd.has(record))
      .map((record) => this.#routeOf(record, all + this.#others, odd.of.get(record) ?? []))
    const dropped = records.reduce((sum, record) => sum + (record.dropped === undefined ? 0 : record.packets), 0)
    return { routes, packets, steps, dropped, incomplete, others: this.#others, lost }
  }

  #take(track: PacketTrack): void {
    const order = orderOf(track)
    const shape = this.#shapes.of(track, order)
    const edge = this.#edgeOf(track)
    const key = `${edge}\n${shape.key}`
    const example = exampleOf(track)
    let record = this.#records.get(key)
    if (record === undefined) {
      if (this.#heldSteps + shape.hops.length > MOST_STEPS || this.#records.size >= MOST_ROUTES) this.#sweep()
      record = {
        edge,
        shape,
        packets: 0,
        bytes: 0,
        dropped: this.#dropOf(shape),
        loops: shape.loops.map(({ at, length, times }) => ({ at, length, least: times, most: times })),
        total: new Spread(),
        since: Array.from(shape.hops, () => new Spread()),
        example,
        slowest: [],
      }
      this.#heldSteps += shape.hops.length
      this.#records.set(key, record)
    }
    count(record, track, order, shape, example)
  }

  #edgeOf({ first, last, closed, ended }: PacketTrack): Edge {
    if (closed === 'crowded') return 'crowded'
    const isEarly = first.time - (this.#begin ?? first.time) < EARLY
    const isOpen = closed === 'stopped' && !ended && this.#now - last.time < UNDER_WAY
    return isEarly ? (isOpen ? 'early open' : 'early') : isOpen ? 'open' : ''
  }

  #dropOf({ hops }: Shape): number | undefined {
    for (let i = 0; i < hops.length; i++) if (this.#shapes.hop(hops.charCodeAt(i)).reason !== undefined) return i
    return undefined
  }

  /** Gives up the rarest routes, half of all or more. */
  #sweep(): void {
    const records = [...this.#records].sort(([, a], [, b]) => b.packets - a.packets)
    let held = 0
    this.#records = new Map()
    for (const [i, [key, record]] of records.entries()) {
      const { length } = record.shape.hops
      if (i < MOST_ROUTES / 2 && held + length <= MOST_STEPS / 2) {
        this.#records.set(key, record)
        held += length
      } else this.#others += record.packets
    }
    this.#heldSteps = held
  }

  /** Rare routes under the commonest that they nearly are. */
  #oddOnes(records: readonly RouteRecord[]) {
    const isOdd = new Set<RouteRecord>()
    const of = new Map<RouteRecord, OddRoute[]>()
    for (const record of records) {
      for (const common of records.slice(0, MOST_COMMON)) {
        // A quarter as many at most: else it is a route of its own.
        if (common.packets < record.packets * 4) break
        if (isOdd.has(common) || !isSameEnd(common, record)) continue
        const differences = differencesOf(common.shape.hops, record.shape.hops, (unit) => this.#shapes.hop(unit))
        if (differences === undefined) continue
        isOdd.add(record)
        const odd = of.get(common) ?? []
        of.set(common, odd)
        odd.push({ packets: record.packets, differences, steps: this.#stepsOf(record), example: record.example })
        break
      }
    }
    return { isOdd, of }
  }

  #routeOf(record: RouteRecord, all: number, odd: readonly OddRoute[]): Route {
    const { packets, bytes, loops, dropped, total, since, example } = record
    let longest: number | undefined
    for (const [i, { sum }] of since.entries()) {
      if (sum > (longest === undefined ? 0 : since[longest]!.sum)) longest = i
    }
    const overNs = Math.max(SLOW_FLOOR, SLOW_TIMES * total.quantile(0.5))
    const slowest = record.slowest.filter(({ ns }) => ns > overNs)
    const slow = { packets: Math.max(slowest.length, total.above(overNs)), overNs, slowest }
    const share = all === 0 ? 0 : packets / all
    return { packets, share, bytes, steps: this.#stepsOf(record), loops, dropped, total, longest, example, odd, slow }
  }

  #stepsOf({ shape, since }: RouteRecord): RouteStep[] {
    const steps: RouteStep[] = []
    let last: Hop | undefined
    for (let i = 0; i < shape.hops.length; i++) {
      const hop = this.#shapes.hop(shape.hops.charCodeAt(i))
      const isNewPlace = last === undefined || hop.netns !== last.netns || hop.interfaceName !== last.interfaceName
      steps.push({ ...hop, isNewPlace, isBranch: shape.branches.includes(i), since: since[i]! })
      last = hop
    }
    return steps
  }
}

/** Dropped at the same place for the same reason, or not at all. */
function isSameEnd(a: RouteRecord, b: RouteRecord): boolean {
  if (a.dropped === undefined || b.dropped === undefined) return a.dropped === b.dropped
  return a.shape.hops[a.dropped] === b.shape.hops[b.dropped]
}
