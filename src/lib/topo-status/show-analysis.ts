// Owns `sonde topo show` as an analysis, and without sFlow. See fabric.ts for the folder. Start at ShowAnalysis.

import { AgentTable } from '../agents/agents.ts'
import type { Analysis, Engine } from '../analysis/analysis.ts'
import type { Sheet } from '../analysis/column.ts'
import type { Form } from '../analysis/form.ts'
import type { AnalysisFormat } from '../analysis/options.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { View } from '../print/style.ts'
import type { Topology } from '../topo/topology.ts'
import { FabricEngine, type FabricState } from './fabric.ts'
import { fabricDot, fabricJson, fabricMermaid } from './graph-text.ts'
import { EachForm, LastForm } from './last-form.ts'
import { drawFabric } from './picture.ts'

export const showFormats = ['picture', 'dot', 'mermaid', 'json'] as const
export type ShowFormat = (typeof showFormats)[number]

export interface ShowOptions {
  readonly topology: Topology
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly everyMs: number | undefined
  readonly format: ShowFormat
  /** What is shown, as a person reads it. */
  readonly source: string
}

export class ShowAnalysis implements Analysis<FabricState, never> {
  readonly sheet: Sheet<FabricState, never> = { columns: [], rows: () => [], heading: () => '', about: () => ({}) }
  readonly factNames: readonly ConditionName[] = []
  readonly noFacts = {}
  readonly #options: ShowOptions

  constructor(options: ShowOptions) {
    this.#options = options
  }

  engine(agents: AgentTable): Engine<FabricState> {
    return new FabricEngine(agents, { ...this.#options, doubt: false, make: (state) => state })
  }

  form(_format: AnalysisFormat, view: View): Form<FabricState> {
    if (this.#options.format !== 'picture') return new LastForm((state) => this.#text(state, view, true))
    return new EachForm((state, isFirst) => `${isFirst ? '' : '\n'}${this.#text(state, view, true)}`)
  }

  /** The topology alone. */
  withoutSamples(view: View): string {
    const [state] = this.engine(new AgentTable()).finish()
    return this.#text(state!, view, false)
  }

  #text(state: FabricState, view: View, heard: boolean): string {
    const { format, source } = this.#options
    if (format === 'dot') return fabricDot(state, view.style, heard)
    if (format === 'mermaid') return fabricMermaid(state, view.style, heard)
    return format === 'json' ? fabricJson(state, heard) : drawFabric(state, source, view, heard)
  }

  metrics(): void {}

  facts() {
    return {}
  }

  isEmpty(): boolean {
    return false
  }

  notes(): readonly string[] {
    return []
  }

  when(): undefined {
    return undefined
  }

  explainEmpty(): string {
    return 'There is no sFlow, so states and loads are not known.'
  }
}
