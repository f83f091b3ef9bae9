// Owns `sonde ai-metrics` as an analysis: RoCE traffic, marks, answers, drops and errors of a fabric. Must not know flags or
// screens; how packets are estimated is in ../flow. Start at aiAnalysis; what is counted is in engine.ts, packet-facts.ts and
// sums.ts, where it counts in choice.ts, what becomes of it in close.ts; what all of it means is in docs/ai-metrics.md.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis } from '../analysis/analysis.ts'
import type { Sheet } from '../analysis/column.ts'
import type { Form } from '../analysis/form.ts'
import { createForm } from '../analysis/forms.ts'
import type { AnalysisFormat } from '../analysis/options.ts'
import { formatCount } from '../errors.ts'
import type { PeriodMethod } from '../period/period.ts'
import type { View } from '../print/style.ts'
import { windowColumns, windowObject } from './columns.ts'
import type { AiEngine } from './engine.ts'
import { factNames, noFacts, windowFacts } from './facts.ts'
import { noteKind, notesOf } from './notes.ts'
import { aiPublished } from './published.ts'
import { type AiQuery, type AiSettings, aiEngine, checkAiQuery } from './query.ts'
import { rowColumns, type WindowRow } from './row-columns.ts'
import type { AiWindow } from './rows.ts'
import { AiTable, timesOf } from './table.ts'

/**
 * @param source where samples come from, as a person reads it
 * @param period a new one for each engine
 * @throws InputError for a question that needs what was not given
 */
export function aiAnalysis(
  query: AiQuery,
  settings: AiSettings,
  source: string,
  period: () => PeriodMethod,
): Analysis<AiWindow, WindowRow> {
  checkAiQuery(query, settings)
  const { by, windowMs } = query
  const sheet: Sheet<AiWindow, WindowRow> = {
    columns: by === undefined ? [] : rowColumns(by),
    rows: (window) => window.rows.map((row) => ({ window, row })),
    heading: () => '',
    about: windowObject,
  }
  // A window a second would say it every second.
  const told = new Set<string>()
  const isNew = (note: string): boolean => {
    const kind = noteKind(note)
    if (told.has(kind)) return false
    told.add(kind)
    return true
  }
  let used = settings
  let method: PeriodMethod | undefined
  const engine = (agents: AgentTable): AiEngine => {
    method = period()
    return aiEngine(query, used, agents, method)
  }
  const analysis: Analysis<AiWindow, WindowRow> = {
    ...aiPublished(settings, {
      windowMs: () => windowMs,
      period: () => method,
      withTopology: (topology, agents) => {
        used = { ...used, topology }
        return engine(agents)
      },
    }),
    engine,
    sheet,
    facts: windowFacts,
    factNames: factNames(by),
    noFacts: noFacts(),
    isEmpty: (window) => window.samples === 0 && window.counters.ports === 0 && window.drops === null,
    notes: (window) => notesOf(window, used.topology !== undefined).filter(isNew),
    when: (window, view) => (windowMs === 'all' ? undefined : timesOf(window, view)),
    explainEmpty: ({ samples }) =>
      samples === 0
        ? 'There are no samples, so there is nothing to count.'
        : `None of ${formatCount(samples)} samples is of a packet or an interface. sonde decode --summary shows what there is.`,
    form: (format, view, lostShare) => formOf(format, view, lostShare),
  }
  const formOf = (format: AnalysisFormat, view: View, lostShare: () => number | null): Form<AiWindow> | undefined => {
    if (format === 'table') return new AiTable({ source, windowMs }, view, lostShare)
    if (format !== 'csv' || by !== undefined) return undefined
    // A line a window. Lists have no place in a line of numbers: they are JSON in one cell.
    const columns = windowColumns.map((column) => ({
      ...column,
      value: (window: AiWindow) => {
        const value = column.value(window)
        return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
      },
    }))
    const whole: Sheet<AiWindow, AiWindow> = {
      columns,
      rows: (window) => [window],
      heading: () => '',
      about: windowObject,
    }
    return createForm(format, { ...analysis, sheet: whole, form: () => undefined }, view, lostShare)
  }
  return analysis
}
