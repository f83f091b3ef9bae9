// Owns the page of one row in the screen of `sonde drops`: the reason, its details, the port and who fills it, drops over time. See
// ../drops-screen.ts.

import { advice } from '../../drops/columns.ts'
import type { Culprit, DropRow, DropsSnapshot, DropsWindow, PlaceFacts } from '../../drops/snapshot.ts'
import { detailText, placeText, victimText } from '../../drops/texts.ts'
import { formatBits, formatCount, formatPercent } from '../numbers.ts'
import {
  type Area,
  cellText,
  fitParts,
  gauge,
  lineChart,
  type Part,
  rateCell,
  TextPage,
  wrapText,
} from '../screen/screen.ts'
import { formatSpan } from '../times.ts'
import { headLines } from './lines.ts'

/** Lines of the chart. */
const CHART = 7
/** Above it a port is called busy; the mark in its gauge. */
const BUSY = 0.9

/** The page of the row with this id. */
export function dropPage(id: string): TextPage<DropsSnapshot> {
  return new TextPage<DropsSnapshot>({
    head: headLines,
    body: ({ window }, area) => {
      const row = window?.rows.find((one) => one.id === id)
      if (window === null || row === undefined) return ['', ' Nothing of this row was dropped lately.']
      return bodyLines(window, row, area)
    },
    help: [
      'Filled by: the flows that leave by the port in the same window, by flow samples: who took the room that the dropped packets had not. ± is at 95 %.',
      'Explained: of the discards that counters show, those that were told, between the same counter samples.',
    ],
  })
}

function bodyLines(window: DropsWindow, row: DropRow, area: Area): string[] {
  const { columns, colours } = area
  const text = (line: string, paint?: (text: string) => string) =>
    wrapText(cellText(line), columns - 2).map((part) => (paint === undefined ? ` ${part}` : paint(` ${part}`)))
  const lines: string[] = ['']
  const { reason, place, victim } = row
  if (reason !== null) {
    const code = reason.code === null ? '' : ` (${reason.code}${reason.group === null ? '' : `, ${reason.group}`})`
    lines.push(...text(`${reason.name}${code}`, colours.strong))
    const says = advice({ window, row, rank: null })
    if (says !== null) lines.push(...text(says.meaning), ...text(says.check, colours.dim))
  } else lines.push(...text('several reasons', colours.strong))
  if (victim !== null) lines.push('', ...text(`whose: ${victimText(victim)}`))
  lines.push(...detailLines(row, text))
  const facts = place === null ? undefined : window.places.get(place.id)
  // Before the chart: who filled the port is what most people come for.
  if (facts !== undefined) lines.push('', ...placeLines(facts, area, text))
  if (row.timeline !== null && row.timeline.length > 1 && window.sliceMs !== null) {
    lines.push('', ...chartLines(row.timeline, window, { ...area, rows: CHART }))
  }
  return lines
}

type Say = (line: string, paint?: (text: string) => string) => string[]

function detailLines({ details, firstMs, lastMs, packets, low, high, by }: DropRow, text: Say): string[] {
  const lines = details.flatMap((detail) => text(`${formatCount(Math.round(detail.packets))} × ${detailText(detail)}`))
  const clock = (ms: number) => new Date(ms).toLocaleTimeString('en-GB')
  if (firstMs !== null && lastMs !== null) {
    lines.push(...text(`first ${clock(firstMs)}, last ${clock(lastMs)} (0:1043)`))
  }
  if (by === 'sampled' && packets !== null && low !== null && high !== null) {
    const [least, most] = [Math.round(low), Math.round(high)]
    lines.push(...text(`estimated by flow samples: ${formatCount(least)} to ${formatCount(most)} packets at 95 %`))
  }
  return lines
}

function chartLines(timeline: readonly number[], { sliceMs, endMs }: DropsWindow, area: Area): string[] {
  const seconds = sliceMs! / 1000
  return lineChart(
    {
      series: [{ label: 'drops', values: timeline.map((packets) => packets / seconds), paint: area.colours.bad }],
      stepMs: sliceMs!,
      endMs,
      spanMs: (timeline.length - 1) * sliceMs!,
      unit: '/s',
    },
    area,
  )
}

function placeLines(facts: PlaceFacts, area: Area, text: Say): string[] {
  const { columns, colours } = area
  const { place, counted, utilization, utilizationBy, speed } = facts
  const facing = place.link === null ? '' : ` · link ${place.link}`
  const known = place.isKnown === false ? ' · the agent does not tell of this port otherwise' : ''
  const lines = text(`${placeText(place)} · agent ${place.agent}${facing}${known}`, colours.strong)
  if (utilization !== null && speed !== null) {
    const by = utilizationBy === 'samples' ? '~' : ''
    const value = {
      value: utilization,
      most: 1,
      warn: BUSY,
      text: `${by}${formatPercent(utilization)} of ${formatBits(speed)}`,
      textColumns: 20,
    }
    lines.push(` ${place.direction ?? ''} ${gauge(value, Math.max(0, columns - 7), colours.doubtful)}`)
  }
  if (counted.discards !== null) {
    const explained =
      counted.explainedPct === null
        ? (counted.why ?? '')
        : `${formatPercent(counted.explainedPct / 100)} explained${counted.explainedBy === 'agent' ? ' by all ports of the agent together' : ''}`
    lines.push(
      ...text(
        `counters: ${formatCount(counted.discards)} discards, ${counted.errors === null ? '-' : formatCount(counted.errors)} errors${counted.seconds === null ? '' : ` in ${formatSpan(counted.seconds * 1000)}`}; ${explained}`,
      ),
    )
  } else lines.push(...text(`counters: ${counted.why ?? 'not known'}`, colours.dim))
  const { culprits, culpritsWhy, outBitsPerSecond } = facts
  if (culprits === null) return [...lines, '', ...text(`filled by: not known, ${culpritsWhy ?? ''}`, colours.dim)]
  const of = outBitsPerSecond === null ? '' : `, of ${formatBits(outBitsPerSecond)} that leave by it`
  return [
    ...lines,
    '',
    ...text(`filled by${of}`, colours.strong),
    colours.strong(culpritLine(undefined, area)),
    ...culprits.map((culprit) => culpritLine(culprit, area)),
  ]
}

/** One of them, or the titles. */
function culpritLine(culprit: Culprit | undefined, { columns }: Area): string {
  const share = culprit?.share ?? null
  const points = share === null ? '' : ((100 * (share.high - share.low)) / 2).toFixed(1)
  const parts: Part[] = [
    {
      text: culprit === undefined ? 'SHARE' : share === null ? '-' : formatPercent(share.value),
      min: 7,
      priority: 0,
      align: 'right',
    },
    { text: culprit === undefined ? '±' : points, min: 5, priority: 1, align: 'right' },
    { text: culprit === undefined ? 'BIT/S' : rateCell(culprit.bitsPerSecond), min: 6, priority: 0, align: 'right' },
    { text: culprit === undefined ? 'PKT/S' : rateCell(culprit.packetsPerSecond), min: 6, priority: 3, align: 'right' },
    { text: culprit === undefined ? 'WHO' : cellText(victimText(culprit.victim)), min: 30, max: 90, priority: 0 },
  ]
  return fitParts(parts, columns)
}
