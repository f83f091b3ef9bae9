// Owns what is told of a row of --by: keys of the data formats, columns of the table. See ai-metrics.ts for the folder. Start at
// rowColumns.

import type { Cell, Column } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { Style } from '../print/style.ts'
import { measureColumns, rounded } from './columns.ts'
import type { AiBy, AiRow, AiWindow, Measure } from './rows.ts'

/** A row with the window that it is of. */
export interface WindowRow {
  readonly window: AiWindow
  readonly row: AiRow
}

const titles: Readonly<Record<AiBy, string>> = { port: 'PORT', link: 'LINK', qp: 'QUEUE PAIR', group: 'GROUP' }

export function rowColumns(by: AiBy): readonly Column<WindowRow>[] {
  const name: Cell<WindowRow> = {
    title: titles[by],
    align: 'left',
    text: ({ row }, style) => (row.kind === 'row' ? style.escape(row.name) : style.dim(row.name)),
  }
  return [
    { key: 'kind', doc: '`row`, `other` (what is not listed) or `total`', value: ({ row }) => row.kind },
    { key: 'start', doc: 'start of the window', value: ({ window }) => isoOf(window.startMs) },
    { key: 'end', doc: 'end of the window', value: ({ window }) => isoOf(window.endMs) },
    { key: 'by', doc: '`port`, `link`, `qp` or `group`', value: () => by },
    {
      key: 'name',
      doc: 'node and port, link, destination and queue pair, or group',
      value: ({ row }) => row.name,
      cell: name,
    },
    ...shown('bps', 'rate', 'bits a second; by qp and group of RoCE alone', 'BIT/S', (row) => row.bps),
    ...shown('roce_pps', 'rate', 'RoCE packets a second', 'ROCE/S', (row) => row.rocePps),
    {
      key: 'share',
      unit: 'share',
      doc: 'of the total’s RoCE packets',
      value: ({ row }) => rounded(row.share),
      cell: {
        title: 'SHARE',
        align: 'right',
        text: ({ row }, style) => (row.share === null ? '-' : style.percent(row.share)),
      },
    },
    ...shown('rdma_ops', 'rate', 'RDMA operations begun a second', 'OPS/S', (row) => row.rdmaOps),
    {
      ...measureColumns<WindowRow>('rdma_bytes', 'bytes', 'mean DMA length', ({ row }) => row.rdmaBytes)[0]!,
      cell: {
        title: 'BYTES/OP',
        align: 'right',
        text: ({ row }, style) => (row.rdmaBytes.value === null ? '-' : style.iec(row.rdmaBytes.value)),
      },
    },
    ...plain('messages_pps', 'messages begun a second', (row) => row.messages),
    ...shown('ecn_pps', 'rate', 'packets with mark CE a second', 'ECN/S', (row) => row.ecn).slice(0, 1),
    ...shown('cnp_pps', 'rate', 'congestion notifications a second', 'CNP/S', (row) => row.cnp).slice(0, 1),
    ...shown('nak_pps', 'rate', 'NAK a second', 'NAK/S', (row) => row.nak).slice(0, 1),
    ...shown('rnr_nak_pps', 'rate', 'RNR NAK a second', 'RNR/S', (row) => row.rnr).slice(0, 1),
    {
      key: 'psn_advance_pps',
      unit: 'rate',
      doc: 'with --by qp: packets a second by PSN',
      value: ({ row }) => rounded(row.psn?.advancePerSecond ?? null),
    },
    {
      key: 'psn_backwards',
      unit: 'count',
      doc: 'with --by qp: pairs of samples in which the PSN went back, by 65,536 packets at most',
      value: ({ row }) => row.psn?.backwards ?? null,
    },
    { key: 'samples', unit: 'count', doc: 'RoCE samples', value: ({ row }) => rounded(row.samples) },
  ]
}

function plain(key: string, doc: string, of: (row: AiRow) => Measure): Column<WindowRow>[] {
  return measureColumns<WindowRow>(key, 'rate', doc, ({ row }) => of(row)).slice(0, 2)
}

function shown(
  key: string,
  unit: 'rate',
  doc: string,
  title: string,
  of: (row: AiRow) => Measure,
): Column<WindowRow>[] {
  const [value, ...rest] = measureColumns<WindowRow>(key, unit, doc, ({ row }) => of(row)).slice(0, 4)
  const cell: Cell<WindowRow> = { title, align: 'right', text: ({ row }, style) => compact(of(row).value, style) }
  if (key !== 'roce_pps') return [{ ...value!, cell }, ...rest]
  const [error, ...bounds] = rest
  const off: Cell<WindowRow> = { title: '±', align: 'right', text: ({ row }) => errorText(of(row)) }
  return [{ ...value!, cell }, { ...error!, cell: off }, ...bounds]
}

/** `12%` */
function errorText({ errorPct }: Measure): string {
  if (errorPct === null) return ''
  return `${errorPct >= 9.95 ? errorPct.toFixed(0) : errorPct.toFixed(1)}%`
}

function compact(value: number | null, style: Style): string {
  return value === null ? '-' : style.si(value, '').replace(' ', '')
}
