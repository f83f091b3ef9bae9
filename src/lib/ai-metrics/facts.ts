// Owns what --fail-if can ask about a window. See ai-metrics.ts for the folder. Start at windowFacts.

import type { Datum } from '../analysis/column.ts'
import { rowObject } from '../analysis/forms.ts'
import type { ConditionName } from '../parse/condition.ts'
import { rounded, windowColumns, windowObject } from './columns.ts'
import { rowColumns } from './row-columns.ts'
import type { AiBy, AiWindow } from './rows.ts'

/** Every key that is a number or yes or no; of rows theirs too. `drops` is a list as a key, and here as many as it has. */
export function factNames(by: AiBy | undefined): ConditionName[] {
  const own = windowColumns.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ name: key, unit, doc }]))
  const rows = rowColumns(by ?? 'port').flatMap(({ key, unit, doc }) =>
    unit === undefined ? [] : [{ name: `rows[].${key}`, unit, doc, ...(by === undefined && { needs: '--by' }) }],
  )
  return [
    ...own,
    { name: 'samples', unit: 'count', doc: 'flow samples in the window that count: counted_samples' },
    { name: 'drops', unit: 'count', doc: 'packets discarded in the window: told, and missing by their numbers' },
    ...rows,
  ]
}

export function windowFacts(window: AiWindow): Readonly<Record<string, Datum>> {
  const { by } = window
  const columns = by === null ? [] : rowColumns(by)
  const rows = window.rows.filter(({ kind }) => kind === 'row').map((row) => rowObject(columns, { window, row }))
  const { rate } = window.drops ?? { rate: undefined }
  const drops = rate?.value == null ? null : rounded(rate.value * window.seconds)
  return { ...windowObject(window), samples: rounded(window.counted), drops, rows }
}

/** Of a run without any window: nothing came, and nothing is known. */
export function noFacts(): Readonly<Record<string, Datum>> {
  const zero = new Set(['flow_samples', 'counted_samples', 'roce_samples', 'seconds'])
  return Object.fromEntries([
    ...windowColumns.map(({ key }): [string, Datum] => [key, zero.has(key) ? 0 : null]),
    ['samples', 0],
    ['rows', []],
  ])
}
