import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chanceOf, tailTables } from '../../src/lib/period/significance.ts'

describe('the chance of an H', () => {
  it('is what surrogates have', () => {
    // 10 s and 46 frequencies, 64 samples: the sixth place of the row is one in a hundred thousand.
    assert.ok(Math.abs(Math.log10(chanceOf(42.3, 64, 10, 46)) + 5) < 0.01)
    assert.ok(Math.abs(chanceOf(16.9, 64, 10, 46) - 0.1) < 0.001)
    assert.ok(Math.abs(Math.log10(chanceOf(55.4, 1024, 40, 196)) + 6) < 0.01)
  })

  it('goes with the frequencies that are tried', () => {
    const one = chanceOf(50, 256, 10, 46)
    assert.ok(Math.abs(chanceOf(50, 256, 10, 92) / one - 2) < 0.01)
  })

  it('falls with H, beyond the table too, and never below 0', () => {
    let last = 1
    for (let h = 0; h < 200; h += 5) {
      const p = chanceOf(h, 100, 20, 90)
      assert.ok(p <= last && p > 0, `${h} ${p}`)
      last = p
    }
    assert.ok(last < 1e-20)
    assert.ok(chanceOf(10_000, 100, 20, 90) >= 0)
  })

  it('has rows in order', () => {
    for (const { rows } of tailTables) {
      for (const { h } of rows) {
        assert.equal(h.length, 9)
        assert.deepEqual(
          h,
          h.toSorted((a, b) => a - b),
        )
      }
    }
  })
})
