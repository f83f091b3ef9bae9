// Owns what --fail-if can ask about cycles, and what is true of a moment as a whole. See cycles.ts for the folder. Start at
// cycleFacts.

import type { Datum } from '../analysis/column.ts'
import { rowObject } from '../analysis/forms.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { ConditionName } from '../parse/condition.ts'
import { type CycleLine, cycleColumns } from './columns.ts'
import type { CyclesWindow } from './snapshot.ts'

const columns = cycleColumns([])
const numbers = columns.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ name: key, unit, doc }]))

const lag: ConditionName = {
  name: 'straggler_lag_s',
  unit: 'seconds',
  doc: 'by how much the last port is later, seconds; null where none is',
}

/** Of the first row by their own names, and of every row. */
export const cycleFactNames: readonly ConditionName[] = [
  { name: 'found', unit: 'count', doc: 'rows that have a period' },
  { name: 'jobs', unit: 'count', doc: 'jobs that were found, with --by job' },
  { name: 'groups', unit: 'count', doc: 'groups or jobs that are known' },
  ...numbers.map(({ doc, ...name }) => ({ ...name, doc: `of the first row: ${doc}` })),
  lag,
  ...numbers.map(({ name, unit, doc }) => ({ name: `rows[].${name}`, unit, doc })),
  { ...lag, name: 'rows[].straggler_lag_s' },
]

export function cycleFacts(window: CyclesWindow): Readonly<Record<string, Datum>> {
  const rows = window.rows.map((row) => ({
    ...rowObject<CycleLine>(columns, { window, row }),
    straggler_lag_s: row.straggler?.lagSeconds ?? null,
  }))
  const first = rows[0]
  return {
    ...(first ?? noNumbers),
    found: window.rows.filter(({ periodSeconds }) => periodSeconds !== null).length,
    jobs: window.rows.filter(({ kind }) => kind === 'job').length,
    groups: window.groups,
    rows,
  }
}

const noNumbers: Readonly<Record<string, null>> = Object.fromEntries(
  [...numbers, lag].map(({ name }) => [name, null] as const),
)

/** Of a run in which there was no sample. */
export const noCycles: Readonly<Record<string, Datum>> = { ...noNumbers, found: 0, jobs: 0, groups: 0, rows: [] }

/** The object behind the rows. */
export function aboutCycles(window: CyclesWindow): Readonly<Record<string, Datum>> {
  return {
    kind: 'window',
    start: isoOf(window.startMs),
    end: isoOf(window.endMs),
    groups: window.groups,
    samples: window.received,
    samples_matched: window.matched,
    samples_counted: window.counted,
    samples_no_key: window.noKey,
    samples_beyond: window.beyond,
    samples_lost: window.lost,
    agent_drops: window.agentDrops,
    counted_where: window.where,
    agents: window.agents,
    agents_stamping: window.stampedAgents,
    notes: window.notes,
  }
}
