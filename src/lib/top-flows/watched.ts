// Owns what a screen sees of top-flows, and what becomes of its commands. Knows no screen and no socket. Start at
// WatchedFlows; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { CommandAnswers } from '../analysis/command-answer.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Published } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import type { FlowEngine } from '../flow/engine.ts'
import type { FlowRow, FlowWindow } from '../flow/rows.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { LiveReport } from '../source/source.ts'
import { keyText, unitOf } from './columns.ts'
import { History } from './history.ts'
import { recipeQuery } from './make-query.ts'
import { DoubtLog } from './notes.ts'
import type { Query } from './query.ts'
import type { SnapshotRow, TopFlowsChange, TopFlowsCommand, TopFlowsSnapshot } from './snapshot.ts'
import { TopFlows, type TopFlowsSettings } from './top-flows.ts'

/** A window that goes on is shown once so much of it, or half of it, has passed: what less says is mostly chance. */
const SHOWN_FROM_MS = 2000

export class WatchedFlows implements Watched<FlowWindow, TopFlowsCommand, TopFlowsSnapshot> {
  readonly published: Published<FlowWindow>
  #settings: TopFlowsSettings
  readonly #source: string
  readonly #clock: RunClock
  readonly #answers = new CommandAnswers()
  #analysis: TopFlows
  #engine: FlowEngine | undefined
  /** The newest window that is over. */
  #last: FlowWindow | undefined
  #history = new History()
  /** In windows that are over, since the query. */
  #matched = 0
  /** Samples before the query; undefined: not looked at yet. */
  #seenBefore: number | undefined = 0

  /** @throws InputError for texts that are not understood */
  constructor(query: Query, settings: TopFlowsSettings, source: string) {
    this.#settings = settings
    this.#source = source
    this.#clock = new RunClock(source)
    this.#analysis = new TopFlows(query, settings, source)
    this.published = {
      metrics: (window, into) => this.#analysis.metrics(window, into),
      isPartial: (window) => this.#analysis.isPartial(window),
      peek: (engine) => this.#analysis.peek(engine),
      lengthMs: (window) => this.#analysis.lengthMs(window),
      timeMs: (window) => this.#analysis.timeMs(window),
      places: this.#analysis.places,
      setTopology: (topology, engine, agents) => {
        this.#settings = { ...this.#settings, topology }
        this.#engine = this.#analysis.setTopology(topology, engine, agents)
        return this.#engine
      },
    }
  }

  engine(agents: AgentTable): Engine<FlowWindow> {
    this.#engine = this.#analysis.flowEngine(agents)
    return this.#engine
  }

  window(window: FlowWindow): void {
    this.#last = window
    this.#matched += window.loss.matched
  }

  command(command: TopFlowsCommand, agents: AgentTable): Engine<FlowWindow> | undefined {
    return this.#answers.answer(command.id, () => {
      const query = command.kind === 'reset' ? this.#analysis.query : changedQuery(this.#analysis.query, command)
      const analysis = new TopFlows(query, this.#settings, this.#source)
      // Where data is missing it is the engine that says so.
      const engine = analysis.flowEngine(agents)
      this.#analysis = analysis
      this.#engine = engine
      this.#last = undefined
      this.#history = new History()
      this.#matched = 0
      this.#seenBefore = undefined
      return engine
    })
  }

  state(reading: Reading<FlowWindow>, live: LiveReport | undefined): TopFlowsSnapshot {
    const { query, parsed, titles } = this.#analysis
    const current = this.#engine?.peek()
    const window = this.#shown(current)
    if (window !== undefined) this.#history.take(window)
    const seen = reading.kinds[query.dropped ? SampleKind.discard : SampleKind.flow]!
    this.#seenBefore ??= seen
    return {
      ...this.#clock.state(reading, live),
      windowMs: query.windowMs,
      smoothMs: query.smoothMs ?? null,
      startMs: window?.startMs ?? null,
      endMs: window?.endMs ?? null,
      soFarSeconds: window !== undefined && window === current && this.#hasWindows ? window.seconds : null,
      keys: parsed.keys.map((key) => key.text),
      titles: query.titles === undefined ? null : titles,
      values: parsed.values.map((value) => ({
        text: value.text,
        statistic: value.statistic,
        unit: unitOf(value),
      })),
      filter: query.filter === '' ? null : query.filter,
      recipe: query.recipe ?? null,
      by: query.by ?? null,
      dropped: query.dropped,
      rows: window === undefined ? [] : this.#rows(window),
      flows: window?.flows ?? 0,
      samples: window?.samples ?? 0,
      seen: seen - this.#seenBefore,
      matched: this.#matched + (current?.loss.matched ?? 0),
      agg: window?.aggLabel ?? '',
      notes: window === undefined ? [] : new DoubtLog().window(window),
      ...this.#answers.state,
    }
  }

  /** Smoothed rates and all of the time are of one window that never ends. */
  get #hasWindows(): boolean {
    const { windowMs, smoothMs } = this.#analysis.query
    return windowMs !== 'all' && smoothMs === undefined
  }

  /** The one that goes on; in its first moments the one before, which may wait for late samples still. */
  #shown(current: FlowWindow | undefined): FlowWindow | undefined {
    const { windowMs } = this.#analysis.query
    if (current === undefined) return this.#last
    if (windowMs === 'all' || !this.#hasWindows) return current
    if (current.seconds * 1000 >= Math.min(SHOWN_FROM_MS, windowMs / 2)) return current
    return this.#engine?.peek(undefined, 1) ?? this.#last ?? current
  }

  #rows(window: FlowWindow): SnapshotRow[] {
    const row = (one: FlowRow): SnapshotRow => ({
      kind: one.kind,
      id: one.kind === 'flow' ? one.id : one.kind,
      key: one.key.map((value) => (value === null ? null : keyText(value))),
      agent: this.#analysis.query.by === undefined ? null : one.agent,
      dataSource: one.dataSource,
      samples: one.samples,
      values: one.values,
      history: this.#history.of(one),
    })
    return [...window.rows, window.other, window.noKey, window.total].map(row)
  }
}

function changedQuery(query: Query, change: TopFlowsChange): Query {
  const base = change.recipe === undefined ? query : recipeQuery(change.recipe, query)
  const asks = change.keys !== undefined && change.keys !== base.keys
  return {
    ...base,
    keys: change.keys ?? base.keys,
    titles: asks ? undefined : base.titles,
    values: change.values ?? base.values,
    filter: change.filter ?? base.filter,
    // What a recipe asks is another question once a part of it was changed.
    recipe: asks || change.values !== undefined || change.filter !== undefined ? undefined : base.recipe,
    windowMs: change.windowMs ?? base.windowMs,
    smoothMs: change.smoothMs === undefined ? base.smoothMs : (change.smoothMs ?? undefined),
    top: change.top ?? base.top,
    by: change.by === undefined ? base.by : (change.by ?? undefined),
    dropped: change.dropped ?? base.dropped,
  }
}
