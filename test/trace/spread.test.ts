// Quantiles of spans: exact while few, within 1/32 of many, whatever their size.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QUANTILE_ERROR, Spread } from '../../src/lib/trace/spread.ts'

function spreadOf(values: readonly number[]): Spread {
  const spread = new Spread()
  for (const value of values) spread.add(value)
  return spread
}

test('few values: exact, by nearest rank', () => {
  const spread = spreadOf([50, 10, 40, 20, 30])
  assert.deepEqual(
    [0, 0.2, 0.21, 0.5, 0.9, 1].map((share) => spread.quantile(share)),
    [10, 10, 20, 30, 50, 50],
  )
  assert.deepEqual([spread.count, spread.sum, spread.min, spread.max], [5, 150, 10, 50])
  assert.equal(spread.above(30), 2)
})

test('none, and less than nothing', () => {
  assert.ok(Number.isNaN(new Spread().quantile(0.5)))
  assert.equal(spreadOf([-5]).quantile(0.5), 0)
})

test('many values: within 1/32', () => {
  for (const size of [1, 1000, 1_000_000, 1e12]) {
    const spread = spreadOf(Array.from({ length: 1000 }, (_, i) => (i + 1) * size))
    for (const [share, want] of [
      [0.5, 500],
      [0.9, 900],
      [0.99, 990],
    ] as const) {
      const off = Math.abs(spread.quantile(share) / (want * size) - 1)
      assert.ok(off <= QUANTILE_ERROR, `${share} of values of ${size} is off by ${off}`)
    }
    assert.equal(spread.quantile(1), 1000 * size)
    assert.equal(spread.min, size)
    assert.ok(Math.abs(spread.above(900 * size) - 100) <= 30)
  }
})

test('two spreads as one', () => {
  const few = spreadOf([1, 2, 3])
  const many = spreadOf(Array.from({ length: 997 }, (_, i) => i + 4))
  for (const both of [few.with(many), many.with(few)]) {
    assert.deepEqual([both.count, both.sum, both.min, both.max], [1000, 500_500, 1, 1000])
    assert.ok(Math.abs(both.quantile(0.5) / 500 - 1) <= QUANTILE_ERROR)
  }
  assert.deepEqual([few.count, many.count], [3, 997])
})

test('sizes that grow and shrink', () => {
  const values = Array.from({ length: 200 }, (_, i) => 2 ** (i % 50))
  const spread = spreadOf(values)
  assert.equal(spread.count, 200)
  assert.equal(spread.quantile(1), 2 ** 49)
  assert.equal(spread.above(2 ** 53), 0)
})
