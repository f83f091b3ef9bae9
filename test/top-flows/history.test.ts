// The course of rows between refreshes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlowRow, FlowWindow, RowKind } from '../../src/lib/flow/rows.ts'
import { History } from '../../src/lib/top-flows/history.ts'

function row(id: string, total: number, seconds: number, kind: RowKind = 'flow'): FlowRow {
  const value = { total, perSecond: total / seconds, share: null, errorPct: null, low: null, high: null }
  return { kind, key: [], id, agent: null, dataSource: null, samples: 1, values: [value] }
}

function window(startMs: number, seconds: number, totals: Readonly<Record<string, number>>): FlowWindow {
  const sum = Object.values(totals).reduce((a, b) => a + b, 0)
  return {
    startMs,
    endMs: startMs + 10_000,
    seconds,
    keys: [],
    values: ['bytes'],
    agg: 'sum',
    aggLabel: '',
    rows: Object.entries(totals).map(([id, total]) => row(id, total, seconds)),
    other: row('', 0, seconds, 'other'),
    noKey: row('', 0, seconds, 'no key'),
    total: row('', sum, seconds, 'total'),
    flows: 1,
    samples: 1,
    bound: { maxFlows: 1, hit: false, errorBound: 0, textsHit: false },
    sources: [],
    loss: { received: 1, matched: 1, lost: 0, agentDrops: 0, tooLate: 0, unplaced: 0 },
    fit: undefined,
  }
}

test('the figures that were shown; null where a row was not listed', () => {
  const history = new History()
  history.take(window(0, 1, { a: 100 }))
  history.take(window(0, 2, { a: 150, b: 10 }))
  history.take(window(0, 4, { a: 150 }))
  assert.deepEqual(history.of(row('a', 0, 1)), [100, 75, 37.5])
  // Not listed at first, and not listed at last.
  assert.deepEqual(history.of(row('b', 0, 1)), [5, null])
  assert.deepEqual(history.of(row('', 0, 1, 'total')), [100, 80, 37.5])
  assert.deepEqual(history.of(row('c', 0, 1)), [])
})

test('a burst between two refreshes is no peak', () => {
  const history = new History()
  history.take(window(0, 5, { a: 500 }))
  // 40 in a hundredth of a second are not 4,000 a second.
  history.take(window(0, 5.01, { a: 540 }))
  assert.deepEqual(
    history.of(row('a', 0, 1)).map((rate) => Math.round(rate!)),
    [100, 108],
  )
})

test('bounded: sixty looks, and rows that are gone are forgotten', () => {
  const history = new History()
  history.take(window(0, 1, { gone: 1 }))
  for (let i = 2; i < 100; i++) history.take(window(0, i, { a: i }))
  assert.equal(history.of(row('a', 0, 1)).length, 60)
  assert.deepEqual(history.of(row('gone', 0, 1)), [])
})
