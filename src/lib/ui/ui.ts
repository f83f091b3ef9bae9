// Owns what a person sees: colour, escaping, widths, tables, progress, numbers and times as text, and how failures are told.
// Knows no sFlow and reads no input; the only folder of lib that may import chalk, cli-table3 or ink, or touch process.
// Start with colour.ts (when is colour on), then table.ts.

export type { Colours } from './colour.ts'
export { createColours } from './colour.ts'
export { escapeText } from './escape-text.ts'
export { formatBits, formatCount, formatIec, formatPercent, formatSi } from './numbers.ts'
export { Progress } from './progress.ts'
export type { Column } from './table.ts'
export { formatTable } from './table.ts'
export type { TerminalOptions } from './terminal.ts'
export { Terminal } from './terminal.ts'
export { formatLocalClock, formatLocalDay, formatLocalTime, formatSpan, formatUtcTime } from './times.ts'
export { displayWidth, padEnd, padStart, truncate } from './width.ts'
