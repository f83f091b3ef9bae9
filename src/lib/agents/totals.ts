// Owns the totals of all agents that an AgentTable knows, forgotten ones too. See agents.ts. Start at agentTotals.

import { SampleKind } from '../sflow/samples.ts'
import type { AgentTable } from './agents.ts'
import { AGENT_COUNTS, AgentCount } from './columns.ts'
import { countsNothing } from './summary.ts'

/** Counts of an agent that go into the totals, with their columns. */
const columns = {
  flowSamples: AgentCount.samples + SampleKind.flow,
  counterSamples: AgentCount.samples + SampleKind.counters,
  discards: AgentCount.samples + SampleKind.discard,
  late: AgentCount.late,
  duplicates: AgentCount.duplicates,
  restarts: AgentCount.restarts,
} as const

/** Counts since the start. A datagram that was missing and comes late takes one back. */
export interface AgentTotals extends Record<keyof typeof columns, number> {
  /** Datagrams missing by sequence numbers. */
  lost: number
  /** Samples that agents say they dropped themselves. */
  drops: number
  /** Agents (address and sub-agent) heard; one that was forgotten counts anew. */
  agents: number
}

/** The part of the totals that an AgentTable knows, of forgotten agents too. A walk over its agents: once a second. */
export function agentTotals(table: AgentTable): AgentTotals {
  table.settle()
  const totals = { lost: 0, drops: 0, agents: table.agents.count + table.agents.evictions, ...emptyColumns() }
  const add = (counts: Float64Array, at: number, countsLoss: boolean): void => {
    for (const name of columnNames) totals[name] += counts[at + columns[name]]!
    totals.drops +=
      counts[at + AgentCount.drops + SampleKind.flow]! + counts[at + AgentCount.drops + SampleKind.discard]!
    if (countsLoss) totals.lost += counts[at + AgentCount.lost]!
  }
  add(table.forgotten, 0, true)
  for (const agent of table.agents.slots()) add(table.agentCounts, agent * AGENT_COUNTS, !countsNothing(table, agent))
  return totals
}

const columnNames = Object.keys(columns) as (keyof typeof columns)[]

function emptyColumns(): Record<keyof typeof columns, number> {
  return { flowSamples: 0, counterSamples: 0, discards: 0, late: 0, duplicates: 0, restarts: 0 }
}
