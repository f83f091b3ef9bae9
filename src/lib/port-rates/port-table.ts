// Owns what is remembered of each port between samples: its counters' growth over intervals and windows, its state, the samples
// of its traffic. Bounded. Knows no row and no form. See port-rates.ts for the folder. Start at PortTable.find.

import type { AgentTable } from '../agents/agents.ts'
import { longerNumbers } from '../agents/columns.ts'
import { CounterDeltas, IF_COUNTERS } from '../agents/counter-deltas.ts'
import { PORT_KEY, probePort } from '../agents/port-key.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from '../agents/slots.ts'
import { if_counters } from '../sflow/records/version-5-counters.ts'
import { HISTORY } from './port-row.ts'
import { addScaled, noSamples, SampledSums, type Scaled, SINCE_COUNTERS, SINCE_WINDOW } from './sampled-sums.ts'
import { packetsOf, sides } from './sides.ts'

/** Numbers of a port, NaN where unknown. */
export const PortState = {
  /** Time of the last counter sample, and of the interval that ended there. Milliseconds since 1970. */
  countedMs: 0,
  speed: 1,
  ifType: 2,
  direction: 3,
  status: 4,
  lag: 5,
  /** Counter samples since the window began, and intervals between them that count. */
  counterSamples: 6,
  intervals: 7,
  /** The data source whose counters are taken: slot + 1. */
  countedBy: 8,
  /** 1 where the filter let its last counter sample through, 2 where there was none since the filter was set. */
  wanted: 9,
  /** Counter samples ever. */
  everCounted: 10,
  historyAt: 11,
  /** The most that was counted in a second, mean of an interval; received, then sent. */
  peakPackets: 12,
  peakBytes: 14,
} as const
const STATES = 16

/** A data source that has told no counters for so long is gone; polling intervals are up to a minute or two. */
export const SILENT_MS = 180_000

const GROWTHS = IF_COUNTERS.length

/** Growth of the counters over some stretch, NaN where unknown, with what was sampled in it. */
export interface Stretch {
  seconds: number
  readonly growth: Float64Array
  /** Of all kinds, received and sent; NaN where not known of each of its intervals. */
  readonly packets: [number, number]
  /** Sampled at the port itself, received and sent. */
  readonly own: readonly [Scaled, Scaled]
  /** Seen by other ports on their way to this one. */
  readonly others: Scaled
}

function noStretch(): Stretch {
  return {
    seconds: 0,
    growth: new Float64Array(GROWTHS),
    packets: [0, 0],
    own: [noSamples(), noSamples()],
    others: noSamples(),
  }
}

/** Cells of a port in SampledSums. */
export const CELL_IN = 0
export const CELL_OUT = 1
export const CELL_OTHERS = 2
const CELLS = 3

/** Ports by agent address and ifIndex, the least recently heard one goes first. */
export class PortTable implements SlotUser {
  readonly slots: Slots
  readonly sampled: SampledSums
  state = new Float64Array(FIRST_CAPACITY * STATES)
  readonly #agents: AgentTable
  readonly #deltas: CounterDeltas<(typeof IF_COUNTERS)[number]>
  /** What intervals that ended since the window began add up to, and the last interval alone. */
  #window: (Stretch | undefined)[] = new Array(FIRST_CAPACITY)
  #last: (Stretch | undefined)[] = new Array(FIRST_CAPACITY)
  /** Bits a second of both directions, HISTORY each, in a ring. */
  #history: (Float64Array | undefined)[] = new Array(FIRST_CAPACITY)
  readonly #keepHistory: boolean

  constructor(agents: AgentTable, options: { readonly maxPorts?: number; readonly history: boolean }) {
    this.#agents = agents
    this.#deltas = new CounterDeltas(agents, if_counters, IF_COUNTERS)
    this.slots = new Slots(PORT_KEY, options.maxPorts ?? 262_144, this)
    this.sampled = new SampledSums(agents)
    this.sampled.grow(FIRST_CAPACITY * CELLS)
    this.#keepHistory = options.history
  }

  grown(capacity: number): void {
    this.state = longerNumbers(this.state, capacity * STATES)
    this.sampled.grow(capacity * CELLS)
    this.#window.length = capacity
    this.#last.length = capacity
    this.#history.length = capacity
  }

  evicted(): void {}

  /** The port's slot, valid until the next call; a port that is not known is taken in. */
  find(agent: number, ifIndex: number): number {
    const { slots } = this
    probePort(slots, this.#agents, agent, ifIndex)
    const known = slots.find()
    if (known >= 0) {
      slots.touch(known)
      return known
    }
    const port = slots.insert()
    const state = port * STATES
    this.state.fill(Number.NaN, state, state + STATES)
    for (const column of ['counterSamples', 'intervals', 'wanted', 'everCounted', 'historyAt'] as const) {
      this.state[state + PortState[column]] = 0
    }
    this.state.fill(0, state + PortState.peakPackets, state + STATES)
    for (let c = 0; c < CELLS; c++) this.sampled.clear(port * CELLS + c)
    this.#window[port] = undefined
    this.#last[port] = undefined
    this.#history[port] = undefined
    return port
  }

  get(port: number, column: number): number {
    return this.state[port * STATES + column]!
  }
  set(port: number, column: number, value: number): void {
    this.state[port * STATES + column] = value
  }

  /** Of all ports that have counters. */
  fillState(column: number, value: number): void {
    for (const port of this.slots.slots()) {
      if (this.get(port, PortState.everCounted) > 0) this.set(port, column, value)
    }
  }

  /** The cell of a port's samples in `sampled`. */
  cell(port: number, cell: number): number {
    return port * CELLS + cell
  }

  /**
   * Takes the if_counters record at `at` to `end` of the counter sample that the agents' table was given last. Where two
   * sub-agents tell of one port, the first one is believed as long as it goes on.
   */
  count(port: number, view: DataView, at: number, end: number, nowMs: number): void {
    const by = this.#agents.source + 1
    const silentMs = nowMs - this.get(port, PortState.countedMs)
    if (this.get(port, PortState.countedBy) !== by && silentMs < SILENT_MS) return
    this.set(port, PortState.countedBy, by)
    const known = this.#deltas.update(view, at, end)
    const state = port * STATES
    this.state[state + PortState.countedMs] = nowMs
    this.state[state + PortState.counterSamples]! += 1
    this.state[state + PortState.everCounted]! += 1
    // Arrivals may come in one instant, or a clock go back: what grew is no less true.
    if (known && !this.#wentBack()) this.#close(port, Math.max(0, this.#deltas.seconds))
    for (let c = 0; c < CELLS; c++) this.sampled.empty(this.cell(port, c), SINCE_COUNTERS)
  }

  /** Sums of the intervals that ended in the window; undefined for none. */
  window(port: number): Stretch | undefined {
    return this.#window[port]
  }

  /** The interval between the two last counter samples; undefined where that is not known. */
  last(port: number): Stretch | undefined {
    return this.#last[port]
  }

  /** Samples since the window began. */
  sampledInWindow(port: number, cell: number): Scaled {
    return this.sampled.read(this.cell(port, cell), SINCE_WINDOW)
  }

  /** Oldest first; empty where no history is kept. */
  history(port: number, side: 0 | 1): (number | null)[] {
    const ring = this.#history[port]
    if (ring === undefined) return []
    const count = this.get(port, PortState.historyAt)
    const values: (number | null)[] = []
    for (let i = Math.max(0, count - HISTORY); i < count; i++) {
      const value = ring[side * HISTORY + (i % HISTORY)]!
      values.push(Number.isNaN(value) ? null : value)
    }
    return values
  }

  /** All ports begin a window. */
  beginWindow(): void {
    for (const port of this.slots.slots()) {
      const state = port * STATES
      this.state[state + PortState.counterSamples] = 0
      this.state[state + PortState.intervals] = 0
      this.#window[port] = undefined
      for (let c = 0; c < CELLS; c++) this.sampled.empty(this.cell(port, c), SINCE_WINDOW)
    }
  }

  /** No counter tells its growth: they went back, the agent hid a restart. */
  #wentBack(): boolean {
    const { delta } = this.#deltas
    for (let i = 0; i < GROWTHS; i++) if (!Number.isNaN(delta[i]!)) return false
    return true
  }

  /** An interval is over: it is the last one, and part of the window. */
  #close(port: number, seconds: number): void {
    const { delta } = this.#deltas
    const last = this.#last[port] ?? noStretch()
    this.#last[port] = last
    last.seconds = seconds
    last.growth.set(delta)
    last.packets[0] = packetsOf(delta, 0)
    last.packets[1] = packetsOf(delta, 1)
    Object.assign(last.own[0], this.sampled.read(this.cell(port, CELL_IN), SINCE_COUNTERS))
    Object.assign(last.own[1], this.sampled.read(this.cell(port, CELL_OUT), SINCE_COUNTERS))
    Object.assign(last.others, this.sampled.read(this.cell(port, CELL_OTHERS), SINCE_COUNTERS))
    const window = this.#window[port] ?? noStretch()
    this.#window[port] = window
    window.seconds += seconds
    for (let i = 0; i < GROWTHS; i++) window.growth[i]! += delta[i]!
    window.packets[0] += last.packets[0]
    window.packets[1] += last.packets[1]
    addScaled(window.own[0], last.own[0])
    addScaled(window.own[1], last.own[1])
    addScaled(window.others, last.others)
    const state = port * STATES
    this.state[state + PortState.intervals]! += 1
    if (seconds > 0) this.#raisePeaks(state, seconds)
    if (this.#keepHistory) this.#remember(port, seconds)
  }

  #raisePeaks(state: number, seconds: number): void {
    const { delta } = this.#deltas
    for (const side of [0, 1] as const) {
      const packets = packetsOf(delta, side) / seconds
      const bytes = delta[sides[side].octets]! / seconds
      if (packets > this.state[state + PortState.peakPackets + side]!) {
        this.state[state + PortState.peakPackets + side] = packets
      }
      if (bytes > this.state[state + PortState.peakBytes + side]!)
        this.state[state + PortState.peakBytes + side] = bytes
    }
  }

  #remember(port: number, seconds: number): void {
    const ring = this.#history[port] ?? new Float64Array(2 * HISTORY)
    this.#history[port] = ring
    const at = port * STATES + PortState.historyAt
    const i = this.state[at]! % HISTORY
    const { delta } = this.#deltas
    ring[i] = seconds > 0 ? (delta[sides[0].octets]! * 8) / seconds : Number.NaN
    ring[HISTORY + i] = seconds > 0 ? (delta[sides[1].octets]! * 8) / seconds : Number.NaN
    this.state[at]! += 1
  }
}
