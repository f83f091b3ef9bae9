// Owns what of a window is published as metrics: the reference's names, and our own beside them. See ai-metrics.ts for the folder.
// Start at addAiMetrics.

import type { Datum } from '../analysis/column.ts'
import { type AiMetricKey, aiMetrics } from '../metrics/ai-metric-names.ts'
import type { MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import { bthOperations, bthTransports } from '../names/bth.ts'
import { rounded, windowColumns } from './columns.ts'
import { rowColumns } from './row-columns.ts'
import type { AiBy, AiWindow, Kind } from './rows.ts'

const keys: ReadonlySet<string> = new Set(aiMetrics.map(({ key }) => key))

/** Numbers of the reference that are not one of a window's keys. */
const lists: Readonly<Record<'operations' | 'drops', (window: AiWindow) => readonly (readonly [string, Kind])[]>> = {
  operations: (window) => window.operations.top.map((kind) => [operationLabel(kind), kind] as const),
  drops: (window) => (window.drops?.top ?? []).map((kind) => [kind.name, kind] as const),
}

/** Words that mean something else at the end of a metric's name, or name its type. */
const renamed: Readonly<Record<string, string>> = {
  aeth_without_count: 'aeth_without_credits',
  counter_ports: 'ports_counted',
}

/** Keys of windowColumns that are metrics of ours: numbers, with their error but without bounds. */
const own = windowColumns.filter(
  ({ key, unit, aside }) => unit !== undefined && !keys.has(key) && (aside !== true || key.endsWith('_error_pct')),
)

/** Documentation of an error is where its value is. */
export const ownMetrics: readonly MetricDefinition[] = own.map(({ key, doc }) => gauge(key, doc))

function gauge(key: string, help: string): MetricDefinition {
  return { name: `sonde_ai_${renamed[key] ?? key.replace(/_per_s(?=_|$)/, '_per_second')}`, help, type: 'gauge' }
}

/** sFlow-RT's separator is known, its spelling of the two names is not: transport, `:`, operation, as `RC:RDMA WRITE First`. */
export function operationLabel({ name, code }: Kind): string {
  if (code === null) return name
  return `${bthTransports.get(code >>> 5) ?? code >>> 5}:${bthOperations.get(code) ?? code & 31}`
}

/** A number under one of the reference's keys; null where it is not known. With `compat` nothing is. */
export function referenceValue(window: AiWindow, key: AiMetricKey): number | null {
  const column = windowColumns.find((one) => one.key === key)
  const value = column?.value(window)
  return typeof value === 'number' ? value : window.compat ? 0 : null
}

/** The reference's lists: label and rate. */
export function referenceList(window: AiWindow, key: 'operations' | 'drops'): (readonly [string, number])[] {
  return lists[key](window).map(([label, { rate }]) => [label, rounded(rate.value) ?? 0])
}

/** What is not known is left out. With `compat` the reference's names alone. */
export function addAiMetrics(window: AiWindow, into: MetricTable): void {
  for (const metric of aiMetrics) {
    const { key, label } = metric
    if (key === 'operations' || key === 'drops') {
      for (const [name, value] of referenceList(window, key)) into.add(metric, [[label!, name]], value)
    } else into.add(metric, [], referenceValue(window, key))
  }
  if (window.compat) return
  for (const [i, { value }] of own.entries()) {
    const found = value(window)
    into.add(ownMetrics[i]!, [], gaugeValue(found))
  }
  if (window.by !== null) addRows(window, window.by, into)
}

/** Yes is 1, no is 0. */
function gaugeValue(found: Datum): number | null {
  if (typeof found === 'boolean') return found ? 1 : 0
  return typeof found === 'number' ? found : null
}

function addRows(window: AiWindow, by: AiBy, into: MetricTable): void {
  for (const { key, unit, doc, value } of rowColumns(by)) {
    if (unit === undefined) continue
    for (const row of window.rows) {
      if (row.kind !== 'row') continue
      const found = value({ window, row })
      into.add(gauge(`${by}_${key}`, doc), [[by, row.name]], gaugeValue(found))
    }
  }
}
