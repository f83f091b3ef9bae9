// Owns `sonde drops`: discarded packets by reason, place and victim, who filled the queues that dropped them, and counters beside
// them. Must not know flags, screens or forms of output. Start at DropsEngine; rows are made in window.ts.

import type { AgentTable } from '../agents/agents.ts'
import type { Engine } from '../analysis/engine.ts'
import type { SampleView } from '../attributes/context.ts'
import type { Expression, LanguageData } from '../expression/expression.ts'
import { parseFilter, parseKeys, parseValues } from '../expression/expression.ts'
import { FlowEngine } from '../flow/engine.ts'
import { type FlowOptions, flowDefaults } from '../flow/options.ts'
import type { FlowWindow } from '../flow/rows.ts'
import { PortsEngine, type PortsWindow } from '../port-rates/port-rates.ts'
import { ifIndexOf, interfaceFormat } from '../sflow/interface.ts'
import { SampleKind } from '../sflow/samples.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { culpritKeys, exportedKeys, readTold, sliceKeyCount, sliceKeys, toldKeys } from './keys.ts'
import type { DropsPart } from './part.ts'
import { KnownPorts, Places } from './places.ts'
import { type DropsQuery, type DropsQuestion, type DropsSettings, parseDropsQuery } from './query.ts'
import { rowId } from './row-id.ts'
import type { DropsWindow } from './snapshot.ts'
import { Slices } from './timeline.ts'
import { type ToldAt, ToldPorts } from './told-ports.ts'
import { makeWindow } from './window.ts'

/** Combinations of place, reason, victim, details and further keys; more than that are (other), where rows are made. */
const MOST_ROWS = 20_000
const MOST_FLOWS = 1 << 18
/** Rows whose timeline is kept, in each slice. */
const SLICE_ROWS = 1000
const SLICE_MS = 1000
const LEAST_SLICE_MS = 100
const EXPORTED_ROWS = 20
/** A run over the same input gives the same rows. */
const SEED = 1

type Windows = { -readonly [K in 'told' | 'sampled' | 'culprits' | 'exported' | 'ports']?: DropsPart[K] } & {
  toldAt?: Map<string, ToldAt>
}

export class DropsEngine implements Engine<DropsPart> {
  readonly question: DropsQuestion
  readonly places: Places
  readonly #known = new KnownPorts()
  readonly #windowMs: number
  readonly #latenessMs: number
  readonly #told: FlowEngine
  readonly #sampled: FlowEngine
  readonly #culprits: FlowEngine | undefined
  readonly #exported: FlowEngine | undefined
  readonly #sliced: FlowEngine
  readonly #slices: Slices
  readonly #ports: PortsEngine
  readonly #toldPorts: ToldPorts
  /** By start, those that are not whole yet. */
  readonly #pending = new Map<number, Windows>()
  #otherSamples = 0
  /** A flow sample had a discard as its output. */
  #isSampled = false
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  /** End of the newest window that was given. */
  #givenMs = Number.NEGATIVE_INFINITY

  /** @throws InputError for texts that are not understood, or need data that is not there */
  constructor(query: DropsQuery, settings: DropsSettings, agents: AgentTable) {
    const question = parseDropsQuery(query)
    const { topology, names, ignoreCase, latenessMs, rates } = settings
    const index = new TopologyIndex(topology, names || topology !== undefined ? agents.names : undefined, {
      ignoreCase,
    })
    const data: LanguageData = { ...settings.data, hosts: agents.hosts, ports: index }
    this.question = question
    this.places = new Places(index)
    this.#latenessMs = latenessMs
    const { windowMs } = query
    this.#windowMs = windowMs === 'all' ? Number.POSITIVE_INFINITY : windowMs
    const { filter, further } = question
    const common = { ...flowDefaults, data, rates, windowMs, latenessMs, agg: 'sum', maxFlows: MOST_FLOWS } as const
    const engine = (keys: readonly Expression[], values: string, more: Partial<FlowOptions>) =>
      new FlowEngine({ ...common, keys, values: parseValues(values, 'values'), ...more }, agents, SEED)
    const keys = [...parseKeys(toldKeys, 'keys'), ...further]
    // Each is told: what is not told is no part of a row, see window.ts.
    const told = { dropped: true, scale: 'configured', filter } as const
    this.#told = engine(keys, 'frames,min:timestamp,max:timestamp', { ...told, top: MOST_ROWS })
    this.#sampled = engine(keys, 'frames,min:timestamp,max:timestamp', {
      bothSides: true,
      filter: parseFilter(
        query.filter === '' ? 'outputifindex=discard' : `(${query.filter})&outputifindex=discard`,
        '--filter',
      ),
      top: MOST_ROWS,
    })
    this.#culprits =
      query.culprits === 0
        ? undefined
        : engine(parseKeys(culpritKeys, 'keys'), 'bytes,frames', { bothSides: true, top: MOST_ROWS })
    this.#exported = query.exported
      ? engine(parseKeys(exportedKeys, 'keys'), 'frames', { ...told, top: EXPORTED_ROWS })
      : undefined
    const sliceMs = Math.min(SLICE_MS, Math.max(LEAST_SLICE_MS, this.#windowMs / 10))
    const slice = [...parseKeys(sliceKeys(query.by), 'keys'), ...further]
    // Not late: the newest slices would be empty for so long.
    this.#sliced = engine(slice, 'frames', { ...told, windowMs: sliceMs, latenessMs: 0, top: SLICE_ROWS })
    this.#slices = new Slices(sliceMs, windowMs === 'all')
    this.#ports = new PortsEngine(agents, { windowMs, topology: index, filter: undefined, history: false })
    this.#toldPorts = new ToldPorts(agents)
  }

  sample(view: SampleView): void {
    const w = view.walker
    const ms = view.sec * 1000 + view.nsec / 1e6
    if (ms < this.#firstMs) this.#firstMs = ms
    if (ms > this.#lastMs) this.#lastMs = ms
    if (w.sampleKind === SampleKind.discard) {
      this.#told.sample(view)
      this.#sliced.sample(view)
      this.#exported?.sample(view)
      if (!w.sampleBroken) this.#toldPorts.discard(w)
      return
    }
    this.#otherSamples++
    this.#ports.sample(view)
    if (w.sampleKind === SampleKind.flow) {
      // All samples of a source say how many packets each stands for; most agents never have a discard among them.
      if (w.outputFormat === interfaceFormat.discard) this.#isSampled = true
      if (this.#isSampled) this.#sampled.sample(view)
      if (this.#culprits !== undefined && ifIndexOf(w.outputFormat, w.outputValue) !== undefined) {
        this.#culprits.sample(view)
      }
    } else if (w.sampleKind === SampleKind.counters && !w.sampleBroken) this.#toldPorts.counters(w)
  }

  advance(toMs: number): readonly DropsPart[] {
    if (toMs > this.#lastMs) this.#lastMs = toMs
    for (const window of this.#sliced.advance(toMs)) this.#slice(window)
    this.#keep('told', this.#told.advance(toMs))
    this.#keep('sampled', this.#sampled.advance(toMs))
    if (this.#culprits !== undefined) this.#keep('culprits', this.#culprits.advance(toMs))
    if (this.#exported !== undefined) this.#keep('exported', this.#exported.advance(toMs))
    this.#keepPorts(this.#ports.advance(toMs))
    return this.#pending.size === 0 ? nothing : this.#over(toMs)
  }

  async settle(): Promise<void> {
    await this.#told.settle()
  }

  finish(): readonly DropsPart[] {
    for (const window of this.#sliced.finish()) this.#slice(window)
    this.#keep('told', this.#told.finish())
    this.#keep('sampled', this.#sampled.finish())
    if (this.#culprits !== undefined) this.#keep('culprits', this.#culprits.finish())
    if (this.#exported !== undefined) this.#keep('exported', this.#exported.finish())
    this.#keepPorts(this.#ports.finish())
    return this.#over(Number.POSITIVE_INFINITY)
  }

  /** What is not given yet: the window that goes on, and the one before it while it waits for late samples. In the order of time. */
  peek(nowMs: number): DropsPart[] {
    if (!Number.isFinite(this.#firstMs)) return []
    const isAll = this.#windowMs === Number.POSITIVE_INFINITY
    const now = this.#startOf(nowMs)
    const starts = isAll ? [0] : [now - this.#windowMs, now].filter((start) => this.#isOpen(start))
    const open = (engine: FlowEngine | undefined) =>
      starts.length === 1 ? [engine?.peek()] : [engine?.peek(), engine?.peek(undefined, 1)]
    const engines = {
      told: open(this.#told),
      sampled: open(this.#sampled),
      culprits: open(this.#culprits),
      exported: open(this.#exported),
    }
    return starts.map((start): DropsPart => {
      const of = (windows: readonly (FlowWindow | undefined)[]) =>
        windows.find((window) => window !== undefined && this.#startOf(window.startMs) === start)
      const isNewest = start === starts.at(-1)
      const pending = this.#pending.get(start)
      return {
        ...this.#span(start, Math.min(nowMs, start + this.#windowMs)),
        endMs: Math.min(nowMs, start + this.#windowMs),
        told: of(engines.told),
        sampled: of(engines.sampled),
        culprits: of(engines.culprits),
        exported: of(engines.exported),
        slices: isNewest ? this.#slices.all : [],
        ports: isNewest ? this.#ports.soFar(nowMs) : pending?.ports,
        toldAt: isNewest ? this.#toldPorts.now() : (pending?.toldAt ?? new Map()),
        otherSamples: isNewest ? this.#otherSamples : 0,
        isRunning: true,
      }
    })
  }

  #isOpen(start: number): boolean {
    const end = start + this.#windowMs
    return end > this.#givenMs && end > this.#firstMs
  }

  /** @param parts one or several in the order of time, of this engine */
  window(parts: readonly DropsPart[]): DropsWindow {
    return makeWindow(parts, {
      question: this.question,
      places: this.places,
      known: this.#known,
      firstMs: this.#firstMs,
      sliceMs: this.#slices.sliceMs,
    })
  }

  #slice(window: FlowWindow): void {
    const counts = new Map<string, number>()
    const { by } = this.question.query
    for (const row of window.rows) {
      const told = readTold(row.key, sliceKeyCount(by))
      const id = rowId(by, told, this.places.of(told))
      counts.set(id, (counts.get(id) ?? 0) + row.samples)
    }
    this.#slices.add({ startMs: window.startMs, counts })
  }

  /** Windows of all of the input begin with samples of different times. */
  #startOf(ms: number): number {
    return this.#windowMs === Number.POSITIVE_INFINITY ? 0 : Math.floor(ms / this.#windowMs) * this.#windowMs
  }

  #at(startMs: number): Windows {
    const start = this.#startOf(startMs)
    let windows = this.#pending.get(start)
    if (windows === undefined) {
      windows = {}
      this.#pending.set(start, windows)
    }
    return windows
  }

  #keep(as: 'told' | 'sampled' | 'culprits' | 'exported', windows: readonly FlowWindow[]): void {
    for (const window of windows) this.#at(window.startMs)[as] = window
  }

  #keepPorts(windows: readonly PortsWindow[]): void {
    for (const window of windows) {
      const at = this.#at(window.startMs)
      at.ports = window
      at.toldAt = this.#toldPorts.take()
    }
  }

  /** Windows that are whole by then, in the order of time. */
  #over(toMs: number): DropsPart[] {
    const over: DropsPart[] = []
    for (const start of [...this.#pending.keys()].sort((a, b) => a - b)) {
      const end = this.#windowMs === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : start + this.#windowMs
      if (toMs !== Number.POSITIVE_INFINITY && end + this.#latenessMs > toMs) break
      const windows = this.#pending.get(start)!
      this.#pending.delete(start)
      over.push(this.#part(start, end, windows))
    }
    return over
  }

  #part(start: number, end: number, { toldAt, ...windows }: Windows): DropsPart {
    const otherSamples = this.#otherSamples
    this.#otherSamples = 0
    this.#givenMs = Math.max(this.#givenMs, end)
    return {
      ...this.#span(start, end),
      told: windows.told,
      sampled: windows.sampled,
      culprits: windows.culprits,
      exported: windows.exported,
      ports: windows.ports,
      slices: this.#slices.take(end),
      toldAt: toldAt ?? new Map(),
      otherSamples,
      isRunning: false,
    }
  }

  #span(start: number, end: number): Pick<DropsPart, 'startMs' | 'endMs' | 'seconds'> {
    if (this.#windowMs === Number.POSITIVE_INFINITY) {
      return {
        startMs: this.#firstMs,
        endMs: this.#lastMs,
        seconds: Math.max(0, this.#lastMs - this.#firstMs) / 1000,
      }
    }
    const covered = Math.min(end, this.#lastMs) - Math.max(start, this.#firstMs)
    return { startMs: start, endMs: start + this.#windowMs, seconds: Math.max(0, covered) / 1000 }
  }
}

const nothing: readonly DropsPart[] = Object.freeze([])
