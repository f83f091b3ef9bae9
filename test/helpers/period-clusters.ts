// Owns made-up traffic of clusters of hosts, each a job of its own period: rings or all to all, storage nodes, queue pairs. Knows no
// method. Start at clusterEdges.

import type { EdgeEvents } from '../../src/lib/period/jobs.ts'
import { Random } from '../bench/random.ts'
import { burstTimes } from './period-cases.ts'

export interface Cluster {
  readonly name: string
  readonly hosts: number
  readonly step: number
  readonly samplesPerStep: number
  /** Whom a host sends to: the next one, or any other. */
  readonly kind: 'ring' | 'any'
  /** Storage nodes that are written to, by all hosts or by the first one, with so much of the traffic. */
  readonly storage?: readonly string[]
  readonly storageShare?: number
  readonly firstWrites?: boolean
  /** Names of hosts are these instead, so that two jobs run on the same hosts with queue pairs of their own. */
  readonly on?: string
}

/** Edges of all clusters; one for each that sends to another (and its job, where they share hosts: a queue pair). */
export function clusterEdges(seed: number, clusters: readonly Cluster[], seconds: number): EdgeEvents[] {
  const random = new Random(seed)
  const lists = new Map<string, { src: string; dst: string; times: number[] }>()
  for (const [c, cluster] of clusters.entries()) {
    const { name, hosts, step, samplesPerStep, kind, storage = [], storageShare = 0.1, firstWrites = false } = cluster
    const host = (h: number): string => `${cluster.on ?? name}${h}`
    const { times } = burstTimes(seed * 1000 + c, { step, samplesPerStep, bursts: [{ at: 0.2, on: 0.3 }], seconds })
    for (const t of times) {
      const isWrite = storage.length > 0 && random.unit() < storageShare
      const from = isWrite && firstWrites ? 0 : random.below(hosts)
      const other = (from + (kind === 'ring' ? 1 : 1 + random.below(hosts - 1))) % hosts
      const src = host(from)
      const dst = isWrite ? storage[random.below(storage.length)]! : host(other)
      const key = `${name} ${src} ${dst}`
      const list = lists.get(key)
      if (list === undefined) lists.set(key, { src, dst, times: [t] })
      else list.times.push(t)
    }
  }
  return [...lists.values()].map(({ src, dst, times }) => {
    const { length } = times
    return {
      src,
      dst,
      events: { times: Float64Array.from(times), weights: new Float64Array(length).fill(1), count: length },
    }
  })
}
