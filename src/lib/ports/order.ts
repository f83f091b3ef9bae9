// Owns in which order ports are listed. See analysis.ts for the folder. Start at sortPorts.

import type { PortRow } from '../port-rates/port-row.ts'
import { mostUsed } from './columns.ts'
import type { PortSort } from './snapshot.ts'

const keys: Readonly<Record<Exclude<PortSort, 'name'>, (row: PortRow) => number | null>> = {
  utilization: mostUsed,
  rate: (row) =>
    both(row.in.bitsPerSecond ?? row.in.sampledBitsPerSecond, row.out.bitsPerSecond ?? row.out.sampledBitsPerSecond),
  in: (row) => row.in.bitsPerSecond ?? row.in.sampledBitsPerSecond,
  out: (row) => row.out.bitsPerSecond ?? row.out.sampledBitsPerSecond,
  errors: (row) => both(row.in.errorsPerSecond, row.out.errorsPerSecond),
  discards: (row) => both(row.in.discardsPerSecond, row.out.discardsPerSecond),
  packets: (row) => both(row.in.packetsPerSecond, row.out.packetsPerSecond),
  // How far from 1, either way; those that are off come first.
  ratio: ({ ratio }) =>
    ratio === null ? null : Math.abs(Math.log(Math.max(ratio.value, 1e-9))) + (ratio.off ? 1e3 : 0),
}

function both(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

/**
 * Largest first, what is not known last; among equals the order of `rows`, by node and port.
 * @returns another array
 */
export function sortPorts(rows: readonly PortRow[], sort: PortSort): PortRow[] {
  if (sort === 'name') return [...rows]
  const key = keys[sort]
  const keyed = rows.map((row) => ({ row, value: key(row) ?? -1 }))
  return keyed.sort((a, b) => b.value - a.value).map(({ row }) => row)
}
