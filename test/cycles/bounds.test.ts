// What grows is bounded: groups. Memory over an hour is measured by test/bench/period-hour.bench.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST_GROUPS } from '../../src/lib/cycles/groups.ts'
import { writeFabricHour } from '../bench/fabric-hour.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { cyclesOf } from './run.ts'

function fabricHour(seconds: number, samples: number): string {
  const path = temporaryPath('hour.pcap')
  writeFabricHour({ seconds, samples, seed: 4, path })
  return path
}

test('more groups than are followed: the largest are, and it is told', async () => {
  const path = fabricHour(30, 20_000)
  const window = (await cyclesOf(path, { by: 'src', agg: 'sum' })).at(-1)!
  assert.equal(window.rows.length, MOST_GROUPS)
  assert.ok(window.groups > 400, `${window.groups} groups`)
  assert.ok(window.beyond > 0)
  assert.match(window.notes.join('\n'), /There are more groups than are followed \(128\): [\d,]+ samples are in none/)
  assert.equal(window.counted + window.beyond, window.matched)
})
