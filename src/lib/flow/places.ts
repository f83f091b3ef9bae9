// Owns where samples of a window come from: data sources, their stretches of one sampling rate, and the segments of a
// stretch (direction, port); with what is told of each stretch. Knows no key. Start at Places.of.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY, SOURCE_WORDS, SourceWord } from '../agents/columns.ts'
import { keepsAll, Slots } from '../agents/slots.ts'
import type { Walker } from '../sflow/walker.ts'
import type { RateOverride } from './options.ts'

/** Sums of a stretch. Smoothed windows weigh each sample. */
export const Stretch = {
  /** Samples that came. */
  received: 0,
  /** Of them those with a step from a sample before: the sums below are of steps. */
  steps: 1,
  pool: 2,
  generated: 3,
  drops: 4,
  /** Steps whose pool is not just rate × generated. */
  unequal: 5,
} as const
export const STRETCH_SUMS = 6

/** Which side was sampled. */
export const Side = { ingress: 0, egress: 1, untold: 2 } as const
export type Side = (typeof Side)[keyof typeof Side]

/** Rates of one data source that a window tells apart; samples of any other count with the last of them. */
const MOST_RATES = 16
const MOST_PLACES = 1 << 20
/** Words of the cache by slot of AgentTable: segment + 1 of ingress samples, baseline, rate, stretch. */
const CACHE = 4

export class Places {
  /** Words of a data source: agent's address in four, type, index. */
  readonly sources = new Slots(6, MOST_PLACES, keepsAll)
  /** Words of a stretch: source, rate. The slot is its number. */
  readonly stretches = new Slots(2, MOST_PLACES, keepsAll)
  /** Words of a segment: stretch, side, format and value of the input interface (0 for ingress: it is the source). */
  readonly segments = new Slots(4, MOST_PLACES, keepsAll)
  sums = new Float64Array(64 * STRETCH_SUMS)
  /** The rate to use, by stretch: the told one or what replaces it. */
  rates = new Float64Array(64)
  /** 1 where the rate replaces what samples say. */
  overridden = new Uint8Array(64)
  /** The source's slot in AgentTable and its baseline, by stretch, for what is known from before the window. */
  slots = new Int32Array(64 * 2)
  stretchOf = new Int32Array(64)
  readonly #agents: AgentTable
  readonly #rates: readonly RateOverride[]
  readonly #dropped: boolean
  #cache = new Int32Array(64 * CACHE)
  /** Stretches of each source. */
  #ratesOf = new Uint8Array(64)
  /** The last stretch of each source. */
  #lastOf = new Int32Array(64)

  constructor(agents: AgentTable, rates: readonly RateOverride[], dropped: boolean) {
    this.#agents = agents
    this.#rates = rates
    this.#dropped = dropped
  }

  /** The segment of the sample that `agents` took last; -1 where there are too many. */
  of(w: Walker): number {
    const agents = this.#agents
    const slot = agents.source
    const at = slot * CACHE
    if (at >= this.#cache.length) this.#growCache()
    const cache = this.#cache
    const isInterface = w.sourceType === 0 && w.sourceIndex !== 0
    let side: Side = Side.untold
    if (this.#dropped || (isInterface && w.inputFormat === 0 && w.inputValue === w.sourceIndex)) side = Side.ingress
    else if (isInterface && w.outputFormat === 0 && w.outputValue === w.sourceIndex) side = Side.egress
    const baseline = agents.sourceWords[slot * SOURCE_WORDS + SourceWord.baseline]! | 0
    const rate = w.samplingRate | 0
    if (cache[at + 1] === baseline && cache[at + 2] === rate) {
      if (side === Side.ingress && cache[at]! > 0) return cache[at]! - 1
    } else {
      const stretch = this.#stretch(w)
      if (stretch < 0) return -1
      cache[at] = 0
      cache[at + 1] = baseline
      cache[at + 2] = rate
      cache[at + 3] = stretch
    }
    const segment = this.#segment(cache[at + 3]!, side, w)
    if (side === Side.ingress) cache[at] = segment + 1
    return segment
  }

  /** Adds to the sums of the segment's stretch what the sample says of it. */
  tell(segment: number, weight: number): void {
    const { sampling } = this.#agents
    const { sums } = this
    const stretch = this.stretchOf[segment]!
    const at = stretch * STRETCH_SUMS
    sums[at + Stretch.received]! += weight
    if (sampling.stepSamples === 0) return
    const { stepPool, stepGenerated, stepDrops } = sampling
    sums[at + Stretch.steps]! += weight
    sums[at + Stretch.pool]! += stepPool * weight
    sums[at + Stretch.generated]! += stepGenerated * weight
    if (stepDrops !== 0) sums[at + Stretch.drops]! += stepDrops * weight
    if (Math.imul(this.stretches.keys[stretch * 2 + 1]!, stepGenerated) >>> 0 !== stepPool) {
      sums[at + Stretch.unequal]! += weight
    }
  }

  /** The effective rate of the source over all that is remembered; NaN where it is not the one it was. */
  rateBefore(stretch: number): number {
    const agents = this.#agents
    const slot = this.slots[stretch * 2]!
    const baseline = agents.sourceWords[slot * SOURCE_WORDS + SourceWord.baseline]! | 0
    return baseline === this.slots[stretch * 2 + 1] ? agents.sampling.effectiveRate(slot) : Number.NaN
  }

  /** First word of the agent's address in `sources.keys`. */
  agentAt(segment: number): number {
    return this.sourceOf(segment) * 6
  }

  sourceOf(segment: number): number {
    return this.stretches.keys[this.stretchOf[segment]! * 2]!
  }

  side(segment: number): Side {
    return this.segments.keys[segment * 4 + 1] as Side
  }

  /** Smoothed windows: everything that was told weighs less. */
  decay(factor: number): void {
    for (let i = 0; i < this.stretches.count * STRETCH_SUMS; i++) this.sums[i]! *= factor
  }

  /** The source with these words, made where it is new. */
  source(a: number, b: number, c: number, d: number, type: number, index: number): number {
    const { sources } = this
    const { probe } = sources
    probe[0] = a
    probe[1] = b
    probe[2] = c
    probe[3] = d
    probe[4] = type
    probe[5] = index
    const source = sources.findOrInsert()
    if (source >= this.#ratesOf.length) {
      this.#ratesOf = longer(this.#ratesOf, new Uint8Array(sources.capacity))
      this.#lastOf = longer(this.#lastOf, new Int32Array(sources.capacity))
    }
    return source
  }

  stretch(source: number, rate: number): number {
    const { stretches } = this
    stretches.probe[0] = source
    stretches.probe[1] = rate
    const known = stretches.find()
    if (known >= 0) return known
    if (this.#ratesOf[source] === MOST_RATES) return this.#lastOf[source]!
    if (stretches.count === stretches.most) return -1
    const stretch = stretches.insert()
    if (stretch >= this.rates.length) {
      this.sums = longer(this.sums, new Float64Array(stretches.capacity * STRETCH_SUMS))
      this.rates = longer(this.rates, new Float64Array(stretches.capacity))
      this.overridden = longer(this.overridden, new Uint8Array(stretches.capacity))
      this.slots = longer(this.slots, new Int32Array(stretches.capacity * 2))
    }
    this.#ratesOf[source]! += 1
    this.#lastOf[source] = stretch
    const override = this.#override(source)
    this.rates[stretch] = override ?? rate >>> 0
    this.overridden[stretch] = override === undefined ? 0 : 1
    return stretch
  }

  segment(stretch: number, side: Side, format: number, value: number): number {
    const { segments } = this
    const { probe } = segments
    probe[0] = stretch
    probe[1] = side
    probe[2] = format
    probe[3] = value
    const segment = segments.findOrInsert()
    if (segment < 0) return segment
    if (segment >= this.stretchOf.length) this.stretchOf = longer(this.stretchOf, new Int32Array(segments.capacity))
    this.stretchOf[segment] = stretch
    return segment
  }

  #stretch(w: Walker): number {
    const agents = this.#agents
    const { keys } = agents.agents
    const at = agents.agent * AGENT_KEY
    const source = this.source(keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!, w.sourceType, w.sourceIndex)
    const stretch = source < 0 ? -1 : this.stretch(source, w.samplingRate)
    if (stretch >= 0) {
      this.slots[stretch * 2] = agents.source
      this.slots[stretch * 2 + 1] = agents.sourceWords[agents.source * SOURCE_WORDS + SourceWord.baseline]!
    }
    return stretch
  }

  #segment(stretch: number, side: Side, w: Walker): number {
    if (side === Side.ingress) return this.segment(stretch, side, 0, 0)
    return this.segment(stretch, side, w.inputFormat, w.inputValue)
  }

  /** The most special rate that was given for the source. */
  #override(source: number): number | undefined {
    const { keys } = this.sources
    const at = source * 6
    const of = this.#rates.filter(
      (x) =>
        x.agent.every((word, k) => word === keys[at + k]) &&
        (x.source === undefined || (x.source.type === keys[at + 4] && x.source.index === keys[at + 5])),
    )
    return (of.find((x) => x.source !== undefined) ?? of[0])?.rate
  }

  #growCache(): void {
    const { capacity } = this.#agents.sources
    this.#cache = longer(this.#cache, new Int32Array(Math.max(capacity, this.#agents.source + 1) * CACHE))
  }
}

function longer<T extends Float64Array | Int32Array | Uint8Array>(old: T, made: T): T {
  made.set(old)
  return made
}
