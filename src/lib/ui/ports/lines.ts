// Owns the lines around the ports in the screen of `sonde ports`, and what it says where there are none. See ../ports-screen.ts.

import type { PortSort, PortsSnapshot } from '../../ports/snapshot.ts'
import { contextLine, silenceLines, sourceLine } from '../analysis-page.ts'
import { formatCount, plural } from '../numbers.ts'
import { type Area, cellText, type Part, wrapText } from '../screen/screen.ts'
import { formatSpan } from '../times.ts'

/** The first line: what is looked at and how good it is. */
function firstLine(s: PortsSnapshot, area: Area): string {
  const ports: readonly Part[] = [
    { text: plural(s.ports, 'port'), min: 10, priority: 1, align: 'right' },
    { text: s.down > 0 ? `${formatCount(s.down)} down` : '', min: 9, priority: 3, paint: area.colours.doubtful },
  ]
  return sourceLine(s, ports, area)
}

const orders: Readonly<Record<PortSort, string>> = {
  utilization: 'busiest first',
  rate: 'most traffic first',
  in: 'most received first',
  out: 'most sent first',
  errors: 'most errors first',
  discards: 'most discards first',
  packets: 'most packets first',
  ratio: 'doubtful sampling first',
  name: 'by name',
}

/** The second line: what was asked, and how many ports have trouble. */
function questionLine(s: PortsSnapshot, area: Area): string {
  const window = s.windowMs === 'all' ? 'since the start' : `${formatSpan(s.windowMs)} window`
  const listed = s.rows.length < s.ports ? `${formatCount(s.rows.length)} listed, ${orders[s.sort]}` : orders[s.sort]
  const trouble = [
    [s.withErrors, 'with errors'],
    [s.withDiscards, 'with discards'],
    [s.samplingOff, 'with a doubtful sampling rate'],
  ] as const
  const told = trouble.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`)
  const parts = [listed, window, ...(s.filter === null ? [] : [`where ${s.filter}`]), ...told]
  return contextLine(parts, area)
}

export const headLines = (s: PortsSnapshot, area: Area): string[] => [firstLine(s, area), questionLine(s, area)]

/** Why there is no port, and what to do. */
export function emptyLines(s: PortsSnapshot, area: Area): string[] {
  if (s.datagrams === 0) return silenceLines(s, area)
  const text = (line: string) => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  const source = cellText(s.source)
  const span = formatSpan(Math.floor(s.seconds) * 1000)
  if (s.filter !== null) {
    return [
      '',
      ...text('The filter lets no port through:'),
      ...text(cellText(s.filter)).map((line) => `  ${line}`),
      ...text(
        'It is asked of counter samples, so it needs attributes that these have, such as ifspeed, ifname, agent.',
      ),
      ...text('f changes it.'),
    ]
  }
  return [
    '',
    ...text(
      `${plural(s.datagrams, 'datagram')} came from ${source} in ${span}, and no counters of an interface in them.`,
    ),
    ...text('Agents send them every 20 to 30 s, where a polling interval is configured.'),
  ]
}
