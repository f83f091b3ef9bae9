// Moments met, with the event loop alive. Bounds are wide: the machine of a test is busy, test/bench measures.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PreciseWait } from '../../src/lib/sys/precise-wait.ts'

const now = () => process.hrtime.bigint()

test('never early', async () => {
  const wait = new PreciseWait()
  for (const ms of [0, 0.05, 0.5, 2, 4.5, 12]) {
    const moment = now() + BigInt(ms * 1e6)
    await wait.waitUntil(moment)
    assert.ok(now() >= moment, `${ms} ms`)
  }
})

test('a quarter of the moments, also on a busy machine, is met within 0.3 ms', async () => {
  const wait = new PreciseWait()
  const late: number[] = []
  let moment = now()
  for (let i = 0; i < 40; i++) {
    moment += 7_300_000n
    await wait.waitUntil(moment)
    late.push(Number(now() - moment) / 1e6)
  }
  late.sort((a, b) => a - b)
  assert.ok(late[10]! < 0.3, `${late[10]} ms late`)
})

test('moments that passed come at once', async () => {
  const wait = new PreciseWait()
  const start = performance.now()
  for (let i = 0; i < 1000; i++) await wait.waitUntil(now() - 1_000_000_000n)
  assert.ok(performance.now() - start < 500)
})

test('timers go on between moments that are close', async () => {
  const wait = new PreciseWait()
  let ticks = 0
  const timer = setInterval(() => ticks++, 10)
  const start = now()
  for (let i = 1; i <= 1000; i++) await wait.waitUntil(start + BigInt(i * 200_000))
  clearInterval(timer)
  assert.ok(ticks >= 5, `${ticks} ticks in 200 ms`)
})
