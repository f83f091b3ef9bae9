// Drops since the start, as counters.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { addDropMetrics } from '../../src/lib/drops/metrics.ts'
import type { DropCount, DropsWindow } from '../../src/lib/drops/snapshot.ts'
import { DropTotals } from '../../src/lib/drops/totals.ts'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { type Asked, dropsOf } from './run.ts'

const roce = join(repositoryRoot, 'fixtures/roce.pcap')
const topology = join(repositoryRoot, 'fixtures/roce.topology.json')

/** Of the series of a counter, in the last window. */
async function counted(name: string, asked: Asked): Promise<{ sum: number; series: number; noPlace: number }> {
  const windows = await dropsOf(roce, { topology, exported: true, ...asked })
  const totals = new DropTotals()
  for (const window of windows) totals.add(window)
  const table = new MetricTable()
  addDropMetrics(windows.at(-1)!, totals, table)
  const family = table.families().find(({ definition }) => definition.name === name)!
  assert.equal(family.definition.type, 'counter')
  const noPlace = family.series.filter(({ labels }) => !labels.some(([label]) => label === 'port')).length
  return {
    sum: family.series.reduce((sum, { value }) => sum + Number(value), 0),
    series: family.series.length,
    noPlace,
  }
}

test('every drop is in the counters, whatever windows, rows and keys are asked for', async () => {
  const all = await counted('sonde_drops_total', {})
  assert.equal(all.sum, 71)
  assert.equal(all.noPlace, 0)
  for (const asked of [{ windowMs: 5000 }, { top: 1 }, { by: ['victim'] }] as const) {
    assert.deepEqual(await counted('sonde_drops_total', asked), all, JSON.stringify(asked))
  }
  // They lack the key.
  assert.equal((await counted('sonde_drops_total', { keys: 'aclname' })).sum, 71)
  // 1,207 in all.
  assert.equal((await counted('sonde_drops_not_told_total', { windowMs: 5000 })).sum, 1136)
})

test('a window is added once; series are bounded', () => {
  const totals = new DropTotals()
  const count = (i: number): DropCount => ({
    reason: { code: i, name: `reason ${i}`, group: null },
    place: null,
    by: 'told',
    packets: 2,
  })
  const window = { counts: [], uncounted: 0, limited: 3, lost: 4 } as unknown as DropsWindow
  totals.add(window)
  totals.add(window)
  assert.equal(totals.notTold, 7)
  totals.add({ ...window, counts: Array.from({ length: 12_000 }, (_, i) => count(i)) })
  const series = [...totals.series]
  assert.equal(series.length, 10_001)
  assert.deepEqual(series.at(-1), { labels: [['reason', '(other)']], packets: 4000 })
})
