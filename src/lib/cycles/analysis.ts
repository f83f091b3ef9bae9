// Owns `sonde period` as an analysis: engine, sheet, metrics, what --fail-if asks and what is said beside the rows. See cycles.ts for
// the folder. Start at cyclesAnalysis.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { createForm } from '../analysis/forms.ts'
import type { Reading } from '../analysis/reading.ts'
import { formatCount } from '../errors.ts'
import { SampleKind } from '../sflow/samples.ts'
import { type CycleLine, cycleColumns, cycleLines, flatColumns } from './columns.ts'
import { CyclesEngine } from './cycles.ts'
import { aboutCycles, cycleFactNames, cycleFacts, noCycles } from './facts.ts'
import { cyclesPublished } from './published.ts'
import type { CyclesQuery, CyclesSettings } from './query.ts'
import { checkQuery, parseQuestion } from './question.ts'
import type { CyclesWindow } from './snapshot.ts'
import { CyclesTable, headingOf, momentOf, type TableOptions } from './table.ts'

/** @throws InputError for texts and numbers that are not understood, or contradict each other */
export function cyclesAnalysis(
  query: CyclesQuery,
  settings: CyclesSettings,
  options: TableOptions,
): Analysis<CyclesWindow, CycleLine> {
  // What is wrong in it is told before anything is read.
  checkQuery(query, settings)
  const { keys, isByJob } = parseQuestion(query)
  const columns = cycleColumns(isByJob ? [] : keys.map(({ text }) => text))
  const told = new Set<string>()
  let used = settings
  const engine = (agents: AgentTable): CyclesEngine => new CyclesEngine(query, used, agents)
  const analysis: Analysis<CyclesWindow, CycleLine> = {
    ...cyclesPublished(
      settings,
      () => query,
      (topology, agents) => {
        used = { ...used, topology }
        return engine(agents)
      },
    ),
    engine,
    sheet: {
      columns,
      rows: cycleLines,
      heading: (window, view, lostShare) => headingOf(window, options.source, query, view, lostShare),
      about: aboutCycles,
    },
    facts: cycleFacts,
    factNames: cycleFactNames,
    noFacts: noCycles,
    isEmpty: ({ rows }) => rows.length === 0,
    // Counts grow from moment to moment: that is no other note.
    notes: ({ notes }) => notes.filter((note) => isNew(told, note.replace(/[\d.,]+/g, '#'))),
    when: (window, view) => (query.everyMs === 'end' ? undefined : momentOf(window, view)),
    explainEmpty: (reading) => explainEmpty(reading, query, isByJob),
    form: (format, view, lostShare) => {
      if (format === 'table') return new CyclesTable(query, options, view, lostShare)
      if (format !== 'csv') return undefined
      const flat = { ...analysis, sheet: { ...analysis.sheet, columns: flatColumns(columns) } }
      return createForm('csv', flat, view, lostShare)
    },
  }
  return analysis
}

function isNew(told: Set<string>, note: string): boolean {
  if (told.has(note)) return false
  told.add(note)
  return true
}

function explainEmpty({ samples, kinds }: Reading<CyclesWindow>, { filter }: CyclesQuery, isByJob: boolean): string {
  const flows = kinds[SampleKind.flow]!
  if (samples === 0) return 'No period: there are no samples.'
  if (flows === 0) return `No period: ${formatCount(samples)} samples came, and no flow sample among them.`
  if (filter !== '') {
    return `No period: none of ${formatCount(flows)} flow samples passed --filter '${filter}' and counts.`
  }
  if (isByJob) {
    return `No period: none of ${formatCount(flows)} flow samples has RoCE that counts. --filter chooses other packets for jobs.`
  }
  return `No period: none of ${formatCount(flows)} flow samples counts: their agents give no direction, or no port at the edge of the topology.`
}
