import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aiMetric, aiMetrics, aiPanels } from '../../src/lib/metrics/ai-metric-names.ts'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'

/** ai-metrics.md section 3, in its order. */
const published = `sflow_ai_bps sflow_ai_rdma_ops sflow_ai_rdma_bytes
sflow_ai_aeth_credits_avg sflow_ai_aeth_credits_min sflow_ai_aeth_credits_max
sflow_ai_core_min_bps sflow_ai_core_q1_bps sflow_ai_core_med_bps sflow_ai_core_q3_bps sflow_ai_core_max_bps
sflow_ai_edge_min_bps sflow_ai_edge_q1_bps sflow_ai_edge_med_bps sflow_ai_edge_q3_bps sflow_ai_edge_max_bps
sflow_ai_discards_in sflow_ai_errors_in sflow_ai_discards_out sflow_ai_errors_out
sflow_ai_ecn_pps sflow_ai_cnp_pps sflow_ai_trim_pps sflow_ai_period
sflow_ai_operations{name} sflow_ai_drops{reason}`

test('the reference’s names are published in its order, with its labels', () => {
  const reference = published.split(/\s+/)
  const ours = aiMetrics.map(({ name, label }) => (label === undefined ? name : `${name}{${label}}`))
  assert.deepEqual(
    ours.filter((name) => reference.includes(name)),
    reference,
  )
})

test('the twelve panels are those of the reference’s dashboard, and each draws something', () => {
  assert.deepEqual(
    aiPanels.map(({ title, unit }) => `${title}: ${unit}`),
    [
      'Total Traffic: bps',
      'Operations: pps',
      'Core Link Traffic: bps',
      'Edge Link Traffic: bps',
      'RDMA Operations: ops',
      'RDMA Bytes: bytes',
      'Credits: none',
      'Period: s',
      'Congestion: pps',
      'Errors: pps',
      'Discards: pps',
      'Drop Reasons: pps',
    ],
  )
  for (const { title, unit } of aiPanels) {
    const drawn = aiMetrics.filter(({ panel }) => panel === title)
    assert.notEqual(drawn.length, 0, title)
    assert.deepEqual([...new Set(drawn.map((one) => one.unit))], [unit], title)
  }
})

test('every row is a metric that can be published', () => {
  const table = new MetricTable()
  for (const one of aiMetrics) table.add(one, one.label === undefined ? [] : [[one.label, 'x']], 1)
  assert.equal(table.families().length, aiMetrics.length)
  assert.equal(aiMetric('cnp_pps').name, 'sflow_ai_cnp_pps')
})
