// Owns what --dump-when can ask about: counts of the last second, by name. Knows no condition and no clock. Start at
// ListenFacts.

import type { AgentTotals } from '../agents/totals.ts'
import type { ConditionName } from '../parse/condition.ts'

/** Counts since the start, each only growing; null where this system does not tell. */
export interface ListenTotals extends AgentTotals {
  datagrams: number
  /** Payload of these, bytes. */
  bytes: number
  kernelDropped: number | null
  queueDropped: number
  refused: number
  issues: number
  /** Datagrams that --write and --forward could not write or send. */
  failed: number
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
