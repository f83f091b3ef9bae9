// Traffic without a cycle has no period: 500 cases, 100 of each kind; 10,000: npm run bench:period.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { PeriodStream, Searcher, streamDefaults } from '../../src/lib/period/stream.ts'
import { nullKinds, nullTimes } from '../helpers/period-cases.ts'

const CASES = 100
const SECONDS = 60
const LOOK = 20

it('false alarms in at most 1 % of 500 streams of 60 s that are looked at three times each', () => {
  const searcher = new Searcher()
  const alarms: string[] = []
  for (const kind of nullKinds) {
    for (let seed = 1; seed <= CASES; seed++) {
      const times = nullTimes(seed, kind, SECONDS)
      const stream = new PeriodStream(streamDefaults, searcher)
      let i = 0
      for (let second = LOOK; second <= SECONDS; second += LOOK) {
        for (; i < times.length && times[i]! < second; i++) stream.add(times[i]!, 1)
        stream.advance(second)
        const report = stream.report()
        if (report === null || report.periodSeconds === null) continue
        alarms.push(`${kind} ${seed}: ${report.periodSeconds.toFixed(3)} s`)
        break
      }
    }
  }
  assert.ok(alarms.length <= 5, alarms.join(', '))
})
