// Owns `sonde top-flows`: a query becomes a flow engine and the columns of its rows. Must not know flags, screens or
// forms of output. Start at TopFlows; query.ts is what is asked, columns.ts what is shown.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis } from '../analysis/analysis.ts'
import type { Column, Datum, Sheet } from '../analysis/column.ts'
import type { Engine } from '../analysis/engine.ts'
import { rowObject } from '../analysis/forms.ts'
import { isoOf } from '../analysis/iso-time.ts'
import { lostText } from '../analysis/lost.ts'
import type { Places } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { formatCount, InputError } from '../errors.ts'
import type { LanguageData, PortDirectory } from '../expression/data.ts'
import { emptyWindow } from '../flow/empty-window.ts'
import { FlowEngine } from '../flow/engine.ts'
import type { FlowOptions, RateOverride } from '../flow/options.ts'
import type { FlowWindow } from '../flow/rows.ts'
import { type MetricTable, sanitizeName } from '../metrics/metrics.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { View } from '../print/style.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Topology } from '../topo/topology.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { flowColumns, kinds, valueKey, type WindowRow } from './columns.ts'
import { DoubtLog } from './notes.ts'
import { type ParsedQuery, parseQuery, type Query } from './query.ts'

/** What does not change while it runs. */
export interface TopFlowsSettings {
  readonly scale: FlowOptions['scale']
  readonly maxFlows: number
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
  readonly topology: Topology | undefined
  /** False: ports and agents stay numbers. */
  readonly names: boolean
  /** For functions of keys; ports are added here. */
  readonly data: LanguageData
}

/** A run over the same input gives the same rows, those of a sketch too. */
const SEED = 1

/** The analysis of one query. */
export class TopFlows implements Analysis<FlowWindow, WindowRow> {
  readonly query: Query
  readonly parsed: ParsedQuery
  readonly sheet: Sheet<FlowWindow, WindowRow>
  readonly factNames: readonly ConditionName[]
  readonly noFacts: Readonly<Record<string, Datum>>
  #settings: TopFlowsSettings
  readonly #source: string
  readonly #doubts = new DoubtLog()

  /**
   * @param source for headings: a file's name, an address
   * @throws InputError for texts that are not understood, or need data that is not there
   */
  constructor(query: Query, settings: TopFlowsSettings, source: string) {
    this.query = query
    this.parsed = parseQuery(query)
    if ((query.agg === 'edge' || query.agg === 'core') && settings.topology === undefined) {
      throw new InputError(`--agg ${query.agg} needs --topology: it says where the ${query.agg} of the fabric is.`, [
        'Without a topology: --agg max, the busiest switch.',
      ])
    }
    const names = this.parsed.values.map(({ text }) => valueKey(text))
    const again = this.parsed.values.find((_, i) => names.indexOf(names[i]!) !== i)
    if (again !== undefined) throw new InputError(`--value has ${again.text} twice.`)
    this.#settings = settings
    this.#source = source
    const columns = flowColumns({ titles: this.titles, values: this.parsed.values, by: query.by })
    this.sheet = {
      columns,
      rows: windowRows,
      shown: (window) => windowRows(window).filter(({ row }) => row.samples > 0 || row.kind === 'total'),
      heading: (window, view, lostShare) => this.#heading(window, view, lostShare),
      about: (window) => ({ ...about(window), partial: this.isPartial(window) }),
    }
    this.factNames = factNamesOf(columns)
    this.noFacts = this.facts(emptyWindow(this.parsed.values))
  }

  /** Of the key columns. */
  get titles(): readonly string[] {
    const { keys } = this.parsed
    const { titles } = this.query
    return titles?.length === keys.length ? titles : keys.map((key) => key.text)
  }

  /** The engine itself, for those who look at a window before it is over. */
  flowEngine(agents: AgentTable): FlowEngine {
    const { topology, data, names, ...settings } = this.#settings
    const { top, windowMs, smoothMs, by, agg, dropped } = this.query
    const ports = new TopologyIndex(topology, agents.names)
    const options: FlowOptions = {
      ...this.parsed,
      ...settings,
      data: { ...data, hosts: agents.hosts, ports: names ? ports : nameless(ports) },
      top,
      windowMs,
      smoothMs,
      by,
      agg,
      dropped,
      topology: topology === undefined ? undefined : ports,
    }
    return new FlowEngine(options, agents, SEED)
  }

  engine(agents: AgentTable): Engine<FlowWindow> {
    return this.flowEngine(agents)
  }

  get places(): Places {
    const { topology, names, data } = this.#settings
    return { topology, names, data, ignoreCase: false }
  }

  /** Of smoothed rates and of all of the time there is but one window, which goes on. */
  peek(engine: Engine<FlowWindow>): FlowWindow | undefined {
    const goesOn = this.query.windowMs === 'all' || this.query.smoothMs !== undefined
    return goesOn && engine instanceof FlowEngine ? engine.peek() : undefined
  }

  lengthMs({ startMs, endMs }: FlowWindow): number {
    return endMs - startMs
  }

  timeMs({ endMs }: FlowWindow): number {
    return endMs
  }

  setTopology(topology: Topology, _engine: Engine<FlowWindow>, agents: AgentTable): FlowEngine {
    this.#settings = { ...this.#settings, topology }
    return this.flowEngine(agents)
  }

  isEmpty({ loss }: FlowWindow): boolean {
    return loss.matched === 0
  }

  isPartial({ seconds }: FlowWindow): boolean {
    const { windowMs, smoothMs } = this.query
    return windowMs !== 'all' && smoothMs === undefined && Math.round(seconds * 1000) < windowMs
  }

  notes(window: FlowWindow): readonly string[] {
    return this.#doubts.window(window)
  }

  when({ startMs, endMs }: FlowWindow, view: View): string | undefined {
    if (this.query.windowMs === 'all') return undefined
    return `${clockOf(startMs, view)} to ${clockOf(endMs, view)}`
  }

  facts(window: FlowWindow): Readonly<Record<string, Datum>> {
    const object = (line: WindowRow) => rowObject(this.sheet.columns, line)
    const one = (row: FlowWindow['total']) => object({ window, row, rank: null })
    return {
      rows: window.rows.map((row, i) => object({ window, row, rank: i + 1 })),
      other: one(window.other),
      no_key: one(window.noKey),
      total: one(window.total),
      flows: window.flows,
      samples: window.samples,
      received: window.loss.received,
      matched: window.loss.matched,
      samples_lost: window.loss.lost,
      samples_dropped: window.loss.agentDrops,
    }
  }

  metrics(window: FlowWindow, into: MetricTable): void {
    for (const line of windowRows(window)) {
      const { row } = line
      const labels: [string, string][] = [['kind', kinds[row.kind]]]
      if (row.kind === 'flow') {
        for (const [i, title] of this.titles.entries()) labels.push([sanitizeName(title), String(row.key[i] ?? '')])
      }
      // Without --by it is the busiest one, another one from time to time: it would make another series.
      if (row.agent !== null && this.query.by !== undefined) labels.push(['agent', row.agent])
      if (row.dataSource !== null) labels.push(['data_source', row.dataSource])
      for (const [i, { text, statistic }] of this.parsed.values.entries()) {
        const name = valueKey(text)
        const { perSecond, total, errorPct } = row.values[i]!
        const rated = statistic === 'rate'
        into.add(
          {
            name: `sonde_flow_${name}${rated ? '_per_second' : ''}`,
            help: `${text}${rated ? ' a second, estimated' : ' of the samples'}`,
            type: 'gauge',
          },
          labels,
          rated ? perSecond : total,
        )
        into.add(
          { name: `sonde_flow_${name}_error_percent`, help: `± percent of ${text} at 95 %`, type: 'gauge' },
          labels,
          errorPct,
        )
      }
    }
    into.add({ name: 'sonde_flow_samples', help: 'samples in the window', type: 'gauge' }, [], window.samples)
    into.add({ name: 'sonde_flow_window_seconds', help: 'length of the window', type: 'gauge' }, [], window.seconds)
  }

  explainEmpty({ packets, samples, kinds }: Reading<FlowWindow>): string {
    const { filter, dropped } = this.query
    const what = dropped ? 'discards' : 'flow samples'
    if (packets === 0) {
      return `No flows: none of the ${formatCount(samples)} samples is of a packet (all are counters or of unknown kinds). sonde ports shows counters.`
    }
    const fitting = kinds[dropped ? SampleKind.discard : SampleKind.flow]!
    if (fitting === 0) {
      return dropped
        ? `No drops: ${formatCount(packets)} flow samples came, and no notification of a discarded packet (0:5).`
        : `No flow samples: ${formatCount(packets)} discards came; --dropped ranks those.`
    }
    if (filter !== '') return `Nothing matched --filter '${filter}': ${formatCount(fitting)} ${what} were looked at.`
    return `No flows in ${formatCount(fitting)} ${what}: they were broken, or had no data source.`
  }

  #heading(window: FlowWindow, view: View, lostShare: number | null): string {
    const { query } = this
    const { style } = view
    const { received, lost, agentDrops } = window.loss
    const sent = received + lost + agentDrops
    const seconds = window.seconds
    const length = query.windowMs === 'all' ? style.span(seconds * 1000) : `${style.span(query.windowMs)} window`
    const parts = [
      style.escape(this.#source),
      this.titles.length > 0 ? this.titles.join(',') : 'all traffic',
      ...(query.filter === '' ? [] : [style.escape(query.filter)]),
      query.smoothMs === undefined ? length : `smoothed over ${style.span(query.smoothMs)}`,
      ...(query.windowMs === 'all' ? [] : [`${clockOf(window.startMs, view)}`]),
      ...(this.isPartial(window) ? [`partial: ${Number(seconds.toPrecision(3))} s`] : []),
      `${style.count(window.samples)} ${query.dropped ? 'drops' : 'samples'}`,
      lostText(lostShare, style),
      ...(agentDrops > 0
        ? [style.bad(`agents dropped ${style.percent(agentDrops / sent)} of ${query.dropped ? 'discards' : 'samples'}`)]
        : []),
      window.aggLabel,
    ]
    return parts.join(' · ')
  }
}

/** Where links are is no name: --filter needs it with --no-names too. */
function nameless(ports: TopologyIndex): PortDirectory {
  return {
    version: 0,
    node: () => undefined,
    ifname: () => undefined,
    link: (agent, ifIndex) => ports.link(agent, ifIndex),
  }
}

/** Flows in their order, then what keeps the sum whole. */
function windowRows(window: FlowWindow): WindowRow[] {
  const rest = [window.other, window.noKey, window.total]
  return [
    ...window.rows.map((row, i): WindowRow => ({ window, row, rank: i + 1 })),
    ...rest.map((row): WindowRow => ({ window, row, rank: null })),
  ]
}

function clockOf(ms: number, view: View): string {
  return view.clock(Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)).replace(/\.\d+/, '')
}

function about(window: FlowWindow): Readonly<Record<string, Datum>> {
  const { loss, bound, sources, fit } = window
  return {
    start: isoOf(window.startMs),
    end: isoOf(window.endMs),
    kind: 'window',
    seconds: window.seconds,
    agg: window.agg,
    agg_label: window.aggLabel,
    flows: window.flows,
    samples: window.samples,
    received: loss.received,
    matched: loss.matched,
    samples_lost: loss.lost,
    samples_dropped: loss.agentDrops,
    samples_too_late: loss.tooLate,
    samples_unplaced: loss.unplaced,
    topology_fits: fit?.fits ?? null,
    agents_not_in_topology: fit?.unknownAgents ?? null,
    samples_not_in_topology: fit?.unknownSamples ?? null,
    max_flows: bound.maxFlows,
    max_flows_hit: bound.hit,
    error_bound: bound.errorBound,
    texts_hit: bound.textsHit,
    doubtful_sources: sources.map((note) => ({
      kind: note.kind.replaceAll(' ', '_'),
      agent: note.agent,
      data_source: note.dataSource,
      samples: note.samples,
      configured_rate: note.configuredRate,
      effective_rate: note.effectiveRate,
    })),
  }
}

/** What can be asked of every row; of a flow and of the total each column can. */
const sparse: readonly string[] = ['samples', 'bits_per_s', 'share']

function factNamesOf(columns: readonly Column<WindowRow>[]): ConditionName[] {
  const numbers = columns.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ key, unit, doc }]))
  const of = (prefix: string, what: string, only?: readonly string[]) =>
    numbers
      .filter(({ key }) => only?.includes(key) ?? key !== 'rank')
      .map(({ key, unit, doc }): ConditionName => ({ name: `${prefix}.${key}`, unit, doc: `${what}: ${doc}` }))
  const count = (name: string, doc: string): ConditionName => ({ name, unit: 'count', doc })
  return [
    ...of('rows[]', 'a listed flow, rows[0] is the largest'),
    ...of('total', 'the total'),
    ...of('other', 'all that are not listed', sparse),
    ...of('no_key', 'samples that lack a key', sparse),
    count('flows', 'distinct keys in the window'),
    count('samples', 'samples in the window that count'),
    count('received', 'samples that came in the window'),
    count('matched', 'of these, samples that the filter let through'),
    count('samples_lost', 'samples missing in the window by their sequence numbers'),
    count('samples_dropped', 'samples that agents dropped themselves in the window'),
  ]
}
