// Owns what --fail-if can ask about ports. See analysis.ts for the folder. Start at portFacts.

import type { Column, Datum } from '../analysis/column.ts'
import { rowObject } from '../analysis/forms.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import { most, portColumns, type ShownPort } from './columns.ts'

/** How many ports there are of a kind. */
export interface PortTotals {
  readonly ports: number
  readonly down: number
  readonly withErrors: number
  readonly withDiscards: number
  readonly samplingOff: number
}

/** `down`: should be up and is not. */
export function portTotals(rows: readonly PortRow[]): PortTotals {
  const count = (of: (row: PortRow) => boolean): number => rows.filter(of).length
  return {
    ports: rows.length,
    down: count((row) => row.admin === 'up' && row.oper === 'down'),
    withErrors: count((row) => (row.in.errors ?? 0) + (row.out.errors ?? 0) > 0),
    withDiscards: count((row) => (row.in.discards ?? 0) + (row.out.discards ?? 0) > 0),
    samplingOff: count((row) => row.ratio?.off === true),
  }
}

const count = (name: string, doc: string): ConditionName => ({ name, unit: 'count', doc })

const totalNames: readonly ConditionName[] = [
  count('ports', 'ports, of the agents and filter that were chosen'),
  count('ports_down', 'ports that should be up and are not'),
  count('errors', 'packets with errors, in and out, of all ports; null where no port has counters'),
  count('discarded', 'packets discarded, in and out, of all ports; null as above'),
  count('ports_with_errors', 'ports that have errors'),
  count('ports_with_discards', 'ports that have discards'),
  count('ports_sampling_off', 'ports whose flow samples do not agree with their counters'),
  { name: 'utilization', unit: 'share', doc: 'of the busiest port, in its busier direction' },
]

/** Every column that is a number, of any row: `rows[0].in_utilization`. */
function rowNames(columns: readonly Column<ShownPort>[]): ConditionName[] {
  return columns.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ name: `rows[].${key}`, unit, doc }]))
}

export const portFactNames: readonly ConditionName[] = [...totalNames, ...rowNames(portColumns(0))]

/** @param rows in the order in which they are listed: rows[0] is the first */
export function portFacts(rows: readonly ShownPort[], all: readonly PortRow[]): Readonly<Record<string, Datum>> {
  const columns = portColumns(0)
  const totals = portTotals(all)
  return {
    rows: rows.map((row) => rowObject(columns, row)),
    ports: totals.ports,
    ports_down: totals.down,
    errors: sumOf(all, 'errors'),
    discarded: sumOf(all, 'discards'),
    ports_with_errors: totals.withErrors,
    ports_with_discards: totals.withDiscards,
    ports_sampling_off: totals.samplingOff,
    utilization: all.map(most).reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null),
  }
}

function sumOf(rows: readonly PortRow[], of: 'errors' | 'discards'): number | null {
  const known = rows.flatMap((row) => [row.in[of], row.out[of]]).filter((one) => one !== null)
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
}
