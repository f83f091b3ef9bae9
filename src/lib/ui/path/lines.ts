// Owns the lines around a path in the screen of `sonde path`, and what it says where there is none. See ../path-screen.ts.

import { errorPct, errorText } from '../../path/columns.ts'
import type { PathSnapshot } from '../../path/snapshot.ts'
import { contextLine, runParts, silenceLines } from '../analysis-page.ts'
import { formatCount } from '../numbers.ts'
import { type Area, cellText, fitParts, rateCell, wrapText } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'

/** The first line: what is looked at and how good it is. */
function sourceLine(s: PathSnapshot, area: Area): string {
  const { source, clock, rate, lost } = runParts
  return fitParts([source(s, area), clock(s, 4), rate(s, 3), lost(s, area, 2)], area.columns)
}

/** The second line: which packets, and how many. */
function questionLine({ filter, window, windowMs }: PathSnapshot, area: Area): string {
  const parts = [filter ?? 'all packets', `smoothed over ${formatSpan(windowMs)}`]
  if (window !== null && window.seconds > 0) {
    const { packets } = window.entering
    const rate = Number.isNaN(packets.total) ? null : packets.total / window.seconds
    parts.push(`${rateCell(rate)} packets/s${errorText(errorPct(packets))}`)
  }
  return contextLine(parts, area)
}

export const headLines = (s: PathSnapshot, area: Area): string[] => [sourceLine(s, area), questionLine(s, area)]

/** Why there is no path, and what to do. */
export function emptyLines(s: PathSnapshot, area: Area): string[] {
  if (s.datagrams === 0) return silenceLines(s, area)
  const text = (line: string) => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  const span = formatSpan(Math.floor(s.seconds) * 1000)
  if (s.flowSamples === 0) {
    return [
      '',
      ...text(`${formatCount(s.datagrams)} datagrams came in ${span}, and no flow sample in them.`),
      ...text('Is flow sampling configured? docs/agents.md says how.'),
    ]
  }
  const seen = `${formatCount(s.flowSamples)} flow samples came in ${span}`
  if (s.filter === null) return ['', ...text(`${seen}; none lately.`)]
  return [
    '',
    ...text(`${seen}, and of the last ${formatSpan(s.windowMs)} none matches:`),
    ...text(cellText(s.filter)).map((line) => `  ${line}`),
    ...text('It is drawn with its first sample. f changes the filter.'),
  ]
}
