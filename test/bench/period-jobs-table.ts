// Owns the bench's cases of several jobs, and of stragglers where there are none.

import { searchDefaults } from '../../src/lib/period/find.ts'
import { findJobs } from '../../src/lib/period/jobs.ts'
import { findStraggler } from '../../src/lib/period/straggler.ts'
import type { Searcher } from '../../src/lib/period/stream.ts'
import { type Cluster, clusterEdges } from '../helpers/period-clusters.ts'
import { twoJobs } from '../helpers/period-jobs.ts'
import { heldPorts, ports, SECONDS, STEP } from '../helpers/period-ports.ts'

type Verdict = (isGood: boolean) => string

const storage = ['s1', 's2', 's3', 's4']
const cluster = (name: string, step: number, more: Partial<Cluster>): Cluster => {
  return { name, hosts: 8, step, samplesPerStep: 100, kind: 'any', storage, ...more }
}

/** Seconds are 40 for all. */
const cases: readonly (readonly [string, readonly Cluster[]])[] = [
  ['three that share four storage nodes', [cluster('a', 0.7, {}), cluster('b', 1.1, {}), cluster('c', 1.5, {})]],
  [
    'one host of each writes to storage',
    [cluster('a', 0.7, { kind: 'ring', firstWrites: true }), cluster('b', 1.1, { kind: 'ring', firstWrites: true })],
  ],
  ['traffic 7 : 1', [cluster('a', 0.7, { hosts: 16, samplesPerStep: 300 }), cluster('b', 1.1, { samplesPerStep: 65 })]],
  ['periods that differ by 4 %', [cluster('a', 0.7, {}), cluster('b', 0.73, {})]],
  [
    'the same hosts, other queue pairs',
    [cluster('a', 0.7, { on: 'h', storage: [] }), cluster('b', 1.1, { on: 'h', storage: [] })],
  ],
  [
    '4 jobs of 250 hosts, storage shared',
    ['a', 'b', 'c', 'd'].map((name, j) => cluster(name, 0.7 + 0.37 * j, { hosts: 250, samplesPerStep: 500 })),
  ],
  [
    '40 jobs of 25 hosts',
    Array.from({ length: 40 }, (_, j) =>
      cluster(`j${j}x`, 0.5 + 0.05 * j, { hosts: 25, samplesPerStep: 60, kind: 'ring', storage: [] }),
    ),
  ],
]

export function jobs(seeds: number, searcher: Searcher, verdict: Verdict): void {
  shared(seeds, searcher, verdict)
  for (const [name, clusters] of cases) {
    const many = clusters.reduce((sum, { hosts }) => sum + hosts, 0) >= 1000 ? Math.min(seeds, 5) : Math.min(seeds, 20)
    let right = 0
    let cpu = 0
    for (let seed = 1; seed <= many; seed++) {
      const edges = clusterEdges(seed, clusters, 40)
      const before = process.cpuUsage()
      const found = findJobs(edges, 0, 40, searchDefaults, searcher)
      const { user, system } = process.cpuUsage(before)
      cpu += (user + system) / 1000
      const periods = found.map(({ finding }) => finding.periodSeconds ?? 0).sort((a, b) => a - b)
      const wanted = clusters.map(({ step }) => step).sort((a, b) => a - b)
      const isRight =
        periods.length === wanted.length && periods.every((period, j) => Math.abs(period / wanted[j]! - 1) < 0.01)
      if (isRight) right++
    }
    console.log(
      `${name.padEnd(38)} all periods, no others: ${right} of ${many}; ${(cpu / many).toFixed(0)} ms of CPU   ${verdict(right >= 0.95 * many)}`,
    )
  }
  stragglers(4 * seeds, verdict)
}

/** Share of the answers in which each of two jobs that share a storage node has its step within 5 %. */
function shared(seeds: number, searcher: Searcher, verdict: Verdict): void {
  const [from, to] = [14, 24]
  const right = [0, 0]
  let answers = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const edges = twoJobs(seed, to)
    for (let second = from; second < to; second++) {
      const seen = Math.min(second, 40)
      // As a stream would have it: nothing that is still to come.
      const past = edges.map(({ src, dst, events }) => {
        const count = events.times.findLastIndex((t) => t < second) + 1
        return { src, dst, events: { ...events, count } }
      })
      const found = findJobs(past, second - seen, seen, searchDefaults, searcher)
      answers++
      for (const [j, step] of [0.7, 1.1].entries()) {
        const own =
          found.find(({ hosts }) => hosts.includes(j === 0 ? 'a0' : 'b0'))?.finding.periodSeconds ?? Number.NaN
        if (Math.abs(own - step) <= 0.05 * step) right[j]!++
      }
    }
  }
  const [a, b] = right.map((n) => `${((100 * n) / answers).toFixed(2)} %`)
  const least = Math.min(...right) / answers
  console.log(
    `\ntwo jobs that share a storage node, 0.70 s and 1.10 s: ${a} and ${b}   ≥ 95 % both   ${verdict(least >= 0.95)}`,
  )
}

/** Suspects where no port is late: ports of one agent, and with a second agent that holds samples for a second. */
function stragglers(cases: number, verdict: Verdict): void {
  let [one, held] = [0, 0]
  for (let seed = 1; seed <= cases; seed++) {
    if (
      findStraggler(
        ports(seed, -1, 0, 0, () => 'leaf1'),
        0,
        SECONDS,
        STEP,
      ) !== null
    )
      one++
    if (findStraggler(heldPorts(seed), 0, SECONDS, STEP) !== null) held++
  }
  console.log(
    `no straggler: suspects in ${one} of ${cases}; with an agent that holds for 1 s in ${held} of ${cases}   ≤ 1 % each   ${verdict(Math.max(one, held) <= 0.01 * cases)}`,
  )
}
