// Owns what --fail-if can ask about every run: what came, loss of every kind. Counts since the start. Start at runFacts.

import { agentTotals } from '../agents/totals.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { Datum } from './column.ts'
import type { Reading } from './reading.ts'

const count = (name: string, doc: string): ConditionName => ({ name, unit: 'count', doc })

/** As listen's --dump-when names them; here they count from the start. */
export const runFactNames: readonly ConditionName[] = [
  count('datagrams', 'datagrams of version 5'),
  count('flow_samples', 'flow samples'),
  count('counter_samples', 'counter samples'),
  count('discards', 'notifications of packets that switches discarded'),
  count('agents', 'agents heard'),
  count('lost', 'datagrams missing by the agents’ sequence numbers'),
  { name: 'lost_share', unit: 'share', doc: 'of all datagrams that were sent; null before the first' },
  count('late', 'datagrams that later ones had overtaken'),
  count('duplicates', 'datagrams that came twice'),
  count('restarts', 'agents that restarted'),
  count('drops', 'samples that the agents say they dropped themselves'),
  count('issues', 'problems met in decoding'),
]

/** @param issues problems met in decoding */
export function runFacts<Window>(reading: Reading<Window>, issues: number): Readonly<Record<string, Datum>> {
  const totals = agentTotals(reading.agents)
  const sent = reading.gate.opened + totals.lost
  return {
    datagrams: reading.gate.opened,
    flow_samples: totals.flowSamples,
    counter_samples: totals.counterSamples,
    discards: totals.discards,
    agents: totals.agents,
    lost: totals.lost,
    lost_share: sent > 0 ? totals.lost / sent : null,
    late: totals.late,
    duplicates: totals.duplicates,
    restarts: totals.restarts,
    drops: totals.drops,
    issues,
  }
}
