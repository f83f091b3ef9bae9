// What a sample stands for, and how much a gap before the first or behind the last one may hide.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scaleOf } from '../../src/lib/flow/scale.ts'

/** Received, steps, pool, generated, drops, unequal. */
const stretch = (...sums: number[]) => ({ sums: Float64Array.from(sums), at: 0, configured: 100, given: false })

test('a pool that measures: with half of the samples lost, gaps are four times as long', () => {
  const { rate, gap } = scaleOf(stretch(10, 10, 2000, 20, 0, 3), 'effective', false, 0)
  assert.deepEqual([rate, gap], [200, 800])
})

test('discards that an agent told few of: a gap is as many as one that it told stands for', () => {
  // 10 came; the agent left out 2,970 more: 298 each.
  const { rate, gap, counted } = scaleOf({ ...stretch(10, 10, 0, 10, 2970, 0), configured: 1 }, 'effective', true, 0)
  assert.deepEqual([rate, gap, counted], [298, 298, true])
})
