// Owns the table of ports, links, queue pairs or groups in the screen of `sonde ai-metrics`. See ../ai-metrics-screen.ts.

import type { AiBy, AiRow, Measure } from '../../ai-metrics/rows.ts'
import type { AiChange, AiSnapshot } from '../../ai-metrics/snapshot.ts'
import { framed } from '../analysis-page.ts'
import type { EngineCommands } from '../engine-commands.ts'
import { formatIec, formatPercent } from '../numbers.ts'
import {
  type Answer,
  type Area,
  type Choice,
  ChoiceList,
  cellText,
  countCell,
  type KeyHint,
  type Page,
  rateCell,
  Table,
  type TableColumn,
} from '../screen/screen.ts'
import { headLines } from './lines.ts'

const rate = (of: (row: AiRow) => Measure) => (row: AiRow) => rateCell(of(row).value)

function number(
  title: string,
  of: (row: AiRow) => Measure,
  priority: number,
  more: Partial<TableColumn<AiRow>> = {},
): TableColumn<AiRow> {
  return {
    title,
    min: Math.max(6, title.length + 1),
    priority,
    align: 'right',
    cell: rate(of),
    sort: (row) => of(row).value,
    ...more,
  }
}

const bad = (of: (row: AiRow) => Measure): Partial<TableColumn<AiRow>> => ({
  paint: (row, colours) => ((of(row).value ?? 0) > 0 ? colours.bad : undefined),
})

const errorText = ({ errorPct }: Measure) =>
  errorPct === null ? '' : `${errorPct >= 9.95 ? errorPct.toFixed(0) : errorPct.toFixed(1)}%`

const columns: readonly TableColumn<AiRow>[] = [
  {
    title: 'NAME',
    min: 18,
    max: 60,
    priority: 0,
    names: true,
    cell: ({ name }) => cellText(name),
    sort: ({ name }) => name,
  },
  number('ROCE/s', (row) => row.rocePps, 1),
  { title: '±', min: 5, priority: 4, align: 'right', cell: ({ rocePps }) => errorText(rocePps) },
  {
    title: 'SHARE',
    min: 6,
    priority: 5,
    align: 'right',
    cell: ({ share }) => (share === null ? '-' : formatPercent(share)),
    sort: ({ share }) => share,
  },
  number('BIT/s', (row) => row.bps, 2),
  number('OPS/s', (row) => row.rdmaOps, 3),
  number('BYTES/OP', (row) => row.rdmaBytes, 9, {
    cell: ({ rdmaBytes: { value } }) => (value === null ? '-' : formatIec(value).replace(' ', '')),
  }),
  number('MSG/s', (row) => row.messages, 10),
  number('ECN/s', (row) => row.ecn, 6),
  number('CNP/s', (row) => row.cnp, 7),
  number(
    'NAK/s',
    (row) => row.nak,
    8,
    bad((row) => row.nak),
  ),
  number(
    'RNR/s',
    (row) => row.rnr,
    11,
    bad((row) => row.rnr),
  ),
  {
    title: 'SAMPLES',
    min: 8,
    priority: 12,
    align: 'right',
    cell: ({ samples }, width) => countCell(samples, width),
    sort: ({ samples }) => samples,
  },
]

const names: Readonly<Record<AiBy, string>> = { port: 'ports', link: 'links', qp: 'queue pairs', group: 'groups' }

const choices: readonly Choice<AiBy>[] = [
  { value: 'port', text: 'port', note: 'ports by which packets enter the fabric' },
  { value: 'link', text: 'link', note: 'links between switches, each direction; needs --topology' },
  { value: 'qp', text: 'queue pair', note: 'destination and queue pair' },
  { value: 'group', text: 'group', note: 'groups of senders; needs --groups' },
]

/** What the first page asks with. */
type Asking = Pick<EngineCommands<AiChange>, 'ask' | 'take' | 'refused'>

export class RowsPage implements Page<AiSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: 'b', label: 'by', help: 'rows by port, link, queue pair or group' },
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
  ]
  readonly help: readonly string[] = [
    'ROCE/s: RoCE packets a second, ± percent at 95 %; SHARE: of all that count. BIT/s of queue pairs and groups: of RoCE alone.',
    'OPS/s: RDMA operations begun; BYTES/OP: their mean DMA length; MSG/s: messages begun; ECN/s: marked packets; CNP/s: congestion notifications; RNR/s: RNR NAK.',
  ]
  readonly #commands: Asking
  #table = new Table(columns, ({ id }) => id, 'ROCE/s', 'rows')
  #by: AiBy | null = null
  #snapshot: AiSnapshot | undefined

  constructor(commands: Asking) {
    this.#commands = commands
  }

  take(snapshot: AiSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
    const { window } = snapshot
    if (window === null) return
    if (window.by !== this.#by && window.by !== null) {
      this.#by = window.by
      this.#table = new Table(columns, ({ id }) => id, 'ROCE/s', names[window.by])
    }
    const label = ({ kind, name }: AiRow) =>
      kind === 'row' ? cellText(name) : kind === 'other' ? cellText(name) : 'total'
    const fixed = window.rows.filter(({ kind }) => kind !== 'row').map((row) => ({ row, label: label(row) }))
    this.#table.take(
      window.rows.filter(({ kind }) => kind === 'row'),
      nowMs,
      fixed,
    )
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const newest = { at: s.trend.times.length - 1, isSet: false, panel: 0 }
    const frame = { head: headLines(s, newest, area), notes: s.notes, refused: this.#commands.refused }
    return framed(frame, area, (middle) => {
      if (s.window === null || s.window.by === null) return ['', ' The first window with rows is not over yet.']
      if (s.window.rows.length === 0) return ['', ` No ${names[s.window.by]} with RoCE in this window.`]
      return this.#table.draw(middle)
    })
  }

  press(key: string): Answer<AiSnapshot> {
    if (key !== 'b') {
      this.#table.press(key)
      return undefined
    }
    return new ChoiceList<AiBy>({
      label: 'by',
      choices,
      ...(this.#by !== null && { chosen: this.#by }),
      apply: (by) => this.#commands.ask({ kind: 'set', by }),
    })
  }
}
