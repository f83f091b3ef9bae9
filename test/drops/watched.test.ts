// What a screen sees of drops and what its commands do, without a thread and a socket.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { dropsAnalysis } from '../../src/lib/drops/analysis.ts'
import type { DropsPart } from '../../src/lib/drops/part.ts'
import type { DropsWindow } from '../../src/lib/drops/snapshot.ts'
import { WatchedDrops } from '../../src/lib/drops/watched.ts'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { formatPrometheus } from '../../src/lib/metrics/prometheus-text.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { queryOf, settingsOf } from './run.ts'

const capture = join(repositoryRoot, 'fixtures/roce.pcap')
const topology = join(repositoryRoot, 'fixtures/roce.topology.json')
/** Its first datagram. */
const START = Date.parse('2026-01-15T12:00:00Z')

function watched(windowMs: number | 'all') {
  const drops = new WatchedDrops(queryOf({ windowMs, topology }), settingsOf({ topology }), 'udp://[::]:6343')
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const options = { input, limit: undefined, agents: [], since: undefined, until: undefined }
  const reading = new Reading<DropsPart>(
    (agents) => drops.engine(agents),
    options,
    new IssueLog(() => {}),
    (part) => drops.window(part),
  )
  return { drops, reading, state: () => drops.state(reading, undefined) }
}

/** Reads the fixture, and looks at what is there after so many seconds. */
async function looks(t: TestContext, windowMs: number | 'all', at: readonly number[]) {
  t.mock.timers.enable({ apis: ['Date'], now: START })
  const { reading, state } = watched(windowMs)
  const source = await openCapture(capture)
  const out = new TextBuffer(0)
  const seen: { told: number; total: number; seconds: number; pieces: number; sum: number }[] = []
  const left = [...at]
  const look = () => {
    const { window } = state()
    const timelines = window!.rows.map(({ timeline }) => timeline ?? [])
    seen.push({
      told: window!.told,
      total: window!.total.packets!,
      seconds: Math.round(window!.seconds),
      pieces: timelines[0]?.length ?? 0,
      sum: timelines.flat().reduce((a, b) => a + b, 0),
    })
  }
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const ms = batch.sec[i]! * 1000 + batch.nsec[i]! / 1e6
      while (left.length > 0 && ms >= START + left[0]! * 1000) {
        t.mock.timers.setTime(START + left.shift()! * 1000)
        look()
      }
      reading.take(batch, i, out)
    }
  }
  await source.close()
  return seen
}

const summary = readFileSync(join(repositoryRoot, 'fixtures/roce.summary.txt'), 'utf8')

test('the fixture has the drops that are counted here', () => {
  assert.match(summary, /^ +71 discarded_packet 0:5$/m)
})

test('a window moves on by parts: it has what came lately, once', async (t) => {
  const seen = await looks(t, 12_000, [6, 12, 18, 24, 29.9])
  for (const { seconds, told, sum } of seen) {
    assert.ok(seconds <= 12, JSON.stringify(seen))
    // The slice that goes on is not in the timelines.
    assert.ok(sum <= told && told - sum <= 5, `${sum} of ${told}`)
  }
  assert.deepEqual(
    seen.map(({ seconds }) => seconds),
    [6, 12, 12, 12, 12],
  )
})

test('before a window is over the published numbers are of what came, with how long that was', async () => {
  const query = queryOf({ windowMs: 60_000, topology, exported: true })
  const analysis = dropsAnalysis(query, settingsOf({ topology }), 'roce.pcap')
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const options = { input, limit: undefined, agents: [], since: undefined, until: undefined }
  const over: DropsWindow[] = []
  const reading = new Reading<DropsWindow>(
    (agents) => analysis.engine(agents),
    options,
    new IssueLog(() => {}),
    (window) => over.push(window),
  )
  assert.equal(analysis.soFar!(reading.engine, START), undefined)
  const source = await openCapture(capture)
  const out = new TextBuffer(0)
  for await (const batch of source.batches()) for (let i = 0; i < batch.count; i++) reading.take(batch, i, out)
  await source.close()
  assert.equal(over.length, 0)
  const table = new MetricTable()
  const END = 30_000
  analysis.metrics(analysis.soFar!(reading.engine, START + END)!, table)
  const shown = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(formatPrometheus(table.families()))?.[1]
  assert.equal(shown('sonde_drops'), '1207')
  assert.equal(Math.round(Number(shown('sonde_drops_window_seconds'))), 30)
})

test('of all of the time it has everything', async (t) => {
  const seen = await looks(t, 'all', [29.99])
  assert.equal(seen[0]!.told, 71)
  assert.equal(seen[0]!.total, 1207)
})

test('another question counts anew, and says since when until the window is whole', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: START })
  const { drops, reading, state } = watched(60_000)
  assert.equal(state().anewMs, null)
  drops.command({ id: 1, kind: 'set', by: ['reason'] }, reading.agents)
  t.mock.timers.setTime(START + 59_000)
  assert.equal(state().anewMs, START)
  t.mock.timers.setTime(START + 60_000)
  assert.equal(state().anewMs, null)
  drops.command({ id: 2, kind: 'set', keys: 'foo' }, reading.agents)
  assert.equal(state().anewMs, null)
})

test('before anything came; what is asked is done and answered; what is wrong is refused', () => {
  const { drops, reading, state } = watched(60_000)
  let s = state()
  assert.deepEqual([s.window, s.by.length, s.keys, s.filter, s.windowMs, s.answered], [null, 3, '', null, 60_000, 0])
  const engine = drops.command(
    { id: 1, kind: 'set', by: ['reason'], keys: 'function', filter: 'reason=acl', windowMs: 5000 },
    reading.agents,
  )
  assert.ok(engine !== undefined)
  s = state()
  assert.deepEqual([s.answered, s.by, s.keys, s.filter, s.windowMs], [1, ['reason'], 'function', 'reason=acl', 5000])
  assert.equal(drops.command({ id: 2, kind: 'set', keys: 'foo' }, reading.agents), undefined)
  s = state()
  assert.deepEqual([s.answered, s.keys], [2, 'function'])
  assert.match(s.refused!.message, /"foo" is no attribute/)
  assert.ok(drops.command({ id: 3, kind: 'reset' }, reading.agents) !== undefined)
  assert.equal(state().answered, 3)
})
