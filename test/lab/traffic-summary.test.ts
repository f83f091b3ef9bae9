import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CycleSums, formatCycle, formatLosses, formatSummary } from '../../src/lib/lab/traffic-summary.ts'

const first = {
  number: 1,
  startNs: 1_795_459_028_123_158_107n,
  endNs: 1_795_459_028_325_018_064n,
  packets: 10_003,
  ce: 1011,
  received: 10_003,
}

test('a line of the log has all digits', () => {
  assert.equal(
    formatCycle(first),
    '{"cycle":1,"start_ns":1795459028123158107,"end_ns":1795459028325018064,"packets":10003,"ce":1011,"received":10003}\n',
  )
})

test('sums: the period is from start to start', () => {
  const sums = new CycleSums()
  assert.deepEqual([sums.periodS, sums.burstS], [undefined, undefined])
  sums.add({ ...first, startNs: 1_000_000_000n, endNs: 1_200_000_000n })
  sums.add({ ...first, startNs: 1_700_000_000n, endNs: 1_900_000_000n, received: 10_000 })
  sums.add({ ...first, startNs: 2_500_000_000n, endNs: 2_800_000_000n, ce: 1 })
  assert.deepEqual(sums.periodS, { mean: 0.75, min: 0.7, max: 0.8 })
  assert.equal((sums.burstS ?? 0).toFixed(9), '0.233333333')
  assert.deepEqual([sums.count, sums.packets, sums.received, sums.ce], [3, 30_009, 30_006, 2023])
})

const summary = {
  lab: 'sonde',
  kind: 'job' as const,
  cycles: 100,
  packets: 1_000_300,
  received: 1_000_300,
  ce: 100_030,
  period_s: 0.700_814_6,
  period_min_s: 0.700_05,
  period_max_s: 0.703_62,
  burst_s: 0.200_69,
  not_sent: {},
  stopped: false,
}

test('what a person reads', () => {
  assert.deepEqual(formatSummary(summary), [
    'Sent 1,000,300 packets in 100 cycles; all received.',
    'Period 0.7008 s (0.7000 to 0.7036), of which 0.2007 s are packets.',
    'Marked CE: 100,030, 10.00 %.',
  ])
  assert.deepEqual(formatLosses(summary), [])
})

test('one cycle, stopped, with loss', () => {
  const one = { ...summary, cycles: 1, packets: 1200, received: 200, ce: 0, stopped: true }
  const none = { period_s: null, period_min_s: null, period_max_s: null }
  assert.deepEqual(formatSummary({ ...one, ...none }), [
    'Stopped. Sent 1,200 packets in 1 cycle; 200 received, 1,000 lost on the way.',
    'Marked CE: 0, 0.00 %.',
  ])
  assert.deepEqual(formatLosses({ ...one, not_sent: { ENETUNREACH: 12_345 } }), [
    'Not sent: 12,345 packets (ENETUNREACH).',
  ])
})
