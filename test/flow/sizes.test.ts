import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpreadSum } from '../../src/lib/flow/sizes.ts'

/** Flows by the sizes of their samples. */
function spreadOf(flows: readonly (readonly number[])[], largest = 9000) {
  const sum = new SpreadSum()
  for (const sizes of flows) {
    const add = (of: (size: number) => number) => sizes.reduce((total, size) => total + of(size), 0)
    sum.add(
      sizes.length,
      sizes.length,
      add((s) => s),
      add((s) => s * s),
    )
  }
  return sum.spread(largest)
}

test('flows of one size each: nothing differs within them', () => {
  assert.deepEqual(spreadOf([[4158, 4158, 4158], [70, 70], [1500]]), { variance: 0, jump: 0 })
})

test('the mean of variances, by samples less one; the jump by flows that have one', () => {
  // 0 and 100: variance 5000 with one degree of freedom; three of 70 have none in two.
  const { variance, jump } = spreadOf([
    [100, 200],
    [70, 70, 70],
  ])
  assert.ok(Math.abs(variance - 5000 / 3) < 1e-6, `${variance}`)
  assert.ok(Math.abs(jump - 5000) < 1e-6, `${jump}`)
})

test('one of 1500 among 63 of 64: a flow counts as eight samples, the jump is not the size of the flow', () => {
  const { variance, jump } = spreadOf([[...Array<number>(63).fill(64), 1500]])
  // 63/64 1436² squares, by 63.
  assert.ok(Math.abs(variance - 1436 ** 2 / 64) < 1, `${variance}`)
  assert.ok(Math.abs(jump - (8 * 1436 ** 2) / 64) < 8, `${jump}`)
})

test('no jump is wider than the largest value', () => {
  assert.equal(spreadOf([[64, 1500, 64, 1500, 64, 1500, 64, 1500]], 1500).jump, 1500 ** 2)
})

test('flows of one sample each: all samples together', () => {
  const { variance, jump } = spreadOf([[100], [200], [300]])
  assert.ok(Math.abs(variance - 20_000 / 3) < 1e-6, `${variance}`)
  assert.equal(jump, variance)
  assert.deepEqual(spreadOf([]), { variance: 0, jump: 0 })
})
