// Owns what the first pages of all screens of analyses look like: lines about the run above, notes below, in between what was
// found, or why nothing was. Knows no analysis. See ui.ts for the folder. Start at framed.

import type { RunState } from '../analysis/run-state.ts'
import { adviceLines } from './no-data.ts'
import { noteLines } from './notes.ts'
import { formatPercent } from './numbers.ts'
import { type Area, cellText, clockCell, fitParts, type Part, rateCell, wrapText } from './screen/screen.ts'
import { formatSpan } from './times.ts'
import { displayWidth, truncate } from './width.ts'

/** What is above and below. */
export interface Frame {
  readonly head: readonly string[]
  readonly notes: readonly string[]
  /** What could not be done, as EngineCommands tells it. */
  readonly refused: string | undefined
}

/** As many lines as the area has. @param middle gets the area that is left; what is too long is cut */
export function framed(
  { head, notes, refused }: Frame,
  area: Area,
  middle: (area: Area) => readonly string[],
): readonly string[] {
  const below = noteLines(notes, refused, area)
  const rows = Math.max(1, area.rows - head.length - below.length)
  const lines = [...head, ...middle({ ...area, rows }).slice(0, rows)]
  while (lines.length < rows + head.length) lines.push('')
  return [...lines, ...below]
}

/** What of a run is in the first line, at its place among what else is there. */
export const runParts = {
  source({ source, served }: RunState, { colours }: Area): Part {
    const listens = cellText(source)
    const text = served === undefined ? listens : `${listens} · ${served}`
    const wide = displayWidth(text)
    return { text, min: Math.min(21, wide), max: Math.min(60, wide), priority: 0, paint: colours.strong }
  },
  clock: ({ seconds }: RunState, priority: number): Part => ({
    text: clockCell(seconds),
    min: 6,
    priority,
    align: 'right',
  }),
  rate: ({ datagramsPerSecond }: RunState, priority: number): Part => ({
    text: `${rateCell(datagramsPerSecond)} datagrams/s`,
    min: 17,
    priority,
    align: 'right',
  }),
  lost: ({ lostShare }: RunState, { colours }: Area, priority: number): Part => ({
    text: `lost ${lostShare === null ? '-' : formatPercent(lostShare)}`,
    min: 12,
    priority,
    paint: lostShare !== null && lostShare > 0 ? colours.bad : undefined,
  }),
}

/** Where there is room, it is told how many datagrams come. */
const WIDE = 100

/** The first line of most screens: what is looked at and how good it is. @param things what of it there is, between the two */
export function sourceLine(s: RunState, things: readonly Part[], area: Area): string {
  const { source, clock, rate, lost } = runParts
  const parts = [source(s, area), clock(s, 4), ...things, lost(s, area, 2)]
  return fitParts(area.columns >= WIDE ? [...parts, rate(s, 5)] : parts, area.columns)
}

/** A line of context, `a · b · c`: cut where it is too long. Parts are made safe for a terminal. */
export function contextLine(parts: readonly string[], { columns, colours }: Area): string {
  return colours.dim(truncate(` ${cellText(parts.join(' · '))}`, columns))
}

/** In place of rows, where no datagram came: for how long, and what to check. */
export function silenceLines({ source, seconds }: RunState, area: Area): string[] {
  const text = (line: string) => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  const name = cellText(source)
  if (!/^udp:/.test(source)) return ['', ...text(`Nothing was read from ${name} yet.`)]
  const span = formatSpan(Math.floor(seconds) * 1000)
  const silence = seconds < 1 ? `Nothing has come to ${name} yet.` : `Nothing came to ${name} in ${span}.`
  return ['', ...text(silence), '', ...adviceLines(source, area)]
}
