// Owns what AgentTable knows of each agent as plain objects, in the NDJSON's manner: snake_case, unknown is null. Knows
// no output; the totals of loss are in loss.ts. Start at summarise.

import { SampleKind } from '../sflow/samples.ts'
import { addressText } from '../wire/address-text.ts'
import type { AgentTable } from './agents.ts'
import {
  AGENT_COUNTS,
  AGENT_KEY,
  AGENT_WORDS,
  AgentCount,
  AgentWord,
  SOURCE_COUNTS,
  SOURCE_KEY,
  SourceCount,
} from './columns.ts'

/** Samples of one kind: flow, counters or discard. */
export interface KindSummary {
  samples: number
  /** Missing by sequence numbers, for whatever reason; null where the numbers tell nothing. */
  lost: number | null
  late: number
  duplicates: number
  restarts: number
}

export interface SourceSummary extends KindSummary {
  kind: 'flow' | 'counters' | 'discard'
  /** Data source: `0:ifIndex`, `1:VLAN`, `2:entity`, `3:logical entity`. */
  source: string
  /** Learned from 0:1005 or, of a logical entity, 0:2000. */
  name: string | null
  /** Samples that the agent itself lost (Δdrops). Null for counters. */
  agent_drops: number | null
  /** Flow only: 1 in N, the last one, and how it changed. */
  configured_rate: number | null
  configured_rate_min: number | null
  configured_rate_max: number | null
  rate_changes: number | null
  /** Flow only: packets a received sample, over all intervals; null before the second sample. */
  effective_rate: number | null
  /** Flow only: false where the pool is just rate × samples; null where too few samples tell. */
  pool_measured: boolean | null
  /** Flow only: at least 100 samples, and the effective rate is more than 20 % off the configured one. */
  rate_off: boolean | null
  /** Discards only: Δsequence + Δdrops, all that were there to be told. */
  discards: number | null
}

export interface AgentSummary {
  /** Null where the datagram gives none (address type 0). */
  agent: string | null
  sub_agent: number
  hostname: string | null
  datagrams: number
  /** Missing by sequence numbers between the first and the last datagram of each life; null where they tell nothing. */
  lost: number | null
  late: number
  duplicates: number
  restarts: number
  uptime_ms: number
  /** Arrival, ISO 8601 UTC with nine digits. */
  first_time: string
  last_time: string
  flow: KindSummary
  counters: KindSummary
  discard: KindSummary
  text_samples: number
  other_samples: number
  /** Flow samples and discards that the agent itself lost. */
  agent_drops: number
  configured_rate_min: number | null
  configured_rate_max: number | null
  /** Packets a received flow sample, mean of the data sources by their samples. */
  effective_rate: number | null
  /** False where no data source has a pool that measures; null where too few samples tell. */
  pool_measured: boolean | null
  sources: SourceSummary[]
}

export const kindNames = {
  [SampleKind.flow]: 'flow',
  [SampleKind.counters]: 'counters',
  [SampleKind.discard]: 'discard',
} as const
export type SequencedKind = keyof typeof kindNames

/** Samples from which on a rate that is 20 % off is no chance: 2 standard deviations of the pool between them (1/√n). */
const LEAST_FOR_RATE_OFF = 100

/** All agents that are remembered, by address and sub-agent; their data sources by type, index and kind. */
export function summarise(table: AgentTable): AgentSummary[] {
  table.settle()
  const { keys } = table.agents
  const order = (a: number, b: number): number => {
    for (let k = 0; k < AGENT_KEY; k++) {
      const difference = keys[a * AGENT_KEY + k]! - keys[b * AGENT_KEY + k]!
      if (difference !== 0) return difference
    }
    return 0
  }
  const sources = sourcesByAgent(table)
  return [...table.agents.slots()].sort(order).map((agent) => summariseAgent(table, agent, sources.get(agent) ?? []))
}

function sourcesByAgent(table: AgentTable): Map<number, number[]> {
  const byAgent = new Map<number, number[]>()
  for (const source of table.sources.slots()) {
    const agent = Math.floor(table.sources.keys[source * SOURCE_KEY]! / 4)
    const list = byAgent.get(agent)
    if (list) list.push(source)
    else byAgent.set(agent, [source])
  }
  return byAgent
}

function summariseAgent(table: AgentTable, agent: number, slots: readonly number[]): AgentSummary {
  const count = (column: number): number => table.agentCounts[agent * AGENT_COUNTS + column]!
  const word = (column: number): number => table.agentWords[agent * AGENT_WORDS + column]!
  const address = agent * AGENT_KEY
  const sources = slots.map((slot) => summariseSource(table, agent, slot)).sort(bySource)
  const flow = sources.filter((x) => x.kind === 'flow')
  const kind = (k: SequencedKind): KindSummary => {
    const ofKind = sources.filter((x) => x.kind === kindNames[k])
    const sum = (of: (x: SourceSummary) => number) => ofKind.reduce((total, x) => total + of(x), 0)
    return {
      samples: count(AgentCount.samples + k),
      lost: knownLoss(table, slots, k, count(AgentCount.samplesLost + k)),
      late: sum((x) => x.late),
      duplicates: sum((x) => x.duplicates),
      restarts: sum((x) => x.restarts),
    }
  }
  const least = flow.map((x) => x.configured_rate_min!)
  const most = flow.map((x) => x.configured_rate_max!)
  return {
    agent: addressText(table.agents.keys, address),
    sub_agent: table.agents.keys[address + 4]!,
    hostname: table.hostName(agent) ?? null,
    datagrams: count(AgentCount.datagrams),
    lost: countsNothing(table, agent) ? null : count(AgentCount.lost),
    late: count(AgentCount.late),
    duplicates: count(AgentCount.duplicates),
    restarts: count(AgentCount.restarts),
    uptime_ms: table.lives.uptime(agent),
    first_time: timeText(word(AgentWord.firstSec), word(AgentWord.firstNsec)),
    last_time: timeText(word(AgentWord.lastSec), word(AgentWord.lastNsec)),
    flow: kind(SampleKind.flow),
    counters: kind(SampleKind.counters),
    discard: kind(SampleKind.discard),
    text_samples: count(AgentCount.text),
    other_samples: count(AgentCount.other),
    agent_drops: count(AgentCount.drops + SampleKind.flow) + count(AgentCount.drops + SampleKind.discard),
    configured_rate_min: least.length > 0 ? least.reduce((a, b) => Math.min(a, b)) : null,
    configured_rate_max: most.length > 0 ? most.reduce((a, b) => Math.max(a, b)) : null,
    effective_rate: meanRate(flow),
    pool_measured: flow.some((x) => x.pool_measured === true)
      ? true
      : flow.some((x) => x.pool_measured === false)
        ? false
        : null,
    sources,
  }
}

/** The agent's `lost` samples of a kind (with those of forgotten sources) but for sources whose numbers tell nothing. */
function knownLoss(table: AgentTable, slots: readonly number[], k: SequencedKind, lost: number): number | null {
  const ofKind = slots.filter((slot) => (table.sources.keys[slot * SOURCE_KEY]! & 3) === k)
  const untold = ofKind.filter((slot) => samplesCountNothing(table, slot))
  if (untold.length > 0 && untold.length === ofKind.length) return null
  return untold.reduce((rest, slot) => rest - table.sourceCounts[slot * SOURCE_COUNTS + SourceCount.lost]!, lost)
}

function summariseSource(table: AgentTable, agent: number, slot: number): SourceSummary {
  const { sampling } = table
  const key = slot * SOURCE_KEY
  const { keys } = table.sources
  const kind = (keys[key]! & 3) as SequencedKind
  const type = keys[key + 1]!
  const index = keys[key + 2]!
  const count = (column: number): number => table.sourceCounts[slot * SOURCE_COUNTS + column]!
  const samples = count(SourceCount.samples)
  const lost = samplesCountNothing(table, slot) ? null : count(SourceCount.lost)
  const isFlow = kind === SampleKind.flow
  const rate = sampling.rate(slot)
  const effective = isFlow ? known(sampling.effectiveRate(slot)) : null
  const changed = isFlow && sampling.rateChanges(slot) > 0
  return {
    kind: kindNames[kind],
    source: `${type}:${index}`,
    name: table.sourceName(agent, type, index) ?? null,
    samples,
    lost,
    late: count(SourceCount.late),
    duplicates: count(SourceCount.duplicates),
    restarts: count(SourceCount.restarts),
    agent_drops: kind === SampleKind.counters ? null : count(SourceCount.drops),
    configured_rate: isFlow ? rate : null,
    configured_rate_min: isFlow ? sampling.rateLeast(slot) : null,
    configured_rate_max: isFlow ? sampling.rateMost(slot) : null,
    rate_changes: isFlow ? sampling.rateChanges(slot) : null,
    effective_rate: effective,
    pool_measured: isFlow ? (sampling.poolMeasured(slot) ?? null) : null,
    rate_off:
      effective === null || changed || rate === 0 || samples < LEAST_FOR_RATE_OFF
        ? null
        : Math.abs(effective - rate) > rate * 0.2,
    discards: kind === SampleKind.discard ? (lost === null ? null : samples + lost + count(SourceCount.drops)) : null,
  }
}

/**
 * The datagram numbers of the agent say nothing of loss: they never move, or jump back and forth as they do where
 * several agents share an address and sub-agent id.
 */
export function countsNothing(table: AgentTable, agent: number): boolean {
  return table.lives.stuck(agent) || jumps(table, agent)
}

/** Several streams are in one: at least 8 datagrams, and one in 8, are of another life than the one before. */
export function jumps(table: AgentTable, agent: number): boolean {
  const count = (column: number): number => table.agentCounts[agent * AGENT_COUNTS + column]!
  const jumped = count(AgentCount.restarts) + count(AgentCount.crossings)
  return jumped >= 8 && jumped * 8 > count(AgentCount.datagrams)
}

/** As countsNothing, for a data source: several instances that number for themselves (C10), or no numbers at all. */
export function samplesCountNothing(table: AgentTable, slot: number): boolean {
  const count = (column: number): number => table.sourceCounts[slot * SOURCE_COUNTS + column]!
  const restarts = count(SourceCount.restarts)
  return table.sampleTracks.stuck(slot) || (restarts >= 4 && restarts * 4 > count(SourceCount.samples))
}

/** Mean of N_eff, each data source by the samples it rests on. */
function meanRate(flow: readonly SourceSummary[]): number | null {
  let samples = 0
  let packets = 0
  for (const source of flow) {
    if (source.effective_rate === null) continue
    samples += source.samples
    packets += source.samples * source.effective_rate
  }
  return samples > 0 ? packets / samples : null
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

function bySource(a: SourceSummary, b: SourceSummary): number {
  const [aType = 0, aIndex = 0] = a.source.split(':').map(Number)
  const [bType = 0, bIndex = 0] = b.source.split(':').map(Number)
  return aType - bType || aIndex - bIndex || a.kind.localeCompare(b.kind)
}

function timeText(sec: number, nsec: number): string {
  return `${new Date(sec * 1000).toISOString().slice(0, 19)}.${String(nsec).padStart(9, '0')}Z`
}
