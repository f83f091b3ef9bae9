// Owns the terminal's side of decode's cards and summaries: colour, escaping, widths, numbers. See ui.ts for the folder.

import type { Style, View } from '../print/style.ts'
import { blockBar } from './block-bar.ts'
import type { Colours } from './colour.ts'
import { escapeText } from './escape-text.ts'
import { formatCount, formatIec, formatPercent, formatSi } from './numbers.ts'
import { sparkline } from './screen/sparkline.ts'
import { formatTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { formatLocalClock, formatLocalDay, formatLocalTime, formatSpan, formatUtcTime } from './times.ts'
import { displayWidth } from './width.ts'

/** The style of a stream with these colours. */
export function decodeStyle(colours: Colours): Style {
  const { bad, doubtful, dim, accent, strong } = colours
  const style: Style = {
    bad,
    doubtful,
    dim,
    accent,
    strong,
    escape: escapeText,
    width: displayWidth,
    count: formatCount,
    si: formatSi,
    iec: formatIec,
    span: formatSpan,
    percent: formatPercent,
    bar: blockBar,
    spark: sparkline,
    table: (columns, rows) => formatTable(columns, rows, colours),
  }
  return Object.freeze(style)
}

/** How a person at this terminal sees decode's output. */
export function decodeView(terminal: Terminal, utc: boolean): View {
  const times = utc
    ? { time: formatUtcTime, day: () => '', clock: formatUtcTime }
    : { time: formatLocalTime, day: formatLocalDay, clock: formatLocalClock }
  return { style: decodeStyle(terminal.colours), width: terminal.columns, ...times }
}
