// Owns which samples count, so that a packet that several ports and switches sampled counts once, and how many packets each
// stands for. Knows no group. See cycles.ts for the folder. Start at Counting.of.

import type { AgentTable } from '../agents/agents.ts'
import type { SampleView } from '../attributes/context.ts'
import { noData } from '../expression/data.ts'
import { type Aggregation, type FlowOptions, flowDefaults, type RateOverride } from '../flow/options.ts'
import { Places, Side } from '../flow/places.ts'
import { scalesOf } from '../flow/scale.ts'
import { IngressPorts, markIngress, selectSegments } from '../flow/selection.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'

/** Ports and rates are counted anew so often: what is gone is forgotten. */
const STRETCH_MS = 60_000
/** What counts is looked at anew so often, and so soon where there is a new port. */
const LOOK_MS = 1000
const SOON_MS = 50

const SIDES = 3
const UNKNOWN = 0
const COUNTS = 1
const NOT = 2

/** Decides by data source and direction; nothing is allocated a sample. */
export class Counting {
  readonly #agents: AgentTable
  readonly #rates: readonly RateOverride[]
  readonly #options: FlowOptions
  readonly #seen = new IngressPorts()
  #places: Places
  #until = Number.NEGATIVE_INFINITY
  #due = Number.NEGATIVE_INFINITY
  #segments = 0
  #rate = 0
  /** By slot of AgentTable and side. */
  #flags = new Uint8Array(64 * SIDES)
  /** Packets that a sample of the source stands for, by what was really sampled; 0 is not known yet. */
  #scales = new Float64Array(64)
  /** Where packets count, in words; the topology that was given has nothing to do with what is sampled. */
  label = ''
  misfit = false
  /** Each group has its busiest agent. */
  byBusiest = false
  lost = 0
  agentDrops = 0

  /** @param topology undefined: none was given */
  constructor(
    agents: AgentTable,
    rates: readonly RateOverride[],
    topology: TopologyIndex | undefined,
    agg: Aggregation | undefined,
  ) {
    this.#agents = agents
    this.#rates = rates
    this.#options = { ...flowDefaults, keys: [], values: [], data: noData, topology, agg }
    this.#places = new Places(agents, rates, false)
  }

  /** Takes a flow sample; true where its packet counts here. What comes from a port that was never heard of may count from the next look on only. */
  of(view: SampleView): boolean {
    const { sampling, source } = this.#agents
    if (sampling.stepSamples !== 0) {
      this.lost += sampling.stepGenerated - 1
      this.agentDrops += sampling.stepDrops
    }
    const segment = this.#places.of(view.walker)
    if (segment < 0) return false
    this.#places.tell(segment, 1)
    this.#rate = this.#places.rates[this.#places.stretchOf[segment]!]!
    const side = this.#places.side(segment)
    const flag = this.#flags[source * SIDES + side] ?? UNKNOWN
    // Where no topology says what is the edge, what a port receives counts.
    if (flag === UNKNOWN) return side === Side.ingress && this.#options.topology === undefined
    return flag === COUNTS
  }

  /** Packets that the current sample stands for: by its rate, or the one that was given. Unknown is 1. */
  get rate(): number {
    return this.#rate || 1
  }

  /** The same by what was really sampled, for sums; NaN where no rate is told. */
  get scale(): number {
    return this.#scales[this.#agents.source] || this.#rate || Number.NaN
  }

  /** Samples up to this time have come. */
  advance(toMs: number): void {
    const isNew = this.#places.segments.count !== this.#segments
    if (toMs < this.#due - (isNew ? LOOK_MS - SOON_MS : 0)) return
    this.#due = toMs + LOOK_MS
    this.#look()
    if (toMs < this.#until) return
    if (Number.isFinite(this.#until)) {
      markIngress(this.#places, this.#seen)
      this.#places = new Places(this.#agents, this.#rates, false)
      this.#segments = 0
    }
    this.#until = toMs + STRETCH_MS
  }

  #look(): void {
    const places = this.#places
    const { count } = places.segments
    this.#segments = count
    if (count === 0) return
    this.#agents.settle()
    const { counts, agg, label, fit } = selectSegments(places, this.#options, this.#seen)
    this.label = agg === 'max' ? 'at the busiest switch of each' : label
    this.byBusiest = agg === 'max'
    this.misfit = fit !== undefined && !fit.fits
    this.#reach()
    const slotOf = (s: number): number => places.slots[places.stretchOf[s]! * 2]!
    for (let s = 0; s < count; s++) this.#flags[slotOf(s) * SIDES + places.side(s)] = UNKNOWN
    for (let s = 0; s < count; s++) {
      const at = slotOf(s) * SIDES + places.side(s)
      // What leaves by a port is parted by where it came in: one of them is enough.
      if (this.#flags[at] !== COUNTS) this.#flags[at] = counts[s] === 1 ? COUNTS : NOT
    }
    const scales = scalesOf(places, false, 'effective')
    for (let stretch = 0; stretch < scales.length; stretch++) {
      const { rate } = scales[stretch]!
      this.#scales[places.slots[stretch * 2]!] = rate > 0 ? rate : 0
    }
  }

  #reach(): void {
    const { capacity } = this.#agents.sources
    if (capacity <= this.#scales.length) return
    const flags = new Uint8Array(capacity * SIDES)
    flags.set(this.#flags)
    this.#flags = flags
    const scales = new Float64Array(capacity)
    scales.set(this.#scales)
    this.#scales = scales
  }
}
