// Owns the lines around rows in the screen of `sonde period`, and what it says where there are none. See ../period-screen.ts.

import type { CyclesSnapshot } from '../../cycles/snapshot.ts'
import { contextLine, silenceLines, sourceLine } from '../analysis-page.ts'
import { plural } from '../numbers.ts'
import { type Area, cellText, wrapText } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'

/** The first line: what is looked at and how good it is. */
function firstLine(s: CyclesSnapshot, area: Area): string {
  if (s.by === null) return sourceLine(s, [], area)
  const text = plural(s.window?.groups ?? 0, s.by === 'job' ? 'job' : 'group')
  return sourceLine(s, [{ text, min: 9, max: 14, priority: 1, align: 'right' }], area)
}

/** The second line: what was asked, and what it rests on. */
function questionLine(s: CyclesSnapshot, area: Area): string {
  const { window, windowMs } = s
  const parts = [
    s.by === null ? 'all as one' : `by ${s.by}`,
    windowMs === 'auto' ? 'windows of 10 s to 640 s' : `last ${formatSpan(windowMs)}`,
    ...(s.filter === null ? [] : [`where ${s.filter}`]),
    ...(s.method === 'h' ? [] : [`method ${s.method}`]),
    ...(s.value === 'frames' ? [] : [s.value]),
    `periods of ${s.minSeconds} to ${s.maxSeconds} s`,
    ...(window === null ? [] : [`${plural(window.counted, 'sample')} count`, stampedText(window), window.where]),
  ]
  return contextLine(parts, area)
}

/** Whether samples say when they were taken. */
function stampedText({ agents, stampedAgents }: { readonly agents: number; readonly stampedAgents: number }): string {
  if (stampedAgents === 0) return 'times by arrival and uptime'
  return stampedAgents === agents ? 'times by 0:1043' : `times by 0:1043 of ${stampedAgents} of ${agents} agents`
}

export const headLines = (s: CyclesSnapshot, area: Area): string[] => [firstLine(s, area), questionLine(s, area)]

/** Why there is no row, and what to do. */
export function emptyLines(s: CyclesSnapshot, area: Area): string[] {
  if (s.datagrams === 0) return silenceLines(s, area)
  const text = (line: string): string[] => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  const { window } = s
  const came = `${plural(s.datagrams, 'datagram')} came in ${formatSpan(Math.floor(s.seconds) * 1000)}`
  if (window === null || window.received === 0) return ['', ...text(`${came}, and no flow sample.`)]
  const samples = `${came} with ${plural(window.received, 'flow sample')}`
  if (window.matched === 0) {
    const what = s.filter === null ? 'is of RoCE' : `passes ${s.filter}`
    return ['', ...text(cellText(`${samples}, and none ${what}.`)), ...text('f changes the filter.')]
  }
  if (window.noKey === window.matched && s.by !== null) {
    return [
      '',
      ...text(cellText(`${samples}, and none has ${s.by === 'job' ? 'two addresses' : s.by}.`)),
      ...text('b changes what makes a row.'),
    ]
  }
  return ['', ...text(`${samples}. A period needs five seconds of them at least.`)]
}
