// Owns what --fail-if can ask about a window. See ai-metrics.ts for the folder. Start at windowFacts.

import type { Datum } from '../analysis/column.ts'
import { rowObject } from '../analysis/forms.ts'
import type { ConditionName } from '../parse/condition.ts'
import { windowColumns, windowObject } from './columns.ts'
import { rowColumns } from './row-columns.ts'
import type { AiBy, AiWindow } from './rows.ts'

/** Every key that is a number or yes or no; with rows theirs too. */
export function factNames(by: AiBy | undefined): ConditionName[] {
  const own = windowColumns.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ name: key, unit, doc }]))
  const rows = by === undefined ? [] : rowColumns(by)
  return [
    ...own,
    ...rows.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ name: `rows[].${key}`, unit, doc }])),
  ]
}

export function windowFacts(window: AiWindow): Readonly<Record<string, Datum>> {
  const { by } = window
  const columns = by === null ? [] : rowColumns(by)
  const rows = window.rows.filter(({ kind }) => kind === 'row').map((row) => rowObject(columns, { window, row }))
  return { ...windowObject(window), rows }
}

/** Of a run without any window: nothing came, and nothing is known. */
export function noFacts(): Readonly<Record<string, Datum>> {
  const zero = new Set(['flow_samples', 'counted_samples', 'roce_samples', 'seconds'])
  return Object.fromEntries([
    ...windowColumns.map(({ key }): [string, Datum] => [key, zero.has(key) ? 0 : null]),
    ['rows', []],
  ])
}
