import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { searchDefaults } from '../../src/lib/period/find.ts'
import { findJobs } from '../../src/lib/period/jobs.ts'
import { Searcher } from '../../src/lib/period/stream.ts'
import { type Cluster, clusterEdges } from '../helpers/period-clusters.ts'
import { jobEdges, twoJobs } from '../helpers/period-jobs.ts'

describe('jobs', () => {
  const searcher = new Searcher()
  const periods = (jobs: ReturnType<typeof findJobs>) =>
    jobs.map(({ hosts, finding }) => [hosts.join(' '), finding.periodSeconds?.toFixed(2)]).sort()

  it('two that share a storage node, 0.70 s and 1.10 s', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const jobs = findJobs(twoJobs(seed, 14), 0, 14, searchDefaults, searcher)
      assert.deepEqual(periods(jobs), [
        ['a0 a1 a2 a3 storage', '0.70'],
        ['b0 b1 b2 b3 storage', '1.10'],
      ])
    }
  })

  it('one that has a storage node stays one', () => {
    const edges = jobEdges(1, [{ name: 'a', step: 0.7, samplesPerStep: 100 }], 14, 'storage')
    assert.deepEqual(periods(findJobs(edges, 0, 14, searchDefaults, searcher)), [['a0 a1 a2 a3 storage', '0.70']])
  })

  it('two rails of a job, which share no address, are put together by period and phase', () => {
    const [first] = [jobEdges(1, [{ name: 'a', step: 0.7, samplesPerStep: 100 }], 14, 'a0')]
    const second = first!.map((edge) => ({ ...edge, src: `r${edge.src}`, dst: `r${edge.dst}` }))
    const jobs = findJobs([...first!, ...second], 0, 14, searchDefaults, searcher)
    assert.deepEqual(periods(jobs), [['a0 a1 a2 a3 ra0 ra1 ra2 ra3', '0.70']])
  })

  it('two of the same period at other phases stay two', () => {
    const first = jobEdges(1, [{ name: 'a', step: 0.7, samplesPerStep: 100 }], 14, 'a0')
    const second = first.map(({ src, dst, events }) => {
      return { src: `r${src}`, dst: `r${dst}`, events: { ...events, times: events.times.map((t) => t + 0.3) } }
    })
    assert.equal(findJobs([...first, ...second], 0, 14, searchDefaults, searcher).length, 2)
  })

  const cluster = (name: string, step: number, more: Partial<Cluster>): Cluster => {
    return { name, hosts: 8, step, samplesPerStep: 100, kind: 'any', ...more }
  }
  const storage = ['s1', 's2', 's3']
  const cases: readonly (readonly [string, readonly Cluster[]])[] = [
    [
      'three that share three storage nodes',
      [cluster('a', 0.7, { storage }), cluster('b', 1.1, { storage }), cluster('c', 1.5, { storage })],
    ],
    [
      'only one host of each job writes to the storage nodes',
      [
        cluster('a', 0.7, { storage, kind: 'ring', firstWrites: true }),
        cluster('b', 1.1, { storage, kind: 'ring', firstWrites: true }),
      ],
    ],
    [
      'one has a seventh of the traffic of the other',
      [
        cluster('a', 0.7, { storage, samplesPerStep: 300, hosts: 16 }),
        cluster('b', 1.1, { storage, samplesPerStep: 65 }),
      ],
    ],
    ['periods that differ by 4 %', [cluster('a', 0.7, { storage }), cluster('b', 0.73, { storage })]],
  ]
  for (const [name, clusters] of cases) {
    it(name, () => {
      for (let seed = 1; seed <= 2; seed++) {
        const jobs = findJobs(clusterEdges(seed, clusters, 40), 0, 40, searchDefaults, searcher)
        const found = jobs.map(({ hosts, finding }) => {
          const own = new Set(hosts.filter((host) => !host.startsWith('s')).map((host) => host[0]))
          return `${[...own].join('')} ${finding.periodSeconds?.toFixed(2)}`
        })
        assert.deepEqual(
          found.sort(),
          clusters.map(({ name: own, step }) => `${own} ${step.toFixed(2)}`),
        )
      }
    })
  }

  it('two on the same hosts, by their queue pairs', () => {
    const clusters = [cluster('a', 0.7, { on: 'h', kind: 'ring' }), cluster('b', 1.1, { on: 'h', kind: 'ring' })]
    const jobs = findJobs(clusterEdges(1, clusters, 40), 0, 40, searchDefaults, searcher)
    assert.deepEqual(jobs.map(({ edges, finding }) => [edges.length, finding.periodSeconds?.toFixed(2)]).sort(), [
      [8, '0.70'],
      [8, '1.10'],
    ])
  })

  it('500 pairs with too few samples each to show a period are one job', () => {
    const edges = clusterEdges(1, [cluster('a', 0.7, { hosts: 1000, kind: 'ring', samplesPerStep: 400 })], 40)
    const pairs = edges.filter(({ src }) => Number(src.slice(1)) % 2 === 0)
    const jobs = findJobs(pairs, 0, 40, searchDefaults, searcher)
    assert.deepEqual(
      jobs.map(({ hosts, finding }) => [hosts.length, finding.periodSeconds?.toFixed(2)]),
      [[1000, '0.70']],
    )
  })
})
