import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenExitCode } from '../../src/lib/listen/report.ts'
import type { SideState } from '../../src/lib/listen/snapshot.ts'
import { emptySnapshot } from '../ui/screen/snapshots.ts'

const side = (kind: SideState['kind'], failed: number): SideState => ({
  name: 'x',
  kind,
  datagrams: 9,
  bytes: 900,
  failed,
  problem: 'no space is left on the device',
})

test('a capture that lacks datagrams ends with 5; one that had trouble and caught up with 0, as a collector that is away', () => {
  const code = (...sides: SideState[]) => listenExitCode({ ...emptySnapshot, issues: 3, sides })
  assert.equal(code(), 0)
  assert.equal(code(side('capture', 0)), 0)
  assert.equal(code(side('collector', 4)), 0)
  assert.equal(code(side('collector', 4), side('capture', 1)), 5)
})
