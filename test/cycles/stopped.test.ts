// A job that has stopped is not told as running; at a capture's end it is told what it was, and of when.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'
import { labLike } from '../helpers/fabric/presets.ts'
import { cyclesOf } from './run.ts'

const START_MS = Date.parse('2026-01-15T12:00:00Z')
/** The last burst begins 0.7 s before at the latest and lasts 0.2 s; agents hold samples for a second. */
const STOP = 30

/** The lab, of which the sender stops; counters go on for 60 s. */
function stopped(): string {
  const lab = labLike()
  const { trains } = lab
  const { capture } = fabricFiles(
    generateFabric({ ...lab, poll: 1, trains: (layout) => trains!(layout).filter(({ end }) => end < STOP) }),
  )
  return capture
}

test('live: null five seconds after the last burst, with since when and what it was', async () => {
  const capture = stopped()
  for (const by of ['', 'job']) {
    const windows = await cyclesOf(capture, { by, everyMs: 1000, isRecorded: false })
    for (const { endMs, rows } of windows) {
      const second = (endMs - START_MS) / 1000
      const [row] = rows
      if (second >= 20 && second <= STOP) assert.ok(Math.abs(row!.periodSeconds! - 0.7) < 0.003, `${by} ${second}`)
      if (second < STOP + 5) continue
      assert.equal(row!.periodSeconds, null, `--by '${by}' after ${second} s`)
      assert.match(row!.reason!, /^no traffic since 12:00:(29|30) UTC; it was 0\.(700|699)\d* s ± 0\.\d+$/)
    }
    assert.ok(windows.at(-1)!.endMs > START_MS + 55_000)
  }
})

test('a capture: as of the end of the traffic, and the same with --every', async () => {
  const capture = stopped()
  const [row] = (await cyclesOf(capture)).at(-1)!.rows
  assert.ok(Math.abs(row!.periodSeconds! - 0.7) < 0.003)
  assert.ok(row!.asOfMs! < START_MS + (STOP + 3) * 1000)
  const [often] = (await cyclesOf(capture, { everyMs: 1000 })).at(-1)!.rows
  assert.deepEqual([often!.periodSeconds, often!.asOfMs], [row!.periodSeconds, row!.asOfMs])
})
