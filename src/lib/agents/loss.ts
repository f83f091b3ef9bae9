// Owns the loss of a whole run: totals of every kind, and in words what can't be known. Knows no output. Start at lossOf.

import { formatCount } from '../errors.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { AgentTable } from './agents.ts'
import { AgentCount } from './columns.ts'
import { type AgentSummary, jumps, kindNames, type SequencedKind, summarise } from './summary.ts'

export interface LossSummary {
  datagrams: number
  /** Missing by sequence numbers, between the first and the last datagram of each life of each agent. */
  lost: number
  late: number
  duplicates: number
  restarts: number
  flow: { samples: number; lost: number }
  counters: { samples: number; lost: number }
  discard: { samples: number; lost: number }
  /** Flow samples and discards that agents say they lost themselves. */
  agent_drops: number
  /** Steps of the field with their count that no agent can mean; they are not counted. */
  agent_drops_implausible: number
  /** What the bounds pushed out; all 0 unless there were too many agents, data sources or names. */
  agents_forgotten: number
  sources_forgotten: number
  names_forgotten: number
  /** What can't be known, one sentence each. */
  unknown: string[]
}

/**
 * Loss of every kind, of all agents ever met, those that were forgotten included.
 * @param agents from `summarise`, where the caller has them already
 */
export function lossOf(table: AgentTable, agents: readonly AgentSummary[] = summarise(table)): LossSummary {
  const { forgotten } = table
  const total = (column: number, of: (agent: AgentSummary) => number | null): number =>
    agents.reduce((sum, agent) => sum + (of(agent) ?? 0), forgotten[column]!)
  const kind = (k: SequencedKind): { samples: number; lost: number } => ({
    samples: total(AgentCount.samples + k, (x) => x[kindNames[k]].samples),
    lost: total(AgentCount.samplesLost + k, (x) => x[kindNames[k]].lost),
  })
  return {
    datagrams: total(AgentCount.datagrams, (x) => x.datagrams),
    lost: total(AgentCount.lost, (x) => x.lost),
    late: total(AgentCount.late, (x) => x.late),
    duplicates: total(AgentCount.duplicates, (x) => x.duplicates),
    restarts: total(AgentCount.restarts, (x) => x.restarts),
    flow: kind(SampleKind.flow),
    counters: kind(SampleKind.counters),
    discard: kind(SampleKind.discard),
    agent_drops:
      forgotten[AgentCount.drops + SampleKind.discard]! +
      total(AgentCount.drops + SampleKind.flow, (x) => x.agent_drops),
    agent_drops_implausible: table.sampling.drops.implausible,
    agents_forgotten: table.agents.evictions,
    sources_forgotten: table.sources.evictions,
    names_forgotten: table.names.evictions,
    unknown: statements(table, agents),
  }
}

function statements(table: AgentTable, agents: readonly AgentSummary[]): string[] {
  const said: string[] = []
  if (agents.length === 0) return said
  said.push('What was lost before the first and after the last datagram of each agent is not known.')
  const restarts = agents.reduce((sum, x) => sum + x.restarts, 0)
  if (restarts > 0) {
    said.push(
      `Agents restarted ${formatCount(restarts)} time${restarts === 1 ? '' : 's'}: what was lost just before is not known.`,
    )
  }
  const restartedSources = agents.reduce(
    (sum, x) => sum + x.flow.restarts + x.counters.restarts + x.discard.restarts,
    0,
  )
  if (restartedSources > 0) {
    said.push(
      `Data sources began to count anew ${formatCount(restartedSources)} times: samples lost just before are not known.`,
    )
  }
  let stuck = 0
  let jumping = 0
  for (const agent of table.agents.slots()) {
    if (table.lives.stuck(agent)) stuck++
    else if (jumps(table, agent)) jumping++
  }
  if (stuck > 0) said.push(`${agentsText(stuck)} without moving sequence numbers: nothing is known of lost datagrams.`)
  if (jumping > 0) {
    said.push(
      `${agentsText(jumping)} with sequence numbers that jump back and forth, as if several shared an address and sub-agent id: nothing is known of lost datagrams.`,
    )
  }
  const mute = agents.reduce((sum, x) => sum + x.sources.filter((source) => source.lost === null).length, 0)
  if (mute > 0) {
    said.push(
      `${formatCount(mute)} data source${mute === 1 ? '' : 's'} whose sequence numbers stand still or jump: nothing is known of lost samples.`,
    )
  }
  const { implausible } = table.sampling.drops
  if (implausible > 0) {
    said.push(
      `${formatCount(implausible)} step${implausible === 1 ? '' : 's'} of the count of samples that agents dropped themselves ${implausible === 1 ? 'is' : 'are'} implausible and not counted.`,
    )
  }
  const { agents: agentSlots, sources, names } = table
  bound(said, 'agents', agentSlots.most, agentSlots.evictions)
  bound(said, 'data sources', sources.most, sources.evictions)
  bound(said, 'names', names.most, names.evictions)
  return said
}

function agentsText(count: number): string {
  return count === 1 ? '1 agent' : `${formatCount(count)} agents`
}

function bound(said: string[], what: string, most: number, evictions: number): void {
  if (evictions === 0) return
  said.push(
    `The bound of ${formatCount(most)} ${what} was reached: ${formatCount(evictions)} were forgotten, least recently heard first.`,
  )
}
