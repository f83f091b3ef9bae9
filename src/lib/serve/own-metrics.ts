// Owns what sonde tells of itself: what came, what was lost on every part of the way. See serve.ts for the folder. Start at
// OwnTotals.

import type { MetricDefinition, MetricTable } from '../metrics/metrics.ts'

/** Since the start, where nothing else is said. Null is not known. */
export interface OwnTotals {
  /** Where it listens: `udp://[::]:6343`. */
  readonly bound: readonly string[]
  /** Milliseconds since 1970: of the start, and of these numbers. */
  readonly startMs: number
  readonly nowMs: number
  readonly datagrams: number
  /** Payload, bytes. */
  readonly bytes: number
  /** Over the last seconds. */
  readonly datagramsPerSecond: number
  readonly bytesPerSecond: number
  readonly samples: {
    readonly flow: number
    readonly counters: number
    readonly discard: number
  }
  /** Missing by their own sequence numbers. */
  readonly lostSamples: { readonly flow: number; readonly counters: number; readonly discard: number }
  readonly agents: number
  /** Datagrams missing by the agents' sequence numbers; one that comes late takes one back. */
  readonly lost: number | null
  /** Of all that were sent, 0 to 1. */
  readonly lostShare: number | null
  readonly late: number
  readonly duplicates: number
  readonly restarts: number
  /** Samples that agents dropped themselves. */
  readonly agentDrops: number
  readonly kernelDropped: number | null
  readonly queueDropped: number
  readonly refused: number
  readonly issues: number
  /** Arrival of the newest datagram; null before the first. */
  readonly newestMs: number | null
}

interface OwnMetric extends MetricDefinition {
  readonly of: (totals: OwnTotals) => number | null
}

const counter = (name: string, help: string, of: OwnMetric['of']): OwnMetric => ({
  name: `sonde_${name}_total`,
  help,
  type: 'counter',
  of,
})
const gauge = (name: string, help: string, of: OwnMetric['of']): OwnMetric => ({
  name: `sonde_${name}`,
  help,
  type: 'gauge',
  of,
})

/** What went down once (a datagram that was missing and came late) is no counter. */
export const ownMetrics: readonly OwnMetric[] = [
  gauge('start_time_seconds', 'start of the program, seconds since 1970', (x) => x.startMs / 1000),
  counter('datagrams', 'sFlow datagrams received', (x) => x.datagrams),
  counter('received_bytes', 'bytes of these datagrams', (x) => x.bytes),
  gauge(
    'datagrams_per_second',
    'datagrams received per second, over the last five seconds',
    (x) => x.datagramsPerSecond,
  ),
  gauge('received_bytes_per_second', 'bytes received per second, over the last five seconds', (x) => x.bytesPerSecond),
  gauge('agents', 'agents heard, by address and sub-agent', (x) => x.agents),
  gauge(
    'lost_datagrams',
    'datagrams missing by the agents’ sequence numbers; one that comes late takes one back',
    (x) => x.lost,
  ),
  gauge('lost_ratio', 'missing datagrams of all that were sent, 0 to 1', (x) => x.lostShare),
  counter('late_datagrams', 'datagrams that later ones had overtaken', (x) => x.late),
  counter('duplicate_datagrams', 'datagrams that came twice', (x) => x.duplicates),
  counter('agent_restarts', 'agents that restarted', (x) => x.restarts),
  counter('agent_dropped_samples', 'samples that agents say they dropped themselves', (x) => x.agentDrops),
  counter('kernel_dropped_datagrams', 'datagrams dropped because the receive buffer was full', (x) => x.kernelDropped),
  counter('queue_dropped_datagrams', 'datagrams dropped because sonde was too slow', (x) => x.queueDropped),
  counter('refused_datagrams', 'datagrams of senders that are not allowed', (x) => x.refused),
  counter('issues', 'problems met in decoding', (x) => x.issues),
  gauge('last_datagram_timestamp_seconds', 'arrival of the newest datagram, seconds since 1970', (x) =>
    x.newestMs === null ? null : x.newestMs / 1000,
  ),
]

const SAMPLES = { name: 'sonde_samples_total', help: 'samples received, by kind', type: 'counter' } as const
const LOST_SAMPLES = {
  name: 'sonde_lost_samples',
  help: 'samples missing by their own sequence numbers, by kind; one that comes late takes one back',
  type: 'gauge',
} as const
const kinds = ['flow', 'counters', 'discard'] as const

/** Names of all families, for those who list them. */
export const ownDefinitions: readonly MetricDefinition[] = [...ownMetrics, SAMPLES, LOST_SAMPLES]

export function addOwnMetrics(totals: OwnTotals, into: MetricTable): void {
  for (const metric of ownMetrics) into.add(metric, [], metric.of(totals))
  for (const kind of kinds) into.add(SAMPLES, [['kind', kind]], totals.samples[kind])
  for (const kind of kinds) into.add(LOST_SAMPLES, [['kind', kind]], totals.lostSamples[kind])
}

const analyzer = (name: string, help: string, type: MetricDefinition['type'], of: OwnMetric['of']): OwnMetric => ({
  name: `sflow_analyzer_${name}`,
  help,
  type,
  of,
})

/** What sFlow-RT tells of itself, as far as it means something here (exports.md section 1). */
const analyzerMetrics: readonly OwnMetric[] = [
  analyzer('agent_count', 'agents heard', 'gauge', (x) => x.agents),
  analyzer('received_bytes', 'bytes of sFlow received', 'counter', (x) => x.bytes),
  analyzer(
    'discarded_datagrams',
    'datagrams that could not be taken in time, or were refused',
    'counter',
    (x) => (x.kernelDropped ?? 0) + x.queueDropped + x.refused,
  ),
  analyzer('heap_used_bytes', 'memory in use by this thread', 'gauge', () => process.memoryUsage().heapUsed),
]
const CPU = {
  name: 'sflow_analyzer_cpu_load_process',
  help: 'processors that this process uses, since the last question, 1 for one of them',
  type: 'gauge',
} as const

/** `sflow_analyzer_*`. */
export class AnalyzerMetrics {
  #cpu = process.cpuUsage()
  #atMs = performance.now()
  #load = 0

  add(totals: OwnTotals, into: MetricTable): void {
    for (const metric of analyzerMetrics) into.add(metric, [], metric.of(totals))
    into.add(CPU, [], this.#cpuLoad())
  }

  #cpuLoad(): number {
    const now = performance.now()
    // Two questions at once would divide by nothing.
    if (now - this.#atMs >= LEAST_CPU_MS) {
      const cpu = process.cpuUsage()
      const micros = cpu.user - this.#cpu.user + cpu.system - this.#cpu.system
      this.#load = micros / 1000 / (now - this.#atMs)
      this.#cpu = cpu
      this.#atMs = now
    }
    return this.#load
  }
}

const LEAST_CPU_MS = 500
