// Owns what is said of one group or job in the screen of `sonde period`, in words. See ../period-screen.ts. What tables say too is in
// ../../cycles/texts.ts.

import type { CycleRow } from '../../cycles/snapshot.ts'
import { findingText, type Numbers, shapeTexts, stragglerText } from '../../cycles/texts.ts'
import { periodText } from '../../period/period-text.ts'
import { formatCount, formatPercent, formatSi, plural } from '../numbers.ts'
import { formatLocalClock, formatSpan } from '../times.ts'

const numbers: Numbers = { count: formatCount, si: formatSi, percent: formatPercent }

/** The machine's own time of day, to the second. */
const clockText = (ms: number): string => formatLocalClock(Math.floor(ms / 1000), 0).slice(0, 8)

/** `0.697 s ± 0.001 (p < 1e-6, 96 cycles)`, or why there is none. */
export const foundText = (row: CycleRow): string => findingText(row, numbers)

/** `busy 29 % · 1 burst · 41.9 GB/step · now 1.20 k/s · 412 samples in 40 s`: what is known of these. */
export function detailText(row: CycleRow): string {
  const { perSecond, samples, windowSeconds } = row
  const parts = [
    ...shapeTexts(row, numbers),
    ...(perSecond === null ? [] : [`now ${formatSpeed(perSecond)}`]),
    `${plural(samples, 'sample')}${windowSeconds === null ? '' : ` in ${Math.round(windowSeconds)} s`}`,
  ]
  return parts.join(' · ')
}

const formatSpeed = (perSecond: number): string => (perSecond === 0 ? '0 /s' : formatSi(perSecond, '/s'))

/** What else is to be known of it, a sentence each; the straggler first. */
export function remarksOf({ straggler, hold, change, hosts }: CycleRow): string[] {
  const remarks: string[] = []
  if (straggler !== null) {
    const of = `${plural(straggler.steps, 'step')} seen, ${plural(straggler.ports, 'port')} compared`
    remarks.push(`last to end: ${stragglerText(straggler, numbers)} · ${of}`)
  }
  if (hold !== null && hold.share > 0) {
    const hidden = hold.shortestSeconds > 0 ? `: periods below ${hold.shortestSeconds.toFixed(1)} s can't be told` : ''
    const span = formatSpan(hold.seconds * 1000)
    remarks.push(`${formatPercent(hold.share)} of the samples held by agents for up to ${span}${hidden}`)
  }
  if (change !== null) {
    const { timeMs, fromSeconds, toSeconds } = change
    remarks.push(`changed at ${clockText(timeMs)}: ${periodText(fromSeconds, null)} → ${periodText(toSeconds, null)}`)
  }
  if (hosts !== null) remarks.push(`${plural(hosts.length, 'host')}: ${hosts.join(', ')}`)
  return remarks
}
