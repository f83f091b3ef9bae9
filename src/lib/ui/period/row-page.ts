// Owns the page of one group or job in the screen of `sonde period`: all that is known of it, its charts. See ../period-screen.ts.

import type { CyclesSnapshot } from '../../cycles/snapshot.ts'
import { type Area, cellText, type Page, TextPage, wrapText } from '../screen/screen.ts'
import { rowCharts } from './charts.ts'
import { headLines } from './lines.ts'
import type { Profiles } from './profile.ts'
import { detailText, foundText, remarksOf } from './texts.ts'

/** Of charts, however low the terminal: it scrolls. */
const LEAST_CHARTS = 32

/** @param profiles kept by the page below, which takes no snapshots meanwhile: this one does */
export function rowPage(id: string, profiles: Profiles): Page<CyclesSnapshot> {
  return new TextPage({ head: headLines, body: (s, area) => body(s, id, profiles, area) })
}

function body(s: CyclesSnapshot, id: string, profiles: Profiles, area: Area): string[] {
  const { columns, colours } = area
  const rows = s.window?.rows ?? []
  const row = rows.find((one) => one.id === id)
  if (row === undefined) return ['', ' Nothing of this row came lately.']
  profiles.take(rows)
  const text = (line: string, paint = (same: string) => same): string[] =>
    wrapText(cellText(line), columns - 2, 2).map((part) => paint(` ${part}`))
  const lines = [
    '',
    ...text(row.name, colours.strong),
    ...text(foundText(row), row.periodSeconds === null ? colours.doubtful : colours.strong),
    ...text(detailText(row)),
    ...remarksOf(row).flatMap((remark, n) =>
      text(remark, n === 0 && row.straggler !== null ? colours.doubtful : undefined),
    ),
    '',
  ]
  const room = Math.max(LEAST_CHARTS, area.rows - lines.length - headLines(s, area).length)
  return [...lines, ...rowCharts(row, profiles.of(id), unitOf(s), { ...area, rows: room })]
}

/** What a second has, in the chart of 100 ms steps. */
export function unitOf({ value }: CyclesSnapshot): string {
  return value === 'frames' ? 'pkt/s' : value === 'bytes' ? 'B/s' : '/s'
}
