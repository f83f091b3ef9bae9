import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { searchDefaults } from '../../src/lib/period/find.ts'
import { findJobs } from '../../src/lib/period/jobs.ts'
import { Searcher } from '../../src/lib/period/stream.ts'
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
})
