// Owns the lines around drops in the screen of `sonde drops`, and what it says where there are none. See ../drops-screen.ts.

import { agentsAdvice } from '../../drops/analysis.ts'
import type { DropRow, DropsSnapshot, DropsWindow } from '../../drops/snapshot.ts'
import { limitedText } from '../../drops/texts.ts'
import { isKernel } from '../../source/live-notices.ts'
import { contextLine, silenceLines, sourceLine } from '../analysis-page.ts'
import { formatCount, formatPercent, plural } from '../numbers.ts'
import { type Area, cellText, type Part, wrapText } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'
import { truncate } from '../width.ts'

/** The first line: what is looked at and how good it is. */
function firstLine(s: DropsSnapshot, area: Area): string {
  const total = Math.round(s.window?.total.packets ?? 0)
  const drops: Part = {
    text: plural(total, 'drop'),
    min: 12,
    max: 18,
    priority: 1,
    align: 'right',
    paint: total > 0 ? area.colours.bad : undefined,
  }
  return sourceLine(s, [drops], area)
}

const clock = (ms: number) => new Date(ms).toLocaleTimeString('en-GB')

/** The second line: what was asked, and what was not told. */
function questionLine(s: DropsSnapshot, area: Area): string {
  const { window } = s
  const by = [...s.by, ...(s.keys === '' ? [] : [s.keys])].join(', ')
  const parts = [
    `by ${by === '' ? 'nothing' : by}`,
    s.windowMs === 'all' ? 'since the start' : `last ${formatSpan(s.windowMs)}`,
    ...(s.anewMs === null ? [] : [`counted anew since ${clock(s.anewMs)}`]),
    ...(s.filter === null ? [] : [`where ${s.filter}`]),
  ]
  if (window !== null && window.told + window.limited + window.lost > 0) {
    const by = isKernel([s.source]) ? 'heard' : `told by ${plural(window.agents, 'agent')}`
    parts.push(`${formatCount(window.told)} ${by}`)
    const untold = [
      ...(window.limited > 0 ? [`${formatCount(window.limited)} ${limitedText(s.source)}`] : []),
      ...(window.lost > 0 ? [`${formatCount(window.lost)} lost on the way`] : []),
    ]
    // A filter can't be asked of these: they are not in the sum then.
    if (s.filter === null) parts.push(...untold)
    else if (untold.length > 0) parts.push(`not filtered: ${untold.join(', ')}`)
  }
  return contextLine(parts, area)
}

/** The third: what counters say. */
function countedLine({ window }: DropsSnapshot, { columns, colours }: Area): string {
  const port = window?.ports.find(({ inDiscards, outDiscards }) => inDiscards + outDiscards > 0)
  if (window === null || port === undefined) {
    const text = window?.isCounted ? 'counters show no discards' : 'counters: none of two samples yet'
    return colours.dim(truncate(` ${text}`, columns))
  }
  const of = port.inDiscards + port.outDiscards
  const explained =
    port.explainedPct === null ? (port.why ?? '') : `${formatPercent(port.explainedPct / 100)} explained`
  const more = window.ports.filter((one) => one.inDiscards + one.outDiscards > 0).length - 1
  const text = `counters: ${port.node} ${port.port ?? port.ifIndex} discarded ${formatCount(of)}: ${explained}${more > 0 ? ` · ${plural(more, 'more port')}` : ''}`
  return truncate(` ${cellText(text)}`, columns)
}

export const headLines = (s: DropsSnapshot, area: Area): string[] => [
  firstLine(s, area),
  questionLine(s, area),
  // The kernel of this host tells drops, and no counters.
  ...(isKernel([s.source]) ? [] : [countedLine(s, area)]),
]

/** Rows that are no drops and have something to say. */
export function fixedRows({
  other,
  noKey,
  notTold,
  total,
  flows,
  rows,
}: DropsWindow): { row: DropRow; label: string }[] {
  return [
    ...((other.packets ?? 0) > 0 ? [{ row: other, label: `(other: ${formatCount(flows - rows.length)})` }] : []),
    ...(noKey.samples > 0 ? [{ row: noKey, label: '(no key)' }] : []),
    ...((notTold.packets ?? 0) > 0 ? [{ row: notTold, label: '(not told)' }] : []),
    { row: total, label: 'total' },
  ]
}

/** Why there is no drop, and what to do. */
export function emptyLines(s: DropsSnapshot, area: Area): string[] {
  if (s.datagrams === 0) return silenceLines(s, area)
  const text = (line: string) => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  const span = formatSpan(Math.floor(s.seconds) * 1000)
  if (s.notifications === 0 && isKernel([s.source])) return ['', ...text(`No packet was dropped in ${span}.`)]
  if (s.notifications === 0) {
    return [
      '',
      ...text(`${plural(s.datagrams, 'datagram')} came in ${span}, and no notification of a discarded packet (0:5).`),
      ...text(agentsAdvice),
    ]
  }
  const window =
    s.anewMs !== null
      ? `since ${clock(s.anewMs)}, when counting began anew`
      : s.windowMs === 'all'
        ? 'so far'
        : `in the last ${formatSpan(s.windowMs)}`
  const since = `${plural(s.notifications, 'drop')} told since the start`
  if (s.filter === null) return ['', ...text(`Nothing dropped ${window}; ${since}.`)]
  return [
    '',
    ...text(`Nothing dropped ${window} that the filter lets through; ${since}:`),
    ...text(cellText(s.filter)).map((line) => `  ${line}`),
    ...text('f changes it.'),
  ]
}
