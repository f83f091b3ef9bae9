import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Baseline } from '../../src/lib/period/baseline.ts'

const options = { window: 4, sensitivity: 2, repeat: 2 }

describe('Baseline', () => {
  test('learns as many values as its window has, and tells nothing of them before', () => {
    const baseline = new Baseline(options)
    for (const value of [2, 4, 4]) assert.equal(baseline.check(value), 'learning')
    assert.equal(baseline.statistics(), null)
    assert.equal(baseline.check(6), 'learning')
    // Mean 4; squares 4 + 0 + 0 + 4 over 3.
    const { mean, variance, sdev, min, max } = baseline.statistics()!
    assert.deepEqual({ mean, min, max }, { mean: 4, min: 2, max: 6 })
    assert.ok(Math.abs(variance - 8 / 3) < 1e-12)
    assert.ok(Math.abs(sdev - 1.632993161855452) < 1e-12)
  })

  const cases: readonly { name: string; values: readonly number[]; last: string }[] = [
    { name: 'inside of two standard deviations', values: [2, 4, 4, 6, 7], last: 'normal' },
    { name: 'one value outside is none yet', values: [2, 4, 4, 6, 8], last: 'normal' },
    { name: 'two above', values: [10, 10, 11, 11, 20, 40], last: 'high' },
    { name: 'two below', values: [100, 100, 101, 101, 80, 20], last: 'low' },
    { name: 'one inside between two outside', values: [10, 10, 11, 11, 20, 12, 40], last: 'normal' },
    { name: 'rounding of what is always the same', values: [0.3, 0.3, 0.3, 0.3, 0.1 + 0.2, 0.1 + 0.2], last: 'normal' },
    { name: 'what begins after nothing', values: [0, 0, 0, 0, 1, 3], last: 'high' },
  ]
  for (const { name, values, last } of cases) {
    test(`${name}: ${last}`, () => {
      const baseline = new Baseline(options)
      assert.equal(values.map((value) => baseline.check(value)).at(-1), last)
    })
  }

  test('learns anew after a reset', () => {
    const baseline = new Baseline(options)
    for (const value of [1, 2, 3, 4]) baseline.check(value)
    baseline.reset()
    assert.equal(baseline.statistics(), null)
    for (const value of [7, 7, 7]) assert.equal(baseline.check(value), 'learning')
    baseline.check(7)
    assert.equal(baseline.statistics()?.mean, 7)
  })
})
