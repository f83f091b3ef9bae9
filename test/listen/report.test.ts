import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenExitCode, summaryLines } from '../../src/lib/listen/report.ts'
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

test('where the numbers of no agent tell anything, the loss is not known', () => {
  const lines = summaryLines({ ...emptySnapshot, datagrams: 9, loss: { ...emptySnapshot.loss, lost: null } })
  assert.equal(lines[1], 'Lost: datagrams not known, by the kernel 0, by agents themselves 0 samples.')
})

test('what the kernel dropped comes with what to set, and why it may be more than is missing', () => {
  const receiving = { ...emptySnapshot.receiving!, kernelDropped: 7 }
  const said = (lost: number) =>
    summaryLines({ ...emptySnapshot, receiving, loss: { ...emptySnapshot.loss, lost } }, true)
  const advice =
    'Ask for more with --buffer 32MiB, up to net.core.rmem_max; --resample and --workers are other ways (docs/tuning.md).'
  assert.deepEqual(said(7), [
    'Lost: datagrams 7, by the kernel 7, by agents themselves 0 samples.',
    `The kernel dropped them as the receive buffer of 8 MiB was full. ${advice}`,
  ])
  assert.deepEqual(said(5), [
    'Lost: datagrams 5, by the kernel 7, by agents themselves 0 samples.',
    `The kernel dropped them as the receive buffer of 8 MiB was full. What it dropped before the first and behind the last datagram of an agent, or of senders that are no agents, is no gap in numbers. ${advice}`,
  ])
})
