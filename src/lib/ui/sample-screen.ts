// Owns the screen of `sonde sample --to`: interfaces, and what becomes of their samples. Knows no tap: it is fed with states.
// Loads ink: import it with `await import()` only. Start at SamplePage; columns are in sample-columns.ts.

import type { CollectorState } from '../exporter/collector.ts'
import { type PortRow, PortRows } from '../sample/port-rows.ts'
import { methodText, type SampleState } from '../sample/report.ts'
import { formatCount, formatIec } from './numbers.ts'
import { portColumns, portHelp, portKey } from './sample-columns.ts'
import {
  type Answer,
  type Area,
  cellText,
  clockCell,
  fitParts,
  type KeyHint,
  type Page,
  rateCell,
  Table,
  wrapText,
} from './screen/screen.ts'

/** Collectors that have a line each. */
const MOST_COLLECTORS = 4

const plural = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`

export class SamplePage implements Page<SampleState> {
  readonly hints: readonly KeyHint[] = [
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
  ]
  readonly help = portHelp
  readonly #table = new Table<PortRow>(portColumns, portKey, 'INTERFACE', 'interfaces')
  readonly #rows = new PortRows()
  #state: SampleState | undefined
  #samplesPerSecond = 0

  take(state: SampleState, nowMs: number): void {
    const rows = this.#rows.take(state)
    this.#state = state
    this.#samplesPerSecond = rows.reduce((sum, row) => sum + (row.samplesPerSecond ?? 0), 0)
    this.#table.take(rows, nowMs)
  }

  draw(area: Area): readonly string[] {
    const state = this.#state
    if (state === undefined) return []
    const foot = footLines(state, area)
    const rows = Math.max(1, area.rows - 1 - foot.length)
    const middle = state.ports.length === 0 ? noPorts(state, area) : this.#table.draw({ ...area, rows })
    const lines = [this.#head(state, area), ...middle.slice(0, rows)]
    while (lines.length < rows + 1) lines.push('')
    return [...lines, ...foot]
  }

  press(key: string): Answer<SampleState> {
    this.#table.press(key)
    return undefined
  }

  #head(state: SampleState, { columns, colours }: Area): string {
    const lost = state.ports.reduce((sum, port) => sum + port.lost, 0)
    const method = methodText(state)
    const name = method === '' ? 'drops' : method
    return fitParts(
      [
        { text: name, min: Math.min(21, name.length), max: 40, priority: 0, paint: colours.strong },
        { text: clockCell(state.seconds), min: 6, priority: 1, align: 'right' },
        { text: `agent ${cellText(state.agent)}`, min: 15, max: 46, priority: 4 },
        { text: `${rateCell(this.#samplesPerSecond)} samples/s`, min: 15, priority: 2, align: 'right' },
        {
          text: `lost in ring ${formatCount(lost)}`,
          min: 14,
          max: 26,
          priority: 3,
          paint: lost > 0 ? colours.bad : undefined,
        },
      ],
      columns,
    )
  }
}

function noPorts({ tap, seconds }: SampleState, { columns }: Area): string[] {
  if (tap === undefined) return ['', ' No interface is sampled: drops alone are told.']
  const since = seconds < 60 ? '' : ` for ${Math.floor(seconds / 60)} min`
  return [
    '',
    ...wrapText(
      `No interface fits${since}. Those that come are sampled; ip link shows which there are.`,
      columns - 2,
    ).map((line) => ` ${line}`),
  ]
}

/** What goes out, and where it goes. */
function footLines(state: SampleState, area: Area): string[] {
  const { counts, drops, collectors } = state
  const { columns, colours } = area
  const sent = [
    plural(counts.flow, 'sample'),
    plural(counts.counters, 'counter sample'),
    ...(drops === undefined ? [] : [plural(counts.discards, 'drop')]),
    plural(counts.datagrams, 'datagram'),
  ].join(' · ')
  const untold = drops === undefined ? 0 : drops.limited + drops.ringFull
  const hidden = collectors.length - MOST_COLLECTORS
  return [
    fitParts(
      [
        { text: sent, min: Math.min(60, sent.length), max: 200, priority: 0 },
        {
          text: untold > 0 ? `drops not told ${formatCount(untold)}` : '',
          min: 18,
          max: 30,
          priority: 1,
          paint: colours.bad,
        },
      ],
      columns,
    ),
    ...collectors.slice(0, MOST_COLLECTORS).map((collector) => collectorLine(collector, area)),
    ...(hidden > 0 ? [colours.dim(` ${formatCount(hidden)} more collectors`)] : []),
  ]
}

function collectorLine(
  { name, datagrams, bytes, failed, problem }: CollectorState,
  { columns, colours }: Area,
): string {
  const why = problem === null ? '' : `: ${cellText(problem)}`
  return fitParts(
    [
      { text: `→ ${cellText(name)}`, min: 18, max: 40, priority: 0 },
      { text: plural(datagrams, 'datagram'), min: 17, priority: 2, align: 'right' },
      { text: formatIec(bytes), min: 8, max: 10, priority: 3, align: 'right' },
      {
        text: failed > 0 ? `${formatCount(failed)} failed${why}` : '',
        min: 18,
        max: 200,
        priority: 1,
        paint: failed > 0 ? colours.bad : undefined,
      },
    ],
    columns,
  )
}
