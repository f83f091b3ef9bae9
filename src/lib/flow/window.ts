// Owns one open window: its table, where its samples come from, and what has no entry. Knows no rows. Start at OpenWindow.

import type { AgentTable } from '../agents/agents.ts'
import type { SampleView } from '../attributes/context.ts'
import { type Compiled, QUEUE } from './compile.ts'
import { Distinct, GIVEN_UP, NO_KEY } from './distinct.ts'
import type { FlowOptions } from './options.ts'
import { Places } from './places.ts'
import { FlowTable, type TableUser } from './table.ts'
import { Texts } from './texts.ts'
import { SAMPLES, SQUARES } from './values.ts'

/** Pairs of flow and value that are counted exactly, for each value of kind count. */
const MOST_PAIRS = 1 << 20
/** A smoothed flow that weighs less, where a sample of now weighs 1, is none. */
const LEAST_WEIGHT = 1e-9

export class OpenWindow implements TableUser {
  readonly table: FlowTable
  readonly places: Places
  readonly texts: Texts
  readonly distinct: readonly Distinct[]
  /** Samples that wait, in the columns of compile.ts. `touched` keeps the engine from leaving loads out. */
  waiting = 0
  touched = 0
  readonly hashes = new Int32Array(QUEUE)
  readonly queue: Int32Array
  readonly numbers: Float64Array
  /** Sums by segment, in the columns of an entry: samples without key, and flows that were given up. */
  noKey: Float64Array
  givenUp: Float64Array
  /** The largest one of each value of kind rate. */
  readonly most: Float64Array
  /** Weight of the samples that come now; 1 but for smoothed windows. */
  sampleWeight = 1
  received = 0
  matched = 0
  lost = 0
  agentDrops = 0
  unplaced = 0
  /** Milliseconds since 1970 of the first and the last sample. */
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  /** floor(time / windowMs). */
  readonly index: number
  readonly compiled: Compiled
  readonly #agents: AgentTable
  /** Column that decides who is given up. */
  readonly #ranking: number
  /** By column: 0 is a sum, 1 a minimum, 2 a maximum. */
  readonly #least: Uint8Array
  /** Segments of entries that go just now. */
  readonly #segmentOf = new Map<number, number>()

  constructor(index: number, options: FlowOptions, compiled: Compiled, agents: AgentTable, seed: number) {
    this.index = index
    this.compiled = compiled
    this.#agents = agents
    this.table = new FlowTable(compiled.layout, options.maxFlows, this)
    this.places = new Places(agents, options.rates, options.dropped)
    this.texts = new Texts(seed)
    this.distinct = compiled.values.filter((x) => x.kind === 'count').map(() => new Distinct(MOST_PAIRS))
    this.most = new Float64Array(compiled.values.length)
    const first = compiled.values[0]!
    this.#ranking = first.kind === 'rate' ? first.column : SAMPLES
    this.#least = new Uint8Array(compiled.columns)
    for (const { kind, column } of compiled.values) {
      if (kind === 'min' || kind === 'max') this.#least[column] = kind === 'min' ? 1 : 2
    }
    this.queue = new Int32Array(QUEUE * compiled.queue.words)
    this.numbers = new Float64Array(QUEUE * compiled.queue.numbers)
    this.noKey = this.emptySums(64)
    this.givenUp = this.emptySums(64)
  }

  /** The view's sample, which `agents` has taken. */
  sample(view: SampleView): void {
    this.received++
    const { places } = this
    const segment = places.of(view.walker)
    const { sampling } = this.#agents
    if (sampling.stepSamples !== 0) {
      // A late sample (generated 0) was counted as lost before.
      this.lost += sampling.stepGenerated - 1
      this.agentDrops += sampling.stepDrops
    }
    if (segment < 0) {
      this.unplaced++
      return
    }
    if ((segment + 1) * this.compiled.columns > this.noKey.length) this.#grow()
    places.tell(segment, this.sampleWeight)
    this.compiled.sample(view, this, segment)
  }

  /** Adds what waits. Call it before anything is read. */
  settle(): void {
    this.#agents.settle()
    this.compiled.drain(this)
  }

  /** By the first value where it is a rate, scaled by the configured rate; else by samples. */
  weight(entry: number): number {
    const { table, places } = this
    const b = entry * table.stride
    const rate = places.rates[places.stretchOf[table.words[b]!]!]! || 1
    return rate * table.sums[(b + table.sumsAt) / 2 + this.#ranking]!
  }

  evicted(entry: number): void {
    const { table } = this
    const b = entry * table.stride
    const segment = table.words[b]!
    this.#segmentOf.set(entry, segment)
    this.addSums(this.givenUp, segment * table.columns, table.sums, (b + table.sumsAt) / 2)
  }

  moved(to: Int32Array): void {
    const segments = this.#segmentOf
    for (const set of this.distinct) {
      set.rename((owner) => {
        if (owner >= NO_KEY) return owner
        const entry = to[owner]!
        return entry >= 0 ? entry : GIVEN_UP + segments.get(owner)!
      })
    }
    segments.clear()
  }

  /** Smoothed windows: all weights become `factor` of what they were; what weighs nothing any more is forgotten. */
  decay(factor: number): void {
    this.settle()
    const factors = new Float64Array(this.compiled.columns).fill(factor)
    factors[SQUARES] = factor * factor
    for (const { kind, column } of this.compiled.values) if (kind === 'rate') factors[column + 1] = factor * factor
    this.table.decay(factors, factor, LEAST_WEIGHT)
    for (const sums of [this.noKey, this.givenUp]) {
      for (let i = 0; i < sums.length; i++) sums[i]! *= factors[i % factors.length]!
    }
    this.places.decay(factor)
  }

  /** Adds the sums of an entry to others. */
  addSums(into: Float64Array, at: number, from: Float64Array, fromAt: number): void {
    for (let k = 0; k < this.#least.length; k++) {
      const value = from[fromAt + k]!
      if (this.#least[k] === 0) into[at + k]! += value
      else if (this.#least[k] === 1 ? value < into[at + k]! : value > into[at + k]!) into[at + k] = value
    }
  }

  /** Sums of nothing, for so many. */
  emptySums(segments: number): Float64Array<ArrayBuffer> {
    const { columns, empty } = this.compiled
    const sums = new Float64Array(segments * columns)
    for (const [column, value] of empty) for (let i = column; i < sums.length; i += columns) sums[i] = value
    return sums
  }

  #grow(): void {
    const segments = this.places.segments.capacity
    for (const name of ['noKey', 'givenUp'] as const) {
      const longer = this.emptySums(segments)
      longer.set(this[name])
      this[name] = longer
    }
  }
}
