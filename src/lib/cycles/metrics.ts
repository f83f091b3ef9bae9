// Owns what of cycles is published as metrics. See cycles.ts for the folder. Start at addCycleMetrics.

import type { Labels, MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import type { CycleRow, CyclesWindow } from './snapshot.ts'

function gauge(name: string, help: string): MetricDefinition {
  return { name, help, type: 'gauge' }
}

export const cycleMetrics = {
  period: gauge('sonde_period_seconds', 'length of the training cycle; left out where none is found'),
  error: gauge('sonde_period_error_seconds', 'its error at 95 %'),
  p: gauge(
    'sonde_period_chance',
    'chance that traffic without a cycle gives as much, corrected for all that was tried',
  ),
  duty: gauge('sonde_period_duty_cycle_ratio', 'share of the cycle in which there is traffic'),
  bursts: gauge('sonde_period_bursts', 'bursts of traffic in a cycle'),
  bytes: gauge('sonde_period_step_bytes', 'bytes of frames in a cycle'),
  cycles: gauge('sonde_period_cycles_seen', 'cycles that the answer rests on'),
  samples: gauge('sonde_period_samples', 'samples that were looked at'),
  hidden: gauge('sonde_period_hidden_below_seconds', 'shorter periods can not be seen, as agents hold samples'),
  lag: gauge('sonde_period_straggler_lag_seconds', 'by how much the bursts of the last port end later than the others'),
  groups: gauge('sonde_period_groups', 'groups or jobs that are known'),
} as const

/** Labels: group, and for the last port node and port. */
export function addCycleMetrics(window: CyclesWindow, into: MetricTable): void {
  for (const row of window.rows) addRow(row, [['group', row.name]], into)
  into.add(cycleMetrics.groups, [], window.groups)
}

function addRow(row: CycleRow, labels: Labels, into: MetricTable): void {
  into.add(cycleMetrics.period, labels, row.periodSeconds)
  into.add(cycleMetrics.error, labels, row.errorSeconds)
  into.add(cycleMetrics.p, labels, row.p)
  into.add(cycleMetrics.duty, labels, row.dutyCycle)
  into.add(cycleMetrics.bursts, labels, row.burstsPerStep)
  into.add(cycleMetrics.bytes, labels, row.bytesPerStep)
  into.add(cycleMetrics.cycles, labels, row.cyclesSeen)
  into.add(cycleMetrics.samples, labels, row.samples)
  into.add(cycleMetrics.hidden, labels, row.hold?.shortestSeconds ?? null)
  const { straggler } = row
  if (straggler === null) return
  const place: Labels = [
    ['node', straggler.node],
    ['port', straggler.port],
  ]
  into.add(cycleMetrics.lag, [...labels, ...place], straggler.lagSeconds)
}
