// Owns what a listener publishes of each agent and each side as metrics. What it says of all of them together is in
// serve/own-metrics.ts. Start at addListenMetrics.

import type { Labels, MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import type { AgentRow, ListenSnapshot, SideState } from './snapshot.ts'

interface Metric<T> extends MetricDefinition {
  readonly of: (row: T) => number | null
}

const counter = <T>(name: string, help: string, of: Metric<T>['of']): Metric<T> => ({
  name: `sonde_${name}_total`,
  help,
  type: 'counter',
  of,
})
const gauge = <T>(name: string, help: string, of: Metric<T>['of']): Metric<T> => ({
  name: `sonde_${name}`,
  help,
  type: 'gauge',
  of,
})

/** At most 1000 agents, those with most datagrams. */
const agentMetrics: readonly Metric<AgentRow>[] = [
  counter('agent_datagrams', 'datagrams received of this agent', (x) => x.datagrams),
  gauge('agent_datagrams_per_second', 'datagrams received of this agent per second', (x) => x.datagramsPerSecond),
  gauge('agent_lost_datagrams', 'datagrams of this agent missing by its sequence numbers', (x) => x.lost),
  counter('agent_own_dropped_samples', 'samples that this agent says it dropped itself', (x) => x.ownDrops),
  gauge('agent_effective_sampling_rate', 'packets a received flow sample of this agent', (x) => x.effectiveRate),
  gauge('agent_last_datagram_timestamp_seconds', 'arrival of the newest datagram, seconds since 1970', (x) => {
    const ms = Date.parse(x.lastTime)
    return Number.isNaN(ms) ? null : ms / 1000
  }),
]

const kinds = ['flow', 'counters', 'discard'] as const
const SAMPLES = {
  name: 'sonde_agent_samples_total',
  help: 'samples received of this agent, by kind',
  type: 'counter',
} as const
const LOST = {
  name: 'sonde_agent_lost_samples',
  help: 'samples of this agent missing by their own sequence numbers, by kind',
  type: 'gauge',
} as const

const sideMetrics: readonly Metric<SideState>[] = [
  counter('side_datagrams', 'datagrams written to this file or sent to this collector', (x) => x.datagrams),
  counter('side_failed_datagrams', 'datagrams that could not be written or sent', (x) => x.failed),
]

export function addListenMetrics({ agents, sides }: ListenSnapshot, into: MetricTable): void {
  for (const metric of agentMetrics) for (const row of agents) into.add(metric, agentLabels(row), metric.of(row))
  for (const row of agents) {
    for (const kind of kinds) {
      const labels = [...agentLabels(row), ['kind', kind] as const]
      into.add(SAMPLES, labels, row[kind].samples)
      into.add(LOST, labels, row[kind].lost)
    }
  }
  for (const metric of sideMetrics) {
    for (const side of sides)
      into.add(
        metric,
        [
          ['side', side.name],
          ['kind', side.kind],
        ],
        metric.of(side),
      )
  }
}

const agentLabels = ({ agent, subAgent, hostName }: AgentRow): Labels => [
  ['agent', agent ?? '::'],
  ['sub_agent', String(subAgent)],
  ['host', hostName ?? ''],
]
