// Owns `sonde topo status` as an analysis. See fabric.ts for the folder. Start at StatusAnalysis.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis, Engine } from '../analysis/analysis.ts'
import type { Sheet } from '../analysis/column.ts'
import type { Form } from '../analysis/form.ts'
import { jsonOf } from '../analysis/json.ts'
import type { AnalysisFormat } from '../analysis/options.ts'
import type { Places } from '../analysis/publish.ts'
import { noData } from '../expression/data.ts'
import type { MetricTable } from '../metrics/metrics.ts'
import type { View } from '../print/style.ts'
import type { Topology } from '../topo/topology.ts'
import { FabricEngine } from './fabric.ts'
import { EachForm, LastForm } from './last-form.ts'
import { type FabricStatus, type Finding, type StatusCheck, statusOf } from './status.ts'
import {
  addStatusMetrics,
  findingColumns,
  statusFactNames,
  statusFacts,
  statusObject,
  statusTable,
} from './status-report.ts'

export interface StatusOptions {
  readonly topology: Topology
  readonly names: boolean
  readonly ignoreCase: boolean
  /** Between two reports; undefined: one, at the end. */
  readonly everyMs: number | undefined
  readonly ignore: ReadonlySet<StatusCheck>
  /** All names and findings in the table. */
  readonly details: boolean
  /** Where samples come from, as a person reads it. */
  readonly source: string
}

export class StatusAnalysis implements Analysis<FabricStatus, Finding> {
  readonly sheet: Sheet<FabricStatus, Finding> = {
    columns: findingColumns,
    rows: ({ findings }) => findings,
    heading: () => '',
    about: statusObject,
  }
  readonly factNames = statusFactNames
  /** There is always a report. */
  readonly noFacts = {}
  /** The last report; undefined before the first. */
  last: FabricStatus | undefined
  #options: StatusOptions

  constructor(options: StatusOptions) {
    this.#options = options
  }

  engine(agents: AgentTable): Engine<FabricStatus> {
    const { ignore, ...options } = this.#options
    const make = (state: Parameters<typeof statusOf>[0]): FabricStatus => {
      this.last = statusOf(state, ignore)
      return this.last
    }
    return new FabricEngine(agents, { ...options, doubt: true, make })
  }

  get places(): Places {
    const { topology, names, ignoreCase } = this.#options
    return { topology, names, ignoreCase, data: noData }
  }

  peek(engine: Engine<FabricStatus>): FabricStatus | undefined {
    return engine instanceof FabricEngine ? statusOf(engine.state(Date.now()), this.#options.ignore) : undefined
  }

  timeMs({ nowMs }: FabricStatus): number {
    return nowMs
  }

  setTopology(topology: Topology, engine: Engine<FabricStatus>): Engine<FabricStatus> {
    this.#options = { ...this.#options, topology }
    if (engine instanceof FabricEngine) engine.setTopology(topology)
    return engine
  }

  form(format: AnalysisFormat, view: View): Form<FabricStatus> | undefined {
    const { source, details } = this.#options
    if (format === 'json') return new LastForm((status) => `${jsonOf(statusObject(status))}\n`)
    if (format === 'ndjson') return new EachForm((status) => `${jsonOf(statusObject(status))}\n`)
    if (format !== 'table') return undefined
    return new EachForm((status, isFirst) => `${isFirst ? '' : '\n'}${statusTable(status, source, view, details)}`)
  }

  metrics(status: FabricStatus, into: MetricTable): void {
    addStatusMetrics(status, into)
  }

  facts(status: FabricStatus) {
    return statusFacts(status)
  }

  isEmpty(): boolean {
    return false
  }

  notes(): readonly string[] {
    return []
  }

  when(status: FabricStatus, view: View): string | undefined {
    return this.#options.everyMs === undefined
      ? undefined
      : view.clock(Math.floor(status.nowMs / 1000), 0).replace(/\.0+$/, '')
  }

  explainEmpty(): string {
    return 'There is no sFlow, so nothing is known of the topology.'
  }
}
