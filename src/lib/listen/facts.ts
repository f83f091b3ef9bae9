// Owns what --dump-when can ask about: counts of the last second, by name. Knows no condition and no clock. Start at
// ListenFacts.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_COUNTS, AgentCount } from '../agents/columns.ts'
import { countsNothing } from '../agents/summary.ts'
import type { ConditionName } from '../parse/condition.ts'
import { SampleKind } from '../sflow/samples.ts'

/** Counts since the start, each only growing; null where this system does not tell. */
export interface ListenTotals {
  datagrams: number
  /** Payload of these, bytes. */
  bytes: number
  /** Samples of each kind that AgentTable has counted: duplicates are left out. */
  flowSamples: number
  counterSamples: number
  discards: number
  lost: number
  late: number
  duplicates: number
  restarts: number
  drops: number
  kernelDropped: number | null
  queueDropped: number
  refused: number
  issues: number
  /** Datagrams that --write and --forward could not write or send. */
  failed: number
  /** Agents (address and sub-agent) heard; one that was forgotten counts anew. */
  agents: number
}

/** What changed in the last second. */
export interface ListenFacts {
  readonly lost: number
  readonly kernel_dropped: number | null
  readonly queue_dropped: number
  readonly drops: number
  readonly discards: number
  readonly flow_samples: number
  readonly counter_samples: number
  readonly late: number
  readonly duplicates: number
  readonly restarts: number
  readonly issues: number
  readonly refused: number
  readonly failed: number
  readonly agents: number
  readonly new_agents: number
  readonly datagrams: number
  readonly datagrams_per_s: number
  readonly bits_per_s: number
}

const count = (name: keyof ListenFacts, doc: string): ConditionName => ({ name, unit: 'count', doc })

/** The names of a condition over ListenFacts. All are of the last second but `agents`. */
export const listenFactNames: readonly ConditionName[] = [
  count('lost', 'datagrams missing by the agents’ sequence numbers'),
  count('kernel_dropped', 'datagrams dropped because the receive buffer was full; null where the system does not tell'),
  count('queue_dropped', 'datagrams dropped because sonde was too slow'),
  count('drops', 'samples that the agents say they dropped themselves'),
  count('discards', 'notifications of packets that switches discarded'),
  count('flow_samples', 'flow samples'),
  count('counter_samples', 'counter samples'),
  count('late', 'datagrams that later ones had overtaken'),
  count('duplicates', 'datagrams that came twice'),
  count('restarts', 'agents that restarted'),
  count('issues', 'problems met in decoding'),
  count('refused', 'datagrams of senders that --allow does not name'),
  count('failed', 'datagrams that --write or --forward could not write or send'),
  count('agents', 'agents heard since the start'),
  count('new_agents', 'agents heard for the first time'),
  count('datagrams', 'datagrams received'),
  { name: 'datagrams_per_s', unit: 'rate', doc: 'datagrams a second' },
  { name: 'bits_per_s', unit: 'rate', doc: 'bits a second, payload of UDP' },
]

/** Counts of an agent that go into the totals, with their columns. */
const columns = {
  flowSamples: AgentCount.samples + SampleKind.flow,
  counterSamples: AgentCount.samples + SampleKind.counters,
  discards: AgentCount.samples + SampleKind.discard,
  late: AgentCount.late,
  duplicates: AgentCount.duplicates,
  restarts: AgentCount.restarts,
} as const

export type AgentTotals = Pick<ListenTotals, keyof typeof columns | 'lost' | 'drops' | 'agents'>

/** The part of the totals that an AgentTable knows, of forgotten agents too. A walk over its agents: once a second. */
export function agentTotals(table: AgentTable): AgentTotals {
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

/**
 * What changed between two moments. Counts that were taken back in between (a datagram that was missing came late) are 0.
 * @param seconds between them
 */
export function factsBetween(before: ListenTotals, after: ListenTotals, seconds: number): ListenFacts {
  const grown = (of: (totals: ListenTotals) => number): number => Math.max(0, of(after) - of(before))
  const perSecond = (value: number): number => (seconds > 0 ? value / seconds : 0)
  const datagrams = grown((x) => x.datagrams)
  return {
    lost: grown((x) => x.lost),
    kernel_dropped:
      before.kernelDropped === null || after.kernelDropped === null ? null : grown((x) => x.kernelDropped ?? 0),
    queue_dropped: grown((x) => x.queueDropped),
    drops: grown((x) => x.drops),
    discards: grown((x) => x.discards),
    flow_samples: grown((x) => x.flowSamples),
    counter_samples: grown((x) => x.counterSamples),
    late: grown((x) => x.late),
    duplicates: grown((x) => x.duplicates),
    restarts: grown((x) => x.restarts),
    issues: grown((x) => x.issues),
    refused: grown((x) => x.refused),
    failed: grown((x) => x.failed),
    agents: after.agents,
    new_agents: grown((x) => x.agents),
    datagrams,
    datagrams_per_s: perSecond(datagrams),
    bits_per_s: perSecond(grown((x) => x.bytes) * 8),
  }
}
