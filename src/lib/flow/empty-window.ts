// Owns the window of a run in which there was none: nothing came, so sums and rates are 0, and averages are not known. Start
// at emptyWindow.

import type { ValueExpression } from '../expression/expression.ts'
import type { Estimate, FlowRow, FlowWindow, RowKind } from './rows.ts'

const nothing: Estimate = { total: 0, perSecond: 0, share: null, errorPct: null, low: 0, high: 0 }
const unknown: Estimate = { total: null, perSecond: null, share: null, errorPct: null, low: null, high: null }

export function emptyWindow(values: readonly ValueExpression[]): FlowWindow {
  const row = (kind: RowKind): FlowRow => ({
    kind,
    key: [],
    id: '',
    agent: null,
    dataSource: null,
    samples: 0,
    values: values.map(({ statistic }) => (statistic === 'rate' || statistic === 'count' ? nothing : unknown)),
  })
  return {
    startMs: Number.NaN,
    endMs: Number.NaN,
    seconds: 0,
    keys: [],
    values: [],
    agg: 'sum',
    aggLabel: '',
    rows: [],
    other: row('other'),
    noKey: row('no key'),
    total: row('total'),
    flows: 0,
    samples: 0,
    bound: { maxFlows: 0, hit: false, errorBound: 0, textsHit: false },
    sources: [],
    loss: { received: 0, matched: 0, lost: 0, agentDrops: 0, tooLate: 0, unplaced: 0 },
    fit: undefined,
  }
}
