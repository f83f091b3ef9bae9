// Owns the lines around the charts of `sonde ai-metrics`, and what it says where there is nothing to draw. See
// ../ai-metrics-screen.ts.

import type { AiSnapshot, TrendKey } from '../../ai-metrics/snapshot.ts'
import { silenceLines, sourceLine } from '../analysis-page.ts'
import { formatCount, formatPercent, formatSi, plural } from '../numbers.ts'
import { type Area, cellText, fitParts, type Part, wrapText } from '../screen/screen.ts'
import { formatLocalClock, formatSpan } from '../times.ts'
import { truncate } from '../width.ts'
import type { Pointer } from './grid.ts'

/** Agents tell of something more often than that where there is traffic. */
const QUIET_MS = 5000

/** The first line: what is looked at and how good it is. */
const firstLine = (s: AiSnapshot, area: Area): string =>
  sourceLine(s, [{ text: plural(s.agents, 'agent'), min: 10, priority: 1, align: 'right' }], area)

/** The machine's own time of day, to the second. */
const clockText = (ms: number) => formatLocalClock(Math.floor(ms / 1000), 0).slice(0, 8)

/** The second line: which second the numbers are of, and what they rest on. */
function momentLine(s: AiSnapshot, { at, isSet }: Pointer, { columns, colours }: Area): string {
  const { times } = s.trend
  const { window } = s
  const time = times[at]
  if (time === undefined || window === null)
    return colours.dim(truncate(' waiting for the first window to end', columns))
  const span = s.windowMs === 1000 ? '' : `${formatSpan(s.windowMs)} `
  if (isSet) {
    const ago = formatSpan(Math.round((times.at(-1)! - time) / 1000) * 1000)
    return colours.accent(
      truncate(` ┊ ${span}to ${clockText(time)}, ${ago} before the newest · end or ⌫: the newest again`, columns),
    )
  }
  const parts = [
    `${span}to ${clockText(time)}`,
    ...(window.quietMs < QUIET_MS
      ? [window.aggLabel]
      : [`no datagram for ${formatSpan(Math.floor(window.quietMs / 1000) * 1000)}`]),
    `${plural(window.samples, 'sample')}, ${formatCount(Math.round(window.roceSamples))} of RoCE count`,
    ...(window.compat ? ['--compat'] : []),
    ...(s.hasTopology ? [] : ['no topology']),
  ]
  return colours.dim(truncate(` ${cellText(parts.join(' · '))}`, columns))
}

/** @param pointer what the numbers are of */
export const headLines = (s: AiSnapshot, pointer: Pointer, area: Area): string[] => [
  firstLine(s, area),
  momentLine(s, pointer, area),
]

/** `1.47 k/s`; `-` for unknown. */
export function rateText(s: AiSnapshot, key: TrendKey, at: number, unit: string): string {
  const value = s.trend.values[key][at] ?? null
  return value === null ? '-' : value === 0 ? '0' : formatSi(value, unit)
}

/** The least even tier of parallel links; undefined where there is none. */
export function worstTier({ window }: AiSnapshot): string | undefined {
  const tiers = window?.ecmp ?? []
  if (tiers.length === 0) return undefined
  const worst = tiers.reduce((a, b) => (b.maxOverMean > a.maxOverMean ? b : a))
  const { link, share } = worst.busiest
  return cellText(`${worst.tier}: ${link} ${formatPercent(share)}, ${worst.maxOverMean.toFixed(2)} × even`)
}

/** What is in none of the charts, in one line. */
export function moreLine(s: AiSnapshot, at: number, { columns, colours }: Area): string {
  const paint = (key: TrendKey) => ((s.trend.values[key][at] ?? 0) > 0 ? colours.bad : undefined)
  const tier = worstTier(s)
  const parts: Part[] = [
    { text: `RoCE ${rateText(s, 'roce_pps', at, 'pkt/s')}`, min: 17, priority: 0 },
    { text: `messages ${rateText(s, 'messages_pps', at, '/s')}`, min: 18, priority: 1 },
    { text: `NAK ${rateText(s, 'nak_pps', at, '/s')}`, min: 12, priority: 2, paint: paint('nak_pps') },
    { text: `RNR NAK ${rateText(s, 'rnr_nak_pps', at, '/s')}`, min: 16, priority: 3, paint: paint('rnr_nak_pps') },
  ]
  if (tier !== undefined) parts.push({ text: `ECMP ${tier}`, min: 24, max: 80, priority: 4 })
  return fitParts(parts, columns)
}

/** In place of charts, while no window is over: why, and what to do. */
export function emptyLines(s: AiSnapshot, area: Area): string[] {
  if (s.datagrams === 0) return silenceLines(s, area)
  const text = (line: string) => wrapText(line, area.columns - 2).map((part) => ` ${part}`)
  return [
    '',
    ...text(`${plural(s.datagrams, 'datagram')} came from ${cellText(s.source)}.`),
    ...text(
      `The first window, of ${formatSpan(s.windowMs)}, is not over: agents hold samples back for up to a second, and later ones are waited for.`,
    ),
  ]
}
