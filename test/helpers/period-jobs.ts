// Owns made-up edges of two jobs that share a storage node. Knows no method. Start at twoJobs.

import type { EdgeEvents } from '../../src/lib/period/jobs.ts'
import { Random } from '../bench/random.ts'
import { burstTimes } from './period-cases.ts'

/** Of each job four hosts in a ring, and each host writes a little to the storage node. */
const HOSTS = 4
const STORAGE_SHARE = 0.1

export interface JobOptions {
  readonly name: string
  readonly step: number
  readonly samplesPerStep: number
}

/** Edges of each job, in order. */
export function jobEdges(seed: number, jobs: readonly JobOptions[], seconds: number, storage: string): EdgeEvents[] {
  const edges: EdgeEvents[] = []
  for (const [j, { name, step, samplesPerStep }] of jobs.entries()) {
    const random = new Random(seed * 100 + j)
    const shape = { step, samplesPerStep, bursts: [{ at: 0.2, on: 0.3 }], seconds }
    const { times } = burstTimes(seed * 100 + j, shape)
    const ring: number[][] = Array.from({ length: HOSTS }, () => [])
    const writes: number[][] = Array.from({ length: HOSTS }, () => [])
    for (const t of times) (random.unit() < STORAGE_SHARE ? writes : ring)[random.below(HOSTS)]!.push(t)
    const edge = (src: string, dst: string, list: readonly number[]): EdgeEvents => {
      return {
        src,
        dst,
        events: { times: Float64Array.from(list), weights: new Float64Array(list.length).fill(1), count: list.length },
      }
    }
    for (let h = 0; h < HOSTS; h++) {
      edges.push(edge(`${name}${h}`, `${name}${(h + 1) % HOSTS}`, ring[h]!))
      edges.push(edge(`${name}${h}`, storage, writes[h]!))
    }
  }
  return edges
}

/** 0.70 s and 1.10 s, 100 samples a burst each. */
export const twoJobs = (seed: number, seconds: number): EdgeEvents[] =>
  jobEdges(
    seed,
    [
      { name: 'a', step: 0.7, samplesPerStep: 100 },
      { name: 'b', step: 1.1, samplesPerStep: 100 },
    ],
    seconds,
    'storage',
  )
