// What a screen sees of cycles and what its commands do, without a thread and a socket.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reading } from '../../src/lib/analysis/reading.ts'
import type { CyclesSnapshot, CyclesWindow } from '../../src/lib/cycles/snapshot.ts'
import { WatchedCycles } from '../../src/lib/cycles/watched.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'
import { labLike } from '../helpers/fabric/presets.ts'
import { queryOf, settingsOf } from './run.ts'

/** The lab's first so many seconds, and what may be asked then. */
async function watched(seconds: number) {
  const { capture } = fabricFiles(generateFabric(labLike()))
  const cycles = new WatchedCycles(queryOf({ everyMs: 5000 }), settingsOf({}), 'udp://[::]:6343')
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const reading = new Reading<CyclesWindow>(
    (agents) => cycles.engine(agents),
    { input, limit: undefined, agents: [], since: undefined, until: undefined },
    new IssueLog(() => {}),
    () => cycles.window(),
  )
  const out = new TextBuffer(0)
  const end = Date.parse('2026-01-15T12:00:00Z') / 1000 + seconds
  const read = async (from: number, to: number) => {
    const source = await openCapture(capture)
    for await (const batch of source.batches()) {
      for (let i = 0; i < batch.count; i++) {
        if (batch.sec[i]! >= from && batch.sec[i]! < to) reading.take(batch, i, out)
      }
    }
    await source.close()
  }
  await read(0, end)
  const state = (): CyclesSnapshot => cycles.state(reading, undefined)
  return { cycles, reading, state, read: (more: number) => read(end, end + more) }
}

test('a state: the row, its history, the fast chart', async () => {
  const { state } = await watched(30)
  const { window, by, filter, method, windowMs, notes } = state()
  assert.deepEqual(
    { by, filter, method, windowMs, notes },
    { ...{ by: null, filter: null, method: 'h' }, windowMs: 'auto', notes: [] },
  )
  const [row] = window!.rows
  assert.ok(Math.abs(row!.periodSeconds! / 0.7 - 1) < 0.003)
  assert.ok(row!.history.length > 15)
  assert.ok(row!.history.every(({ timeMs }, i, all) => i === 0 || timeMs > all[i - 1]!.timeMs))
  const { value, threshold, average } = row!.fast!
  assert.ok(value.length > 200 && threshold.length === value.length && average.length === value.length)
  // Bursts of 10,003 packets in 0.2 s.
  assert.ok(Math.max(...value.map((one) => one ?? 0)) > 30_000)
  assert.ok(row!.perSecond !== null)
})

test('commands: other rows and another method begin anew, a wrong text changes nothing', async () => {
  const { cycles, reading, state, read } = await watched(15)
  const before = reading.engine
  const refused = cycles.command({ kind: 'set', id: 1, by: 'ipsrce' }, reading.agents)
  assert.equal(refused, undefined)
  assert.match(state().refused!.message, /ipsrce/)
  assert.equal(state().by, null)
  assert.equal(reading.engine, before)
  const engine = cycles.command({ kind: 'set', id: 2, by: 'job', windowMs: 20_000 }, reading.agents)
  reading.engine = engine!
  assert.deepEqual([state().answered, state().refused, state().by, state().windowMs], [2, null, 'job', 20_000])
  assert.equal(state().window, null)
  await read(30)
  assert.deepEqual(
    state().window!.rows.map(({ kind }) => kind),
    ['job'],
  )
  cycles.command({ kind: 'set', id: 3, windowMs: 1000 }, reading.agents)
  assert.match(state().refused!.message, /--window goes from 5s to 1000s/)
  reading.engine = cycles.command({ kind: 'reset', id: 4 }, reading.agents)!
  assert.equal(state().window, null)
})
