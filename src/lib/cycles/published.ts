// Owns what cycles publishes while it runs live. See cycles.ts for the folder. Start at cyclesPublished.

import type { AgentTable } from '../agents/agents.ts'
import type { Published } from '../analysis/publish.ts'
import type { Topology } from '../topo/topology.ts'
import { CyclesEngine } from './cycles.ts'
import { addCycleMetrics } from './metrics.ts'
import type { CyclesQuery, CyclesSettings } from './query.ts'
import type { CyclesWindow } from './snapshot.ts'

/** @param query as it is now @param withTopology an engine that starts from nothing, with another topology from now on */
export function cyclesPublished(
  settings: CyclesSettings,
  query: () => CyclesQuery,
  withTopology: (topology: Topology, agents: AgentTable) => CyclesEngine,
): Published<CyclesWindow> {
  return {
    metrics: addCycleMetrics,
    peek: (engine) => (engine instanceof CyclesEngine ? engine.peek() : undefined),
    lengthMs: () => {
      const { everyMs } = query()
      return everyMs === 'end' ? Number.POSITIVE_INFINITY : everyMs
    },
    timeMs: ({ endMs }) => endMs,
    places: settings,
    setTopology: (topology, _engine, agents) => withTopology(topology, agents),
  }
}
