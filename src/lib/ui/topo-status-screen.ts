// Owns the screen of `sonde topo status`: gauges and checks, and what each check found. Knows no engine: it is fed with snapshots.
// Loads ink: import it with `await import()` only. Start at runStatusScreen.

import type { StatusSnapshot } from '../topo-status/snapshot.ts'
import { type Finding, type StatusCheck, statusCheckNames, statusChecks } from '../topo-status/status.ts'
import { gaugeLines } from '../topo-status/status-report.ts'
import type { Colours } from './colour.ts'
import { decodeStyle } from './decode-style.ts'
import { adviceLines } from './no-data.ts'
import { formatCount, formatPercent } from './numbers.ts'
import {
  type Answer,
  type Area,
  cellText,
  type KeyHint,
  type Page,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  Table,
  type TableColumn,
  TextPage,
  wrapText,
} from './screen/screen.ts'
import { formatSpan } from './times.ts'
import { truncate } from './width.ts'

interface CheckRow {
  readonly check: StatusCheck
  readonly found: readonly Finding[]
}

const columns: readonly TableColumn<CheckRow>[] = [
  {
    title: 'CHECK',
    min: 11,
    priority: 0,
    cell: ({ check }) => check,
    sort: ({ check }) => statusCheckNames.indexOf(check) * -1,
    names: true,
  },
  {
    title: 'FOUND',
    min: 6,
    priority: 0,
    align: 'right',
    cell: ({ found }) => (found.length === 0 ? '-' : formatCount(found.length)),
    paint: ({ found }, { bad }) => (found.length > 0 ? bad : undefined),
    sort: ({ found }) => found.length,
  },
  {
    title: 'WHAT',
    min: 30,
    max: 160,
    priority: 1,
    cell: ({ check, found }) => cellText(found[0]?.text ?? statusChecks[check]),
    paint: ({ found }, { dim }) => (found.length === 0 ? dim : undefined),
  },
]

/** Without colour, so that lines can be cut. */
const plain = (text: string) => text

/** Agents send every second or two where there is traffic, and counters every 20 or 30 s. */
const SILENCE_S = 5

function headLines(snapshot: StatusSnapshot, area: Area): string[] {
  const { source, status, datagrams, silentSeconds, lostShare } = snapshot
  const style = { ...decodeStyle(area.colours), bad: plain, dim: plain }
  const [first, ...gauges] = gaugeLines(status, source, style, area.columns)
  const loss = lostShare === null ? '' : ` · lost ${formatPercent(lostShare)}`
  const state =
    datagrams === 0 ? '' : status.green ? ' · ✓ nothing found' : ` · ✗ ${formatCount(status.findings.length)} found`
  const silence =
    silentSeconds === null || silentSeconds < SILENCE_S
      ? ''
      : ` · nothing for ${formatSpan(Math.floor(silentSeconds) * 1000)}`
  const { strong, bad } = area.colours
  const title = truncate(` ${first}${silence}${loss}${state}`, area.columns)
  return [
    status.green || datagrams === 0 ? strong(title) : bad(title),
    ...gauges.map((line) => truncate(line, area.columns)),
  ]
}

const foundBy = ({ status }: StatusSnapshot, check: StatusCheck) => status.findings.filter((one) => one.check === check)

/** All that one check found. */
function checkPage(check: StatusCheck): TextPage<StatusSnapshot> {
  return new TextPage({
    head: (snapshot, area) => [...headLines(snapshot, area), ''],
    body: (snapshot, area) => {
      const found = foundBy(snapshot, check)
      const about = wrapText(`${check}: ${statusChecks[check]}.`, area.columns - 2).map((line) =>
        area.colours.dim(` ${line}`),
      )
      const lines = found.flatMap(({ text }) =>
        wrapText(`✗ ${cellText(text)}`, area.columns - 2, 2).map((line) => ` ${line}`),
      )
      return [...about, '', ...(found.length === 0 ? [' ✓ nothing found'] : lines)]
    },
  })
}

/** The first page: gauges and checks. */
export class StatusPage implements Page<StatusSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'names', help: 'what the selected check found: nodes, links, ports by name' },
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
  ]
  readonly help: readonly string[] = [
    'The gauges are those of sFlow-RT’s topology status. Traffic is what enters at edge ports; discards and errors are of all ports of the topology.',
    'Monitored: an agent of the node was heard within three minutes; admin and oper state of both ends of the link are known. Counters come every 20 to 30 s: give a new fabric half a minute.',
    ...statusCheckNames.map((check) => `${check}: ${statusChecks[check]}.`),
  ]
  readonly #table = new Table(columns, ({ check }: CheckRow) => check, 'CHECK', 'checks')
  #snapshot: StatusSnapshot | undefined

  take(snapshot: StatusSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#table.take(
      statusCheckNames.map((check) => ({ check, found: foundBy(snapshot, check) })),
      nowMs,
    )
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const head = [...headLines(s, area), '']
    if (s.datagrams === 0)
      return [...head, ` Nothing has come to ${cellText(s.source)} yet.`, '', ...adviceLines(s.source, area)].slice(
        0,
        area.rows,
      )
    return [...head, ...this.#table.draw({ ...area, rows: Math.max(1, area.rows - head.length) })]
  }

  press(key: string): Answer<StatusSnapshot> {
    const { selected } = this.#table
    if (key === 'enter') return selected === undefined ? undefined : checkPage(selected.check)
    this.#table.press(key)
    return undefined
  }
}

/**
 * Shows a status on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends.
 * @throws what runScreen throws
 */
export function runStatusScreen(
  feed: ScreenFeed<StatusSnapshot>,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde topo status', page: new StatusPage(), feed, colours, signal })
}
