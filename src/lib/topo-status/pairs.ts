// Owns the engine that counts packets by pairs of hosts, for links that a topology lacks. See fabric.ts for the folder.

import type { AgentTable } from '../agents/agents.ts'
import { noData, parseKeys, parseValues } from '../expression/expression.ts'
import { FlowEngine } from '../flow/engine.ts'
import { flowDefaults } from '../flow/options.ts'
import type { AgentsSay } from '../topo/agents-say.ts'
import { type MissingLink, missingLinks } from '../topo/missing-links.ts'
import { pairKeys, pairValues, sightingsOf } from '../topo/sightings.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'

/** The pairs of hosts with most packets are enough: over a link that is used some of them go. */
const MOST_PAIRS = 1 << 14
const PAIR_ROWS = 4096
/** The same input gives the same rows. */
const SEED = 1

export function pairsEngine(agents: AgentTable): FlowEngine {
  const common = { ...flowDefaults, by: 'interface', bothSides: true, data: noData } as const
  const keys = parseKeys(pairKeys, 'keys')
  const values = parseValues(pairValues, 'values')
  return new FlowEngine({ ...common, keys, values, top: PAIR_ROWS, maxFlows: MOST_PAIRS }, agents, SEED)
}

/** Links that the packets so far show, and the topology lacks. */
export function linksMissedBy(
  pairs: FlowEngine | undefined,
  index: TopologyIndex,
  says: AgentsSay | undefined,
): readonly MissingLink[] {
  const missing = missingLinks(sightingsOf(pairs?.peek()?.rows ?? [], index))
  return says?.explain(missing) ?? missing
}
