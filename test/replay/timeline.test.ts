import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lateness } from '../../src/lib/replay/lateness.ts'
import { Timeline } from '../../src/lib/replay/timeline.ts'

/** Capture time and due time of each datagram, in so many loops. */
function times(timeline: Timeline, capture: readonly (readonly [number, number])[], loops = 1): number[][] {
  const all: number[][] = []
  for (let loop = 0; loop < loops; loop++) {
    for (const [sec, nsec] of capture) {
      timeline.next(sec, nsec)
      all.push([timeline.captureMs, timeline.dueMs])
    }
    timeline.endLoop()
  }
  return all
}

const capture = [
  [1_700_000_000, 999_000_000],
  [1_700_000_001, 1_500_000],
  [1_700_000_003, 0],
] as const

test('due times follow capture time, divided by the speed', () => {
  assert.deepEqual(times(new Timeline(1, undefined), capture), [
    [0, 0],
    [2.5, 2.5],
    [2001, 2001],
  ])
  assert.deepEqual(times(new Timeline(0.5, undefined), capture)[2], [2001, 4002])
  assert.deepEqual(times(new Timeline(Number.POSITIVE_INFINITY, undefined), capture)[2], [2001, 0])
})

test('an even rate takes no notice of capture time', () => {
  const due = times(new Timeline(1, 400), capture, 2).map(([, dueMs]) => dueMs)
  assert.deepEqual(due, [0, 2.5, 5, 7.5, 10, 12.5])
})

test('loops follow each other at the mean interval', () => {
  const due = times(new Timeline(1, undefined), capture, 3).map(([captureMs]) => captureMs)
  assert.deepEqual(due, [0, 2.5, 2001, 3001.5, 3004, 5002.5, 6003, 6005.5, 8004])
})

test('a single datagram is repeated each second; so are datagrams of one moment', () => {
  const one = [[5, 0]] as const
  assert.deepEqual(
    times(new Timeline(1, undefined), one, 3).map(([captureMs]) => captureMs),
    [0, 1000, 2000],
  )
  assert.deepEqual(
    times(new Timeline(1, undefined), [...one, ...one], 2).map(([captureMs]) => captureMs),
    [0, 0, 1000, 1000],
  )
})

test('time that goes back stands still', () => {
  const back = [
    [10, 0],
    [12, 0],
    [9, 0],
    [11, 0],
    [13, 0],
  ] as const
  assert.deepEqual(
    times(new Timeline(1, undefined), back).map(([captureMs]) => captureMs),
    [0, 2000, 2000, 2000, 3000],
  )
})

test('quantiles of lateness are right within 1/32, the maximum exactly', () => {
  const lateness = new Lateness()
  assert.ok(Number.isNaN(lateness.quantileMs(0.5)))
  for (let i = 1; i <= 1000; i++) lateness.add(i / 10)
  lateness.add(-3)
  assert.equal(lateness.count, 1001)
  assert.equal(lateness.maxMs, 100)
  for (const [share, want] of [
    [0.001, 0.1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ] as const) {
    const found = lateness.quantileMs(share)
    assert.ok(found >= want * 0.998 && found <= want * (1 + 1 / 32), `${share}: ${found}, wanted ${want}`)
  }
})

test('lateness from a microsecond to days has its place', () => {
  for (const ms of [0, 0.001, 0.0315, 0.064, 0.065, 1, 37.2, 5000, 3_600_000, 1e9]) {
    const lateness = new Lateness()
    lateness.add(ms)
    const most = Math.min(ms, 2 ** 31 / 1000)
    const found = lateness.quantileMs(0.99)
    assert.ok(found >= most * 0.999 && found <= ms, `${ms}: ${found}`)
  }
})
