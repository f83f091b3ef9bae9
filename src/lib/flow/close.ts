// Owns what becomes of a window: scales, flows out of entries, rows. Nothing of the window is changed.
// Start at closeWindow.

import { addressText } from '../wire/address-text.ts'
import { Distinct, GIVEN_UP, NO_KEY } from './distinct.ts'
import { distinctOf, type Interval, type Spread } from './estimate.ts'
import type { FlowOptions } from './options.ts'
import { NOT_COUNTED, OTHER, type Ranked, rankFlows } from './rank.ts'
import type { Estimate, FlowRow, FlowWindow, KeyValue, RowKind } from './rows.ts'
import { type Scale, scalesOf } from './scale.ts'
import { type IngressPorts, type Selection, selectSegments } from './selection.ts'
import { spreadOf } from './sizes.ts'
import { noteSources } from './source-notes.ts'
import { additive, single, Tally } from './tally.ts'
import { SAMPLES, type ValuePlan } from './values.ts'
import type { OpenWindow } from './window.ts'

/** What a window does not know of itself. */
export interface Closing {
  readonly options: FlowOptions
  readonly ingress: IngressPorts
  readonly startMs: number
  readonly endMs: number
  readonly seconds: number
  readonly tooLate: number
  readonly top: number
}

export function closeWindow(window: OpenWindow, closing: Closing): FlowWindow {
  const { options, ingress, startMs, endMs, seconds, top } = closing
  window.settle()
  const { places, table, texts } = window
  const selection = selectSegments(places, options, ingress)
  const scales = scalesOf(places, options.dropped, options.scale)
  const ranked = rankFlows(window, options, selection, scales, top)
  const rows = new RowMaker(window, closing, selection, scales, ranked).make()
  const [other, noKey, total] = rows.splice(-3) as [FlowRow, FlowRow, FlowRow]
  const effective = options.scale === 'effective' ? scales : scalesOf(places, options.dropped, 'effective')
  return {
    startMs,
    endMs,
    seconds,
    keys: options.keys.map((x) => x.text),
    values: options.values.map((x) => x.text),
    agg: selection.agg,
    aggLabel: selection.label,
    rows,
    other,
    noKey,
    total,
    flows: ranked.count,
    samples: window.matched,
    bound: {
      maxFlows: table.most,
      hit: table.evictions > 0,
      errorBound: table.bound * (window.compiled.smooth ? 1 / window.sampleWeight : 1),
      textsHit: texts.hit,
    },
    sources: options.dropped ? [] : noteSources(window, effective),
    loss: {
      received: window.received,
      matched: window.matched,
      lost: Math.max(0, window.lost),
      agentDrops: Math.max(0, window.agentDrops),
      tooLate: closing.tooLate,
      unplaced: window.unplaced,
    },
    fit: fitOf(selection, window),
  }
}

/** Smoothed windows: samples by what they weigh now, as everywhere. */
function fitOf({ fit }: Selection, { sampleWeight }: OpenWindow): FlowWindow['fit'] {
  return fit && { ...fit, unknownSamples: Math.round(fit.unknownSamples / sampleWeight) }
}

/** Rows of the flows, then other, no key and total. */
class RowMaker {
  readonly #window: OpenWindow
  readonly #closing: Closing
  readonly #selection: Selection
  readonly #scales: readonly Scale[]
  readonly #ranked: Ranked
  readonly #tallies: readonly Tally[]
  readonly #isMax: boolean
  /** Agg max: sums by stretch of what all agents saw, of keys that are rows (and samples without key), and of others. */
  readonly #seenTop: Float64Array
  readonly #seenOther: Float64Array

  constructor(window: OpenWindow, closing: Closing, selection: Selection, scales: readonly Scale[], ranked: Ranked) {
    this.#window = window
    this.#closing = closing
    this.#selection = selection
    this.#scales = scales
    this.#ranked = ranked
    this.#isMax = selection.agg === 'max' && closing.options.by === undefined
    const { stretches } = window.places
    this.#seenTop = window.emptySums(this.#isMax ? stretches.count : 0)
    this.#seenOther = window.emptySums(this.#isMax ? stretches.count : 0)
    this.#tallies = this.#tally()
  }

  make(): FlowRow[] {
    const tallies = this.#tallies
    const columns = this.#window.compiled.values.map((plan) => {
      if (plan.kind === 'frames' || plan.kind === 'rate') return this.#sums(plan)
      if (plan.kind === 'count') return this.#counts(plan)
      return tallies.map((tally) => tally.other(plan, this.#scales))
    })
    return tallies.map((tally, i) =>
      this.#row(
        i,
        tally.samples / this.#weight(),
        columns.map((x) => x[i]!),
      ),
    )
  }

  /** Weight of a sample that comes now: samples of smoothed windows are told in such. */
  #weight(): number {
    return this.#window.sampleWeight
  }

  #tally(): Tally[] {
    const window = this.#window
    const { table, places, compiled } = window
    const { stretchOf } = places
    const { words, sums, stride, sumsAt } = table
    const { columns } = compiled
    const { rowOf, keyRowOf, flows } = this.#ranked
    const rows = flows.map(() => new Tally(window))
    const other = window.emptySums(places.stretches.count)
    for (let e = 0; e < table.count; e++) {
      const segment = words[e * stride]!
      const stretch = stretchOf[segment]!
      const at = (e * stride + sumsAt) / 2
      const row = rowOf[e]!
      if (row === OTHER) window.addSums(other, stretch * columns, sums, at)
      else if (row >= 0) rows[row]!.add(segment, sums, at)
      if (!this.#isMax || keyRowOf[e] === NOT_COUNTED) continue
      window.addSums(keyRowOf[e] === OTHER ? this.#seenOther : this.#seenTop, stretch * columns, sums, at)
    }
    const rest = new Tally(window)
    rest.take(other)
    this.#addAside(rest, window.givenUp, this.#seenOther)
    const noKey = new Tally(window)
    this.#addAside(noKey, window.noKey, this.#seenTop)
    const total = new Tally(window)
    for (const tally of [...rows, rest, noKey]) total.join(tally)
    return [...rows, rest, noKey, total]
  }

  /** Sums by segment: all that count, or those of the agent with most samples. */
  #addAside(tally: Tally, sums: Float64Array, seen: Float64Array): void {
    const { counts, agentOf, agents } = this.#selection
    const { columns } = this.#window.compiled
    const { stretchOf } = this.#window.places
    const samples = new Float64Array(agents)
    for (let s = 0; s < counts.length; s++)
      if (counts[s] === 1) samples[agentOf[s]!]! += sums[s * columns + SAMPLES] ?? 0
    let busiest = 0
    for (let a = 1; a < agents; a++) {
      const more = samples[a]! - samples[busiest]! || this.#compareAgents(busiest, a)
      if (more > 0) busiest = a
    }
    for (let s = 0; s < counts.length; s++) {
      if (counts[s] === 0 || !((sums[s * columns + SAMPLES] ?? 0) > 0)) continue
      if (!this.#isMax || agentOf[s] === busiest) tally.add(s, sums, s * columns)
      if (this.#isMax) this.#window.addSums(seen, stretchOf[s]! * columns, sums, s * columns)
    }
  }

  /** By address: for ties, which must not depend on who came first. */
  #compareAgents(a: number, b: number): number {
    const { keys } = this.#window.places.sources
    const { agentAt } = this.#selection
    for (let k = 0; k < 4; k++) {
      const difference = keys[agentAt[a]! + k]! - keys[agentAt[b]! + k]!
      if (difference !== 0) return difference
    }
    return 0
  }

  #sums(plan: ValuePlan): Estimate[] {
    const tallies = this.#tallies
    const { flows } = this.#ranked
    const largestRate = this.#scales.reduce((most, x) => (x.rate > most ? x.rate : most), 0)
    const spread = spreadOf(this.#window, plan)
    const last = tallies.length - 1
    const whole = this.#whole()
    const isOne = this.#closing.options.keys.length === 0
    const intervals = tallies.map((tally, i) => {
      const context = { spread, largestRate, agents: flows[i]?.agents ?? 1 }
      return tally.sum(plan, this.#scales, context, i === last || (isOne && i < flows.length) ? whole : undefined)
    })
    // The parts add up to the last bit.
    let sum = 0
    for (const part of intervals.slice(0, last)) if (!Number.isNaN(part.total)) sum += part.total
    const isKnown = !Number.isNaN(intervals[last]!.total)
    intervals[last] = { ...intervals[last]!, total: isKnown ? sum : Number.NaN }
    if (this.#isMax) {
      intervals[last] = this.#lower(intervals[last]!, plan, spread, [this.#seenOther, this.#seenTop])
      intervals[last - 2] = this.#lower(intervals[last - 2]!, plan, spread, [this.#seenOther])
    }
    const { seconds } = this.#closing
    const scale = 1 / this.#weight()
    return intervals.map((x) => additive(scaled(x, scale), seconds, sum * scale))
  }

  /** By stretch: 1 where all its samples count, none is filtered, and no agent is chosen. */
  #whole(): Uint8Array | undefined {
    const { counts, agents } = this.#selection
    const { stretches, stretchOf } = this.#window.places
    if (this.#closing.options.filter !== undefined || (this.#isMax && agents > 1)) return undefined
    const whole = new Uint8Array(stretches.count).fill(1)
    for (let s = 0; s < counts.length; s++) if (counts[s] === 0) whole[stretchOf[s]!] = 0
    return whole
  }

  /**
   * A sum over many keys of the agent that saw most of each is too high where several agents saw the same: chance chooses.
   * What one agent saw of them all is no more than the truth.
   */
  #lower(x: Interval, plan: ValuePlan, spread: Spread, seen: readonly Float64Array[]): Interval {
    const { agents, agentOf } = this.#selection
    if (!(x.total > 0) || agents === 1) return x
    const window = this.#window
    const { columns } = window.compiled
    const tallies = Array.from({ length: agents }, () => new Tally(window))
    const done = new Uint8Array(window.places.stretches.count)
    for (let s = 0; s < agentOf.length; s++) {
      const stretch = window.places.stretchOf[s]!
      if (done[stretch] === 1) continue
      done[stretch] = 1
      for (const sums of seen) {
        if (sums[stretch * columns + SAMPLES]! > 0) tallies[agentOf[s]!]!.add(s, sums, stretch * columns)
      }
    }
    let low = 0
    for (const tally of tallies) {
      low = Math.max(low, tally.sum(plan, this.#scales, { spread, largestRate: 0, agents }).low ?? 0)
    }
    const high = x.high ?? x.total
    low = Math.min(low, x.low ?? x.total)
    return { total: x.total, errorPct: (50 * (high - low)) / x.total, low, high }
  }

  #counts(plan: ValuePlan): Estimate[] {
    const set = this.#window.distinct[plan.nth]!
    const { rowOf } = this.#ranked
    const { counts } = this.#selection
    const last = this.#tallies.length - 1
    const joined = new Distinct(Number.POSITIVE_INFINITY, set.level)
    set.each((owner, high, low) => {
      let row: number
      if (owner < NO_KEY) row = rowOf[owner] === OTHER ? last - 2 : rowOf[owner]!
      else if (counts[(owner & 0x3fffffff) >>> 0] === 0) row = -1
      else row = owner >= GIVEN_UP ? last - 2 : last - 1
      if (row < 0) return
      joined.add(row, high, low)
      joined.add(last, high, low)
    })
    const kept = new Float64Array(last + 1)
    joined.each((row) => {
      kept[row]! += 1
    })
    return [...kept].map((n) => single(distinctOf(n, set.level)))
  }

  #row(i: number, samples: number, values: readonly Estimate[]): FlowRow {
    const { options } = this.#closing
    const flow = this.#ranked.flows[i]
    const last = this.#tallies.length - 1
    if (flow === undefined) {
      const kind: RowKind = i === last ? 'total' : i === last - 1 ? 'no key' : 'other'
      return { kind, key: options.keys.map(() => null), id: '', agent: null, dataSource: null, samples, values }
    }
    const { table, compiled, texts, places } = this.#window
    const key = compiled.readKey(table.words, flow.entry * table.stride, texts)
    const { keys } = places.sources
    let at = -1
    if (options.by === 'interface') at = flow.owner * 6
    else if (options.by === 'agent' || this.#isMax) at = this.#selection.agentAt[flow.owner]!
    const agent = at < 0 ? null : addressText(keys, at)
    const dataSource = options.by === 'interface' ? `${keys[at + 4]}:${keys[at + 5]}` : null
    return {
      kind: 'flow',
      key,
      id: idOf(key, options.by === undefined ? null : agent, dataSource),
      agent,
      dataSource,
      samples,
      values,
    }
  }
}

function scaled(x: Interval, factor: number): Interval {
  if (factor === 1) return x
  return {
    total: x.total * factor,
    errorPct: x.errorPct,
    low: x.low === null ? null : x.low * factor,
    high: x.high === null ? null : x.high * factor,
  }
}

function idOf(key: readonly KeyValue[], agent: string | null, dataSource: string | null): string {
  const plain = key.map((x) => (typeof x === 'bigint' ? `${x}n` : x))
  return JSON.stringify(agent === null ? plain : [...plain, agent, dataSource])
}
