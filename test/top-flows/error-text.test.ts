import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorText, widerSide } from '../../src/lib/top-flows/error-text.ts'

const of = (low: number | null, high: number | null, errorPct: number | null = null, total: number | null = 100) => ({
  total,
  errorPct: errorPct ?? (low === null || high === null ? null : (high - low) / 2),
  low,
  high,
})

for (const [bounds, want] of [
  [of(80, 121), '21 %'],
  [of(null, null, 20), '20 %'],
  [of(null, null, 3.25), '3.3 %'],
  [of(46, 191), '+91 %'],
  [of(3, 547), '+447 %'],
  [of(0, 1200), '>999 %'],
  [of(90.9, 106), '-9.1 %'],
  [of(93.3, 100), '-6.7 %'],
  [of(99.99, 100), '<0.1 %'],
  [of(100, 100), '0.0 %'],
  [of(null, null), '-'],
  [of(1, 3.69, null, null), '1.3 %'],
] as const) {
  test(`${bounds.low} to ${bounds.high} of ${bounds.total}, ${bounds.errorPct}: ${want}`, () => {
    assert.equal(errorText(bounds), want)
  })
}

test('which side, to sort by', () => {
  assert.deepEqual(widerSide(of(46, 191)), { sign: '+', percent: 91 })
  assert.deepEqual(widerSide(of(40, 110)), { sign: '-', percent: 60 })
  assert.equal(widerSide(of(null, null)), null)
})
