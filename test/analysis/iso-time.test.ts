// Times of rows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isoOf } from '../../src/lib/analysis/iso-time.ts'

test('times are told to the microsecond', () => {
  for (const [ms, text] of [
    [1_768_478_401_000, '2026-01-15T12:00:01.000000000Z'],
    [1_768_478_401_468.863, '2026-01-15T12:00:01.468863000Z'],
    [1_768_478_401_999.9998, '2026-01-15T12:00:02.000000000Z'],
    [-0.5, '1969-12-31T23:59:59.999500000Z'],
    [Number.NaN, null],
  ] as const) {
    assert.equal(isoOf(ms), text)
  }
})
