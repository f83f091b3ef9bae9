// Owns what is said when a screen is left: what came and what was lost. Start at summaryLine.

import { formatCount } from '../errors.ts'
import type { TopFlowsSnapshot } from './snapshot.ts'

export function summaryLine({ datagrams, seen, lostShare, seconds }: TopFlowsSnapshot): string {
  const lost = lostShare === null ? 'not known' : `${percentText(lostShare)} of datagrams`
  const span = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))
  return `${span} s: ${formatCount(datagrams)} datagrams, ${formatCount(seen)} samples for the last question; lost: ${lost}.`
}

/** What is not 0 never reads `0 %`, what is not all never `100 %`. */
function percentText(share: number): string {
  const percent = share * 100
  if (percent === 0 || percent === 100) return `${percent} %`
  return percent < 0.01 ? '< 0.01 %' : `${Math.min(99.99, percent).toFixed(2)} %`
}
