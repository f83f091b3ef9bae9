// Owns the page of one port in the screen of `sonde ports`: gauges, a chart of both directions, counters. See ../ports-screen.ts.

import type { PortRow, PortSide } from '../../port-rates/port-row.ts'
import { usedOf } from '../../ports/columns.ts'
import type { PortsSnapshot } from '../../ports/snapshot.ts'
import { formatBits, formatCount, formatSi } from '../numbers.ts'
import {
  type Answer,
  type Area,
  cellText,
  countCell,
  fitParts,
  gauge,
  lineChart,
  type Page,
  type Part,
  rateCell,
  wrapText,
} from '../screen/screen.ts'
import { formatSpan } from '../times.ts'
import { bitsCell, percentCell, ratioCell, stateCell } from './columns.ts'
import { headLines } from './lines.ts'

/** Above it a port is called busy; the mark in its gauge. */
const busy = 0.9

/** What it is, in one line. */
function titleLine(row: PortRow, { columns, colours }: Area): string {
  const facts = [
    `ifIndex ${row.ifIndex}`,
    row.agent === row.node ? undefined : row.agent,
    row.speed === null ? 'speed not told' : formatBits(row.speed),
    row.duplex === null || row.duplex === 'full' ? undefined : `${row.duplex} duplex`,
    stateCell(row),
    row.place === null ? undefined : row.place,
    row.link === null ? undefined : `link ${row.link}`,
    row.lag === null ? undefined : `in aggregate ${row.lag}`,
  ].filter((fact) => fact !== undefined)
  const name = cellText(`${row.node} ${row.port ?? row.ifIndex}`)
  return fitParts(
    [
      {
        text: name,
        min: Math.min(24, name.length),
        max: Math.min(60, name.length),
        priority: 0,
        paint: colours.strong,
      },
      { text: cellText(facts.join(' · ')), min: 20, max: 200, priority: 1 },
    ],
    columns,
  )
}

function gaugeLine(label: 'in' | 'out', port: PortRow, { columns, colours }: Area): string {
  const side = port[label]
  const share = usedOf(port, label)
  const percent = percentCell(share)
  const value = side.bitsPerSecond ?? side.sampledBitsPerSecond
  const text = value === null ? '-' : `${side.bitsPerSecond === null ? '~' : ''}${formatBits(value)}  ${percent}`
  const of = { value: share, most: 1, warn: busy, text, textColumns: 22 }
  if (port.speed === null) return ` ${label.padEnd(4)} ${text}`
  return ` ${label.padEnd(4)} ${gauge(of, Math.max(0, columns - 7), colours.doubtful)}`
}

const directions = ['in', 'out'] as const

/** Columns of the counters: title, text in so many columns. */
const counters: readonly (readonly [string, (side: PortSide, width: number) => string])[] = [
  ['b/s', bitsCell],
  ['PKT/s', (side) => rateCell(side.packetsPerSecond)],
  ['ERR/s', (side) => rateCell(side.errorsPerSecond)],
  ['DISC/s', (side) => rateCell(side.discardsPerSecond)],
  ['BYTES', (side) => (side.bytes === null ? '-' : formatSi(side.bytes, 'B'))],
  ['PACKETS', (side, width) => countCell(side.packets, width)],
  ['ERRORS', (side, width) => countCell(side.errors, width)],
  ['DISCARDS', (side, width) => countCell(side.discards, width)],
  ['SAMPLED b/s', (side) => rateCell(side.sampledBitsPerSecond)],
  ['SAMPLES', (side, width) => countCell(side.samples, width)],
]

const isBad = (title: string, { errors, discards }: PortSide) =>
  (title.startsWith('ERR') && (errors ?? 0) > 0) || (title.startsWith('DISC') && (discards ?? 0) > 0)

/** Counters of both directions below their titles. */
function counterLines(row: PortRow, { columns, colours }: Area): string[] {
  const line = (first: string, side: PortSide | undefined) => {
    const parts = counters.map(
      ([title, text], at): Part => ({
        text: side === undefined ? title : (width) => text(side, width),
        min: title === 'PACKETS' ? 9 : Math.max(7, title.length),
        max: 16,
        priority: at + 1,
        align: 'right',
        paint: side !== undefined && isBad(title, side) ? colours.bad : undefined,
      }),
    )
    return fitParts([{ text: first, min: 4, priority: 0 }, ...parts], columns)
  }
  return [colours.strong(line('', undefined)), ...directions.map((of) => line(of, row[of]))]
}

const agoText = (seconds: number) => (seconds < 1 ? 'just now' : `${formatSpan(Math.round(seconds) * 1000)} ago`)

/** What the comparison of samples with counters says, and what is not known. */
function wordLines(row: PortRow, { columns, colours }: Area): string[] {
  const lines: string[] = []
  const say = (text: string, paint: (text: string) => string) =>
    lines.push(...wrapText(text, columns - 2, 2).map((line) => paint(` ${line}`)))
  const { ratio, samplingRate, effectiveRate } = row
  const rate = samplingRate === null ? '' : `, 1 in ${formatCount(samplingRate)} configured`
  const real = effectiveRate === null ? '' : `, ${formatCount(Math.round(effectiveRate))} packets a sample received`
  if (ratio === null) say(`No comparison of samples with counters${rate}${real}.`, colours.dim)
  else if (ratio.off)
    say(
      `✗ Samples say ${ratioCell(row, 6)} of what counters say (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)} at 95 %): the sampling rate is not what it says${rate}${real}.`,
      colours.bad,
    )
  else say(`Samples say ${ratioCell(row, 14)} of what counters say${rate}${real}.`, colours.dim)
  if (row.seconds !== null) {
    const age = row.counterAge === null ? '' : `, the last sample ${agoText(row.counterAge)}`
    say(`Counters over ${formatSpan(row.seconds * 1000)}${age}.`, colours.dim)
  }
  if (row.note !== null) say(cellText(row.note), colours.doubtful)
  return lines
}

/** Both directions over the last counter intervals, with the speed as a line where it is near. */
function chartLines(row: PortRow, area: Area): string[] {
  const { accent } = area.colours
  const count = Math.max(row.in.history.length, row.out.history.length, 2)
  return lineChart(
    {
      series: [
        { label: 'in', values: row.in.history, paint: accent },
        { label: 'out', values: row.out.history },
      ],
      stepMs: 1000,
      endMs: 0,
      spanMs: (count - 1) * 1000,
      unit: 'b/s',
      time: 'steps',
      stepName: 'last counter interval',
      ...(row.speed === null ? {} : { thresholds: [{ label: 'speed', value: row.speed }] }),
    },
    area,
  )
}

/** All of one port. */
export class PortPage implements Page<PortsSnapshot> {
  readonly hints = []
  readonly help: readonly string[] = [
    'The bars are of the speed of the port; ┊ stands at 90 %, ! says that it is above.',
    'The chart has one value for each interval between two counter samples, the newest at the right; a gap is an interval that is not known. It begins at 0.',
    'SAMPLED: by flow samples, of the same seconds as the counters.',
  ]
  readonly #id: string
  #snapshot: PortsSnapshot | undefined

  constructor(id: string) {
    this.#id = id
  }

  take(snapshot: PortsSnapshot): void {
    this.#snapshot = snapshot
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const head = headLines(s, area)
    const row = s.rows.find(({ id }) => id === this.#id)
    if (row === undefined) return [...head, '', ' This port is not listed now: others come before it.']
    const above = [...head, '', titleLine(row, area), ...directions.map((of) => gaugeLine(of, row, area))]
    const below = [...counterLines(row, area), ...wordLines(row, area)]
    const room = area.rows - above.length - below.length - 2
    const chart = room < 6 ? [] : ['', ...chartLines(row, { ...area, rows: room })]
    return [...above, ...chart, '', ...below].slice(0, area.rows)
  }

  press(): Answer<PortsSnapshot> {
    return undefined
  }
}
