// Owns what is said of one group or job in the screen of `sonde period`, in words. See ../period-screen.ts. Start at foundText.

import type { CycleRow, CycleStraggler } from '../../cycles/snapshot.ts'
import { chanceText, periodText } from '../../period/period-text.ts'
import { formatCount, formatPercent, formatSi } from '../numbers.ts'
import { formatLocalClock, formatSpan } from '../times.ts'

const plural = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`

/** The machine's own time of day, to the second. */
export const clockText = (ms: number): string => formatLocalClock(Math.floor(ms / 1000), 0).slice(0, 8)

/** `0.697 s ± 0.001 (p < 1e-6, 96 cycles)`, or why there is none. */
export function foundText(row: CycleRow): string {
  const { periodSeconds, errorSeconds, p, cyclesSeen } = row
  if (periodSeconds === null) return row.reason ?? 'nothing known yet'
  const sure = [
    ...(p === null ? [] : [chanceText(p)]),
    ...(cyclesSeen === null ? [] : [plural(Math.floor(cyclesSeen), 'cycle')]),
  ]
  return `${periodText(periodSeconds, errorSeconds)}${sure.length > 0 ? ` (${sure.join(', ')})` : ''}`
}

/** `busy 29 % · 1 burst · 41.9 GB a step · 1.20 k/s · 412 samples in 40 s`: what is known of these. */
export function detailText(row: CycleRow): string {
  const { dutyCycle, burstsPerStep, bytesPerStep, perSecond, samples, windowSeconds } = row
  const parts = [
    ...(dutyCycle === null ? [] : [`busy ${formatPercent(dutyCycle)}`]),
    ...(burstsPerStep === null ? [] : [plural(burstsPerStep, 'burst')]),
    ...(bytesPerStep === null ? [] : [`${formatSi(bytesPerStep, 'B')} a step`]),
    ...(perSecond === null ? [] : [`now ${formatSi(perSecond, '/s')}`]),
    `${plural(samples, 'sample')}${windowSeconds === null ? '' : ` in ${Math.round(windowSeconds)} s`}`,
  ]
  return parts.join(' · ')
}

/** `last to end: leaf2 Ethernet7, +41 ms ± 9 in 88 % of 96 steps, of 8 ports` */
export function stragglerText({ node, port, lagSeconds, errorSeconds, often, steps, ports }: CycleStraggler): string {
  const digits = lagSeconds < 0.01 ? 1 : 0
  const ms = (seconds: number): string => (seconds * 1000).toFixed(digits)
  const share = formatPercent(often)
  return `last to end: ${node} ${port}, +${ms(lagSeconds)} ms ± ${ms(errorSeconds)} in ${share} of ${plural(steps, 'step')}, of ${plural(ports, 'port')}`
}

/** What else is to be known of it, a sentence each, doubtful or not. */
export function remarksOf({ straggler, hold, change, hosts }: CycleRow): string[] {
  const remarks: string[] = []
  if (straggler !== null) remarks.push(stragglerText(straggler))
  if (hold !== null && hold.share > 0) {
    const hidden = hold.shortestSeconds > 0 ? `: periods below ${hold.shortestSeconds.toFixed(1)} s can't be told` : ''
    remarks.push(
      `${formatPercent(hold.share)} of the samples held by agents for up to ${formatSpan(hold.seconds * 1000)}${hidden}`,
    )
  }
  if (change !== null) {
    const { timeMs, fromSeconds, toSeconds } = change
    remarks.push(`changed at ${clockText(timeMs)}: ${periodText(fromSeconds, null)} → ${periodText(toSeconds, null)}`)
  }
  if (hosts !== null) remarks.push(`${plural(hosts.length, 'host')}: ${hosts.join(', ')}`)
  return remarks
}
