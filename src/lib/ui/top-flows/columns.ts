// Owns the columns of the flows in the screen of `sonde top-flows`: which there are follows from keys and values alone, so that
// none moves while numbers change. See ../top-flows-screen.ts.

import { errorText, widerSide } from '../../top-flows/error-text.ts'
import type { SnapshotRow, TopFlowsSnapshot, ValueEstimate, ValueTitle } from '../../top-flows/snapshot.ts'
import { formatBits, formatSi } from '../numbers.ts'
import {
  cellText,
  countCell,
  rateCell,
  shareBar,
  sparkline,
  type TableColumn,
  truncateMiddle,
} from '../screen/screen.ts'

/** Under so many samples a value is doubtful: its error is more than a third (architecture.md 5). */
const fewSamples = 30

/** What says which columns there are. */
export type Shape = Pick<TopFlowsSnapshot, 'keys' | 'values' | 'by'> & {
  /** Totals of the window in place of rates. */
  readonly totals: boolean
}

/** `BIT/S`, `BYTES`, `PKT/S`; what has no unit has its own name. */
export function valueTitle({ text, statistic, unit }: ValueTitle, totals: boolean): string {
  if (statistic === 'rate' && unit === 'bytes') return totals ? 'BYTES' : 'BIT/S'
  if (statistic === 'rate' && unit === 'frames') return totals ? 'PACKETS' : 'PKT/S'
  return statistic === 'rate' && !totals ? `${text}/s` : text
}

/** What is shown of a value: bits or packets a second, or what came together in the window. */
export function valueNumber(
  value: ValueEstimate | undefined,
  { statistic, unit }: ValueTitle,
  totals: boolean,
): number | null {
  if (value === undefined) return null
  if (statistic !== 'rate' || totals) return value.total
  return unit === 'bytes' && value.perSecond !== null ? value.perSecond * 8 : value.perSecond
}

/** As text of at most `width` columns: `41.2 Gb/s`, `1.24 GB`, which need 9; `3.40M`, `1,234`, which need 5. */
export function valueText(value: ValueEstimate | undefined, title: ValueTitle, totals: boolean, width = 9): string {
  const number = valueNumber(value, title, totals)
  if (number === null) return '-'
  if (title.statistic === 'rate' && title.unit === 'bytes') return totals ? formatSi(number, 'B') : formatBits(number)
  if (title.statistic === 'count' || (totals && title.statistic === 'rate')) return countCell(number, width)
  return rateCell(number)
}

/** Numbers in a key count as numbers: 10.0.0.9 is before 10.0.0.10. */
const inOrder = (text: string) => text.replace(/\d+/g, (digits) => digits.padStart(10, '0'))

const addresses = /source|dest|src|dst|addr|next|agent|host|mac|bgp/i
const numbers = /port|proto|vlan|prio|ttl|dscp|tos|ecn|index|vni|qp|type|code|flags|mask|as$/i

/** Columns for a key by its name: what stands in it may change, its width not. */
function keyRoom(key: string, count: number): { readonly min: number; readonly max: number } {
  const ideal = numbers.test(key)
    ? { min: 7, max: 24 }
    : addresses.test(key)
      ? { min: 15, max: 39 }
      : { min: 12, max: 60 }
  // At 60 columns all keys stay, beside the value: what is cut can be read, what is not there can't.
  const least = Math.max(4, Math.floor(48 / count) - 1)
  return { min: Math.min(ideal.min, least), max: Math.max(ideal.max, Math.min(key.length + 1, 40)) }
}

function keyColumns({ keys, by }: Shape): TableColumn<SnapshotRow>[] {
  const count = keys.length + (by === null ? 0 : by === 'agent' ? 1 : 2)
  const columns = keys.map((key, at): TableColumn<SnapshotRow> => {
    const text = (row: SnapshotRow) => row.key[at] ?? null
    return {
      title: cellText(key),
      ...keyRoom(key, count),
      priority: 1,
      names: true,
      cell: (row, width) => {
        const value = text(row)
        return value === null ? '-' : truncateMiddle(cellText(value), width)
      },
      sort: (row) => {
        const value = text(row)
        return value === null ? null : inOrder(value)
      },
    }
  })
  const whose = (title: string, of: (row: SnapshotRow) => string | null): TableColumn<SnapshotRow> => ({
    title,
    ...keyRoom(title, count),
    priority: 1,
    names: true,
    cell: (row, width) => truncateMiddle(cellText(of(row) ?? '-'), width),
    sort: (row) => inOrder(of(row) ?? ''),
  })
  if (by !== null) columns.push(whose('AGENT', (row) => row.agent))
  if (by === 'interface') columns.push(whose('SOURCE', (row) => row.dataSource))
  // Without keys all is one flow, and still the row has a name.
  if (columns.length === 0)
    columns.push({ title: '', min: 12, max: 60, priority: 1, names: true, cell: () => 'all flows' })
  return columns
}

/** Least widths fill 80 columns with two addresses; 60 have the value, all keys and what else fits. */
export function flowColumns(shape: Shape): TableColumn<SnapshotRow>[] {
  const { values, totals } = shape
  const [first, ...more] = values
  const columns: TableColumn<SnapshotRow>[] = []
  const valueColumn = (title: ValueTitle, at: number, priority: number): TableColumn<SnapshotRow> => {
    const text = cellText(valueTitle(title, totals))
    return {
      title: text,
      min: title.unit === 'bytes' ? 9 : Math.max(6, Math.min(18, text.length)),
      max: Math.max(9, Math.min(24, text.length)),
      priority,
      align: 'right',
      cell: (row, width) => valueText(row.values[at], title, totals, width),
      sort: (row) => valueNumber(row.values[at], title, totals),
    }
  }
  if (first !== undefined) {
    columns.push({ ...valueColumn(first, 0, 0), min: 9, max: 9 })
    columns.push({
      title: '±',
      min: 6,
      priority: 2,
      align: 'right',
      cell: ({ values: [value] }) => (value === undefined ? '-' : errorText(value)),
      paint: ({ kind, samples }, { doubtful, dim }) =>
        kind === 'total' ? dim : samples < fewSamples ? doubtful : undefined,
      sort: ({ values: [value] }) => (value === undefined ? null : (widerSide(value)?.percent ?? null)),
    })
  }
  if (first?.statistic === 'rate') {
    columns.push({
      title: 'SHARE',
      min: 14,
      max: 28,
      priority: 3,
      cell: (row, width) => (row.kind === 'total' ? '' : shareBar(row.values[0]?.share ?? null, width)),
      sort: (row) => row.values[0]?.share ?? null,
    })
  }
  for (const [at, title] of more.entries()) columns.push(valueColumn(title, at + 1, 4 + at))
  columns.push(...keyColumns(shape))
  columns.push({
    title: 'SAMPLES',
    min: 7,
    max: 9,
    priority: 21,
    align: 'right',
    cell: ({ samples }, width) => countCell(samples, width),
    paint: ({ kind, samples }, { doubtful }) => (kind !== 'total' && samples < fewSamples ? doubtful : undefined),
    sort: ({ samples }) => samples,
  })
  columns.push({
    title: 'TREND',
    min: 8,
    max: 30,
    priority: 20,
    cell: ({ history }, width) =>
      sparkline(
        history.map((value) => value ?? Number.NaN),
        width,
      ),
  })
  return columns
}

export const flowHelp: readonly string[] = [
  'The second line says of which window the rows are: `7 of 10 s` of one that goes on, shown from 2 s on; until then, the last one.',
  'BIT/S, PKT/S: in the window, estimated from samples: each stands for as many packets as are sampled by one. t shows totals of the window instead.',
  '±: at 95 % the truth is not further away. +130 %: it may be so much more, or less by less than that; -5 %: the other way. Yellow: fewer than 30 samples.',
  'SHARE: of the total, as a bar and in per cent.',
  'SAMPLES: what the row rests on. More of them, by a longer window, make ± smaller.',
  'TREND: the first value over the last refreshes, from 0 to the largest of the row.',
  '(other): all flows that are not listed. (no key): samples that lack a key, such as ARP where keys are IP addresses. Rows, (other) and (no key) add up to the total.',
]
