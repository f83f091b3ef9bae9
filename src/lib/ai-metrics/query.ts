// Owns what is asked, as texts and numbers that can go to a thread, and reading the files that it needs. See ai-metrics.ts for the
// folder. Start at AiQuery.

import type { AgentTable } from '../agents/agents.ts'
import { InputError } from '../errors.ts'
import { loadLanguageData } from '../expression/data/load.ts'
import type { GroupSet } from '../expression/data.ts'
import type { Aggregation, RateOverride } from '../flow/options.ts'
import { noPeriod, type PeriodMethod } from '../period/period.ts'
import { loadTopology } from '../topo/load-topology.ts'
import type { Topology } from '../topo/topology.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { AiEngine } from './engine.ts'
import type { AiBy } from './rows.ts'

export const aiBys = ['port', 'link', 'qp', 'group'] as const satisfies readonly AiBy[]

export interface AiQuery {
  readonly windowMs: number | 'all'
  readonly latenessMs: number
  readonly agg: Aggregation | undefined
  readonly rates: readonly RateOverride[]
  readonly compat: boolean
  readonly by: AiBy | undefined
  readonly top: number
  readonly trimDscp: number
}

/** As flags say it; it can go to a thread. */
export interface AiFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly topology: string | undefined
  readonly groups: readonly string[] | undefined
}

/** What does not change while it runs. */
export interface AiSettings {
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly topology: Topology | undefined
  readonly groups: readonly GroupSet[]
}

/** @throws InputError for a file that can't be read, or is of another form */
export async function loadAiSettings({ topology, groups, ...rest }: AiFiles): Promise<AiSettings> {
  const data = await loadLanguageData({ groups })
  return {
    ...rest,
    topology: topology === undefined ? undefined : await loadTopology(topology),
    groups: [...data.groups.values()],
  }
}

/** @throws InputError for a question that needs what was not given */
export function checkAiQuery({ by, agg }: AiQuery, { groups, topology }: AiSettings): void {
  if (agg === 'edge' && topology === undefined) {
    throw new InputError('--agg edge needs --topology: it says where the edge of the fabric is.', [
      'Without a topology: --agg max, the busiest switch.',
    ])
  }
  if (by === 'group' && groups.length === 0) {
    throw new InputError('--by group needs networks by name.', [
      'Add --groups FILE, such as {"rail1":["10.1.0.0/16"]}.',
    ])
  }
  if (by === 'link' && topology === undefined) {
    throw new InputError('--by link needs to know the links.', ['Add --topology FILE; sonde topo import makes one.'])
  }
}

/** @param period gets what enters the fabric */
export function aiEngine(
  query: AiQuery,
  settings: AiSettings,
  agents: AgentTable,
  period: PeriodMethod = noPeriod,
): AiEngine {
  const { topology, names, ignoreCase, groups } = settings
  const index = new TopologyIndex(topology, names ? agents.names : undefined, { ignoreCase })
  return new AiEngine({ ...query, index, hasTopology: topology !== undefined, groups, period }, agents)
}
