// Owns `sonde period`: samples into groups of traffic, groups into cycles of training jobs. Must not know flags, screens or forms of
// output; how a period is found is in ../period. Start at CyclesEngine; when a sample was taken is in sample-times.ts, whether it counts in counting.ts, what
// is asked of it in question.ts, groups in group.ts, groups.ts and jobs.ts, what is told in snapshot.ts.

import type { AgentTable } from '../agents/agents.ts'
import type { Engine } from '../analysis/engine.ts'
import { type SampleView, slotOf } from '../attributes/context.ts'
import { SampleTimes } from '../period/sample-times.ts'
import { Searcher, type StreamOptions, streamDefaults } from '../period/stream.ts'
import { sampled_ethernet, sampled_header } from '../sflow/records/version-5.ts'
import { SampleKind } from '../sflow/samples.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { addressText } from '../wire/address-text.ts'
import { Counting } from './counting.ts'
import type { CycleGroup } from './group.ts'
import { type Counted, type Grouping, KeyedGroups } from './groups.ts'
import { Jobs } from './jobs.ts'
import { notesOf } from './notes.ts'
import { Pairs } from './pairs.ts'
import type { CyclesQuery, CyclesSettings } from './query.ts'
import { type Compiled, compileQuestion, NO_KEY, NOT_ASKED, pairsOf, parseQuestion } from './question.ts'
import { type CycleStraggler, type CyclesWindow, FAST_ROWS } from './snapshot.ts'

const HEADER = slotOf(sampled_header)
const ETHERNET = slotOf(sampled_ethernet)

/** Steps of the fast chart; searches come less often by themselves. */
const STEP_MS = 100
/** What is gone is forgotten so often. */
const FADE_MS = 60_000
/** Of many groups each keeps fewer events of a window. */
const FEWER_EVENTS = 4096
const nothing: readonly CyclesWindow[] = Object.freeze([])

/** `sample` for each sample that the AgentTable has taken, `advance` now and then; nothing is allocated a sample but for new groups and ports. */
export class CyclesEngine implements Engine<CyclesWindow> {
  readonly #query: CyclesQuery
  readonly #agents: AgentTable
  readonly #times: SampleTimes
  readonly #counting: Counting
  readonly #compiled: Compiled
  readonly #groups: Grouping
  readonly #index: TopologyIndex
  readonly #words: Uint32Array
  /** With jobs each pair is counted by itself anyway. */
  readonly #pairs: { readonly known: Pairs; readonly compiled: Compiled; readonly words: Uint32Array } | undefined
  readonly #counted: Counted = { ms: 0, arrivalMs: 0, weight: 0, bytes: 0, agent: 0 }
  #firstMs = Number.NaN
  #lastMs = Number.NaN
  #stepDue = Number.NEGATIVE_INFINITY
  #fadeDue = Number.NaN
  #windowDue = Number.NaN
  #received = 0
  #matched = 0
  #counts = 0
  #noKey = 0

  /** @throws InputError for texts that are not understood, or need data that is not there */
  constructor(query: CyclesQuery, settings: CyclesSettings, agents: AgentTable) {
    const { topology, names, ignoreCase, rates, data } = settings
    const question = parseQuestion(query)
    this.#query = query
    this.#agents = agents
    agents.holdRuns()
    this.#index = new TopologyIndex(topology, names ? agents.names : undefined, { ignoreCase })
    this.#times = new SampleTimes(agents)
    this.#counting = new Counting(agents, rates, topology === undefined ? undefined : this.#index, query.agg)
    this.#compiled = compileQuestion(question, { ...data, ports: this.#index })
    this.#words = new Uint32Array(this.#compiled.width)
    if (topology === undefined && !question.isByJob) {
      const compiled = compileQuestion(pairsOf(question), { ...data, ports: this.#index })
      const words = new Uint32Array(compiled.width)
      this.#pairs = { known: new Pairs(compiled.width), compiled, words }
    }
    const isOne = question.keys.length === 0
    const options = { method: query.method, stream: streamOf(query, isOne), searcher: new Searcher() }
    this.#groups = question.isByJob
      ? new Jobs(this.#compiled, options, this.#times)
      : new KeyedGroups(this.#compiled, options, this.#times)
  }

  sample(view: SampleView): void {
    const w = view.walker
    const agents = this.#agents
    if (w.sampleKind !== SampleKind.flow || w.sampleBroken || agents.source < 0) return
    const arrivalMs = view.sec * 1000 + view.nsec / 1e6
    if (Number.isNaN(this.#firstMs)) this.#firstMs = arrivalMs
    if (!(arrivalMs <= this.#lastMs)) this.#lastMs = arrivalMs
    this.#received++
    const ms = this.#times.of(view)
    const isHere = this.#counting.of(view)
    const value = this.#compiled.ask(view, this.#words)
    if (value === NOT_ASKED) return
    this.#matched++
    if (!isHere) return
    if (value === NO_KEY) this.#noKey++
    // Not known, or nothing: no packets of that value.
    if (!(value > 0)) return
    const counted = this.#counted
    counted.ms = ms
    counted.arrivalMs = arrivalMs
    counted.weight = value * this.#counting.rate
    counted.bytes = frameBytes(view) * this.#counting.scale
    counted.agent = agents.agent
    const group = this.#groups.add(this.#words, counted, this.#counting.byBusiest)
    if (this.#pairs !== undefined && this.#counting.byBusiest) this.#takePair(view, group !== undefined)
    if (group === undefined) return
    this.#counts++
    const isIngress = w.sourceType === 0 && w.inputFormat === 0 && w.inputValue === w.sourceIndex
    if (isIngress) group.ports.add(agents, w.sourceIndex, ms, counted.weight)
  }

  #takePair(view: SampleView, counts: boolean): void {
    const { known, compiled, words } = this.#pairs!
    if (compiled.ask(view, words) > 0) known.take(words, this.#counted.agent, this.#counted.weight, counts)
  }

  advance(toMs: number): readonly CyclesWindow[] {
    if (Number.isNaN(this.#firstMs)) return nothing
    this.#counting.advance(toMs)
    if (toMs < this.#stepDue) return nothing
    this.#stepDue = toMs + STEP_MS
    if (!(toMs <= this.#lastMs)) this.#lastMs = toMs
    this.#groups.advance(toMs, false)
    if (!(toMs < this.#fadeDue)) {
      if (!Number.isNaN(this.#fadeDue)) this.#groups.fade()
      this.#fadeDue = toMs + FADE_MS
    }
    return this.#due(toMs)
  }

  #due(toMs: number): readonly CyclesWindow[] {
    const { everyMs } = this.#query
    if (everyMs === 'end') return nothing
    const next = (Math.floor(toMs / everyMs) + 1) * everyMs
    const isDue = toMs >= this.#windowDue
    if (isDue || Number.isNaN(this.#windowDue)) this.#windowDue = next
    return isDue ? [this.#window(next - everyMs, false)] : nothing
  }

  finish(): readonly CyclesWindow[] {
    if (Number.isNaN(this.#firstMs)) return nothing
    this.#groups.advance(this.#lastMs, true)
    return [this.#window(this.#lastMs, this.#query.isRecorded)]
  }

  /** As of now; undefined before the first sample. */
  peek(): CyclesWindow | undefined {
    return Number.isNaN(this.#firstMs) ? undefined : this.#window(this.#lastMs, false)
  }

  #window(endMs: number, isLast: boolean): CyclesWindow {
    const { top } = this.#query
    const rows = this.#groups.rows(isLast, FAST_ROWS, (group) =>
      !isLast && group.hasStopped ? null : this.#straggler(group),
    )
    const { agents, stamped } = this.#times.count()
    const window = {
      startMs: this.#firstMs,
      endMs,
      seconds: Math.max(0, endMs - this.#firstMs) / 1000,
      rows: rows.slice(0, top),
      groups: this.#groups.count,
      received: this.#received,
      matched: this.#matched,
      counted: this.#counts,
      noKey: this.#noKey,
      beyond: this.#groups.beyond,
      lost: this.#counting.lost,
      agentDrops: this.#counting.agentDrops,
      where: this.#counting.label,
      agents,
      stampedAgents: stamped,
    }
    return { ...window, notes: notesOf(window, this.#query, this.#counting.misfit, this.#pairs?.known.share ?? null) }
  }

  #straggler(group: CycleGroup): CycleStraggler | null {
    const { last } = group.ports
    if (last === null) return null
    const { place, straggler } = last
    const { agent, ifIndex } = place
    const address = addressText(agent, 0) ?? 'unknown'
    const { lagSeconds, errorSeconds, often, steps, ports } = straggler
    return {
      node: this.#index.node(agent, ifIndex) ?? address,
      port: this.#index.ifname(agent, ifIndex) ?? String(ifIndex),
      agent: address,
      ...{ ifIndex, lagSeconds, errorSeconds, often, steps, ports },
    }
  }
}

/** Bytes of the whole frame; NaN where the sample does not say. */
function frameBytes(view: SampleView): number {
  return view.record(HEADER)?.frame_length ?? view.record(ETHERNET)?.length ?? Number.NaN
}

function streamOf({ windowMs, minSeconds, maxSeconds }: CyclesQuery, isOne: boolean): StreamOptions {
  return {
    ...streamDefaults,
    ...{ minSeconds, maxSeconds },
    windows: windowMs === 'auto' ? streamDefaults.windows : [windowMs / 1000],
    capacity: isOne ? streamDefaults.capacity : FEWER_EVENTS,
  }
}
