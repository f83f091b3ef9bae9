// Loss that is told while a listener runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LossNews, type LossSoFar } from '../../src/lib/listen/loss-news.ts'

const none: LossSoFar = { lost: 0, kernelDropped: 0, queueDropped: 0, ownDrops: 0 }

test('a line each ten seconds in which something was lost, with what was lost in them', () => {
  const news = new LossNews(1000)
  const steps: readonly [number, LossSoFar, string | undefined][] = [
    [2000, { ...none, lost: 3 }, undefined],
    [10_900, { ...none, lost: 3 }, undefined],
    [
      11_000,
      { ...none, lost: 1, ownDrops: 2000 },
      'Lost in 10 s: 1 datagram by the agents’ numbers, 2,000 samples by agents themselves.',
    ],
    [12_000, { ...none, lost: 9, ownDrops: 2000 }, undefined],
    // What was only overtaken came.
    [21_100, { ...none, lost: 0, ownDrops: 2000 }, undefined],
    [
      31_200,
      { ...none, lost: 4, ownDrops: 2000, kernelDropped: 4, queueDropped: 1 },
      'Lost in 10 s: 4 datagrams by the agents’ numbers, 4 datagrams by the kernel, 1 datagram by sonde itself.',
    ],
    [60_000, { lost: null, kernelDropped: null, queueDropped: 1, ownDrops: 2000 }, undefined],
  ]
  for (const [ms, soFar, line] of steps)
    assert.equal(
      news.take(ms, () => soFar),
      line,
      `after ${ms} ms`,
    )
})
