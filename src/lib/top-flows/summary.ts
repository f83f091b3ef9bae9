// Owns what is said when a screen is left: what came and what was lost. Start at summaryLine.

import { formatCount } from '../errors.ts'
import type { TopFlowsSnapshot } from './snapshot.ts'

export function summaryLine({ datagrams, seen, lostShare, seconds }: TopFlowsSnapshot): string {
  const lost = lostShare === null ? 'not known' : `${(lostShare * 100).toFixed(lostShare > 0 ? 2 : 0)} % of datagrams`
  const span = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))
  return `${span} s: ${formatCount(datagrams)} datagrams, ${formatCount(seen)} samples for the last question; lost: ${lost}.`
}
