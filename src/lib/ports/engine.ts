// Owns the engine of ports: what is asked becomes filter, names and places. See analysis.ts for the folder. Start at portsEngine.

import type { AgentTable } from '../agents/agents.ts'
import type { SampleView } from '../attributes/context.ts'
import { compileFilter, type Filter, parseFilter } from '../expression/expression.ts'
import { PortsEngine } from '../port-rates/port-rates.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import type { PortsQuery, PortsSettings } from './query.ts'

/**
 * @param history keep the last rates, for a screen
 * @throws InputError for a filter that is not understood, or needs data that is not there
 */
export function portsEngine(
  query: PortsQuery,
  settings: PortsSettings,
  agents: AgentTable,
  history: boolean,
): PortsEngine {
  const topology = portsIndex(settings, agents)
  const filter = portsFilter(query.filter, settings, agents)
  return new PortsEngine(agents, { windowMs: query.windowMs, topology, filter, history })
}

/**
 * A filter on counter samples; undefined for ''.
 * @throws InputError as portsEngine
 */
export function portsFilter(
  text: string,
  settings: PortsSettings,
  agents: AgentTable,
): ((view: SampleView) => boolean) | undefined {
  const filter = parsePortsFilter(text)
  return filter && compileFilter(filter, { ...settings.data, ports: portsIndex(settings, agents) })
}

/** Undefined for ''. @throws InputError for what is not understood */
export function parsePortsFilter(text: string): Filter | undefined {
  return text === '' ? undefined : parseFilter(text, '--filter')
}

/** Names and places of ports. */
export function portsIndex({ topology, names, ignoreCase }: PortsSettings, agents: AgentTable): TopologyIndex {
  return new TopologyIndex(topology, names ? agents.names : undefined, { ignoreCase })
}
