// Owns the columns of top-flows: which keys its objects have, and how a person sees them. Start at flowColumns.

import type { Cell, Column, Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { ValueExpression } from '../expression/expression.ts'
import type { Estimate, FlowRow, FlowWindow, RowKind } from '../flow/rows.ts'
import type { Style } from '../print/style.ts'
import { errorText } from './error-text.ts'

/** A row with the window that it is of. */
export interface WindowRow {
  readonly window: FlowWindow
  readonly row: FlowRow
  /** 1 for the largest; null for what is no flow. */
  readonly rank: number | null
}

/** What the columns depend on. */
export interface ColumnChoice {
  readonly titles: readonly string[]
  readonly values: readonly ValueExpression[]
  readonly by: 'agent' | 'interface' | undefined
}

/** Kinds of rows as data has them. */
export const kinds: Readonly<Record<RowKind, string>> = {
  flow: 'flow',
  other: 'other',
  'no key': 'no_key',
  total: 'total',
}

const round = (value: number | null, digits: number): number | null =>
  value === null ? null : Number(value.toPrecision(digits))

/** `avg:iptotallength` as part of a key: `avg_iptotallength`. */
export function valueKey(text: string): string {
  return text
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase()
}

/** bps, Bps and fps are what sFlow-RT's applications write. */
export function unitOf({ text, statistic }: Pick<ValueExpression, 'text' | 'statistic'>): 'bytes' | 'frames' | null {
  if (statistic !== 'rate') return null
  const name = text.replace(/^rate:/, '')
  if (['bytes', 'framelength', 'bps', 'Bps'].includes(name)) return 'bytes'
  return name === 'frames' || name === 'fps' ? 'frames' : null
}

export function flowColumns(choice: ColumnChoice): Column<WindowRow>[] {
  const fixed: Column<WindowRow>[] = [
    {
      key: 'start',
      doc: 'start of the window, ISO 8601 UTC; with --window all and --smooth the first sample',
      value: ({ window }) => isoOf(window.startMs),
    },
    {
      key: 'end',
      doc: 'end of the window; with --window all and --smooth the last sample',
      value: ({ window }) => isoOf(window.endMs),
    },
    {
      key: 'kind',
      doc: '`flow`, `other` (all flows that are not listed), `no_key` (samples that lack a key) or `total`, the sum of all',
      value: ({ row }) => kinds[row.kind],
    },
    { key: 'rank', doc: '1 for the largest; null unless `flow`', unit: 'count', value: ({ rank }) => rank },
  ]
  const samples: Column<WindowRow> = {
    key: 'samples',
    doc: 'samples that the row rests on; with --smooth by their weight',
    unit: 'count',
    value: ({ row }) => round(row.samples, 9),
  }
  const values = choice.values.flatMap((value, i) => valueColumns(value, i))
  const byColumns = choice.by === undefined ? [] : ownerColumns(choice.by)
  const taken = new Set([...fixed, ...byColumns, samples, ...values].map(({ key }) => key))
  return [...fixed, keyColumn(choice.titles, taken), ...byColumns, samples, ...values]
}

function ownerColumns(by: 'agent' | 'interface'): Column<WindowRow>[] {
  const owner: Column<WindowRow> = {
    key: 'agent',
    doc: 'with --by: address of the agent whose row it is',
    value: ({ row }) => row.agent,
    behind: true,
    cell: { title: 'AGENT', align: 'left', text: ({ row }, style) => style.escape(row.agent ?? '') },
  }
  if (by === 'agent') return [owner]
  return [
    owner,
    {
      key: 'data_source',
      doc: 'with --by interface: the data source, type and index',
      value: ({ row }) => row.dataSource,
      behind: true,
      cell: { title: 'PORT', align: 'left', text: ({ row }) => row.dataSource ?? '' },
    },
  ]
}

/** Names are capitals as headings are; a function stays as it was written, so that it can be copied back. */
const heading = (text: string): string => (/[:[\]]/.test(text) ? text : text.toUpperCase())

/** All keys in one object; in CSV a column each. */
function keyColumn(titles: readonly string[], taken: ReadonlySet<string>): Column<WindowRow> {
  const names = titles.map((title, i) => (titles.indexOf(title) === i ? title : `${title} (${i + 1})`))
  const cells = names.map(
    (title, i): Cell<WindowRow> => ({
      title: heading(title),
      align: 'left',
      text: (line, style) =>
        line.row.kind === 'flow' ? style.escape(keyText(line.row.key[i])) : i === 0 ? label(line) : '',
    }),
  )
  // Without keys the rows still say what they are.
  const alone: Cell<WindowRow> = { title: '', align: 'left', text: (line) => label(line) }
  return {
    key: 'keys',
    doc: 'an object with a member for each key, under its text; null where it is missing. In CSV a column each',
    value: ({ row }) => Object.fromEntries(names.map((name, i): [string, Datum] => [name, row.key[i] ?? null])),
    parts: names.map((name) => (taken.has(name) ? `keys.${name}` : name)),
    cells: cells.length > 0 ? cells : [alone],
    behind: true,
  }
}

/** A key as a person sees it. */
export function keyText(value: string | number | bigint | boolean | null | undefined): string {
  return value === null || value === undefined ? '-' : String(value)
}

function label({ row, window }: WindowRow): string {
  switch (row.kind) {
    case 'other':
      // What was given up is not counted any more.
      return `(other: ${window.bound.hit ? '≥' : ''}${window.flows - window.rows.length})`
    case 'no key':
      return '(no key)'
    case 'total':
      return 'total'
    case 'flow':
      return 'all'
  }
}

function valueColumns(value: ValueExpression, i: number): Column<WindowRow>[] {
  const name = valueKey(value.text)
  const of = (line: WindowRow): Estimate => line.row.values[i]!
  const unit = unitOf(value)
  const prefix = i === 0 ? '' : `${name}_`
  const what = i === 0 ? `${value.text}, the value that ranks` : value.text
  const rated = value.statistic === 'rate'
  const columns: Column<WindowRow>[] = []
  if (unit === 'bytes') {
    columns.push({
      key: value.text === 'bytes' ? 'bits_per_s' : `${name}_bits_per_s`,
      doc: 'bits a second on the wire, estimated',
      unit: 'rate',
      value: (line) => bits(of(line)),
      cell: rateCell('BIT/S', (line) => bits(of(line)), 'b/s'),
    })
  }
  columns.push({
    key: name,
    doc: rated
      ? `${value.text} in the window, estimated`
      : `${value.text} of the samples${value.statistic === 'count' ? ': distinct values among them, and no estimate of those that were not sampled' : ''}`,
    unit: unit === 'bytes' ? 'bytes' : 'count',
    value: (line) => round(of(line).total, 12),
    cell: rated ? undefined : rateCell(heading(value.text), (line) => of(line).total, ''),
  })
  if (rated) {
    columns.push({
      key: `${name}_per_s`,
      doc: `${value.text} a second, estimated`,
      unit: 'rate',
      value: (line) => round(of(line).perSecond, 12),
      cell:
        unit === 'bytes'
          ? undefined
          : unit === 'frames'
            ? rateCell('PKT/S', (line) => of(line).perSecond, '')
            : rateCell(`${heading(value.text)}/S`, (line) => of(line).perSecond, ''),
    })
  }
  columns.push({
    key: `${prefix}error_pct`,
    doc: `error of ${what} at 95 %, percent: half of what lies between low and high; null where it is not known`,
    unit: 'percent',
    value: (line) => round(of(line).errorPct, 4),
    cell: i === 0 ? { title: '±', align: 'right', text: (line) => errorText(of(line)) } : undefined,
  })
  if (rated) {
    columns.push({
      key: `${prefix}share`,
      doc: `share of the total row, 0 to 1, of ${what}`,
      unit: 'share',
      value: (line) => round(of(line).share, 6),
      cell: i === 0 ? { title: 'SHARE', align: 'right', text: shareText } : undefined,
    })
  }
  columns.push(
    {
      key: `${prefix}low`,
      doc: `lower bound of ${name} at 95 %; of averages, least and greatest values null`,
      unit: 'count',
      value: (line) => round(of(line).low, 12),
    },
    {
      key: `${prefix}high`,
      doc: `upper bound of ${name}`,
      unit: 'count',
      value: (line) => round(of(line).high, 12),
    },
  )
  return columns
}

const bits = ({ perSecond }: Estimate): number | null => (perSecond === null ? null : round(perSecond * 8, 12))

function rateCell(title: string, of: (line: WindowRow) => number | null, unit: string): Cell<WindowRow> {
  return {
    title,
    align: 'right',
    text: (line, style) => {
      const value = of(line)
      return value === null ? '-' : style.si(value, unit)
    },
  }
}

/** Columns of a bar. */
const BAR = 10
/** `< 0.1 %` is the longest. */
const PERCENT = 7

function shareText({ row }: WindowRow, style: Style): string {
  const share = row.values[0]?.share ?? null
  if (share === null) return '-'
  return `${style.bar(row.kind === 'total' ? null : share, BAR)} ${style.percent(share).padStart(PERCENT)}`
}
