// Owns what "lost" is, wherever one number says it: datagrams that are missing by the agents' sequence numbers, of all that
// were sent, since the start. Samples that are missing, or that agents dropped themselves, are named so. Start at lostShareOf.

import { agentTotals } from '../agents/totals.ts'
import type { Style } from '../print/style.ts'
import type { Reading } from './reading.ts'

/** 0 to 1; null before the first datagram. A walk over all agents. */
export function lostShareOf<Window>({ agents, gate }: Reading<Window>): number | null {
  const { lost } = agentTotals(agents)
  const sent = gate.opened + lost
  return sent > 0 ? lost / sent : null
}

/** For headings: `lost 1.4 % of datagrams`. */
export function lostText(share: number | null, style: Style): string {
  const text = `lost ${share === null ? '-' : `${style.percent(share)} of datagrams`}`
  return share !== null && share > 0 ? style.bad(text) : text
}
