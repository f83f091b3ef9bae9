// Owns what of drops is published as metrics: sFlow-RT's dropped_packets, and ours. See drops.ts for the folder. Start at
// addDropMetrics.

import type { Labels, MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import { exportedLabels } from './keys.ts'
import type { DropRow, DropsWindow } from './snapshot.ts'
import { type DropTotals, labelsOf } from './totals.ts'

function gauge(name: string, help: string): MetricDefinition {
  return { name, help, type: 'gauge' }
}

function counter(name: string, help: string): MetricDefinition {
  return { name, help, type: 'counter' }
}

/** As sFlow-RT's flow exporter publishes drops (blog of August 2024): packets a second. */
export const droppedPackets = gauge(
  'dropped_packets',
  'packets dropped a second that agents told of, by what was in them',
)

export const dropMetrics = {
  rate: gauge('sonde_drops_per_second', 'packets dropped a second, by reason and place'),
  notTold: gauge('sonde_drops_not_told', 'packets dropped in the window that agents did not tell of'),
  total: gauge('sonde_drops', 'packets dropped in the window'),
  discards: gauge('sonde_drops_counted_discards', 'packets discarded in the window, by the counters of the port'),
  seconds: gauge('sonde_drops_window_seconds', 'seconds that these numbers are of'),
  explained: gauge('sonde_drops_explained_percent', 'of the counted discards those that agents told of'),
  all: counter('sonde_drops_total', 'packets dropped since the start, by reason and place, told or sampled'),
  allNotTold: counter('sonde_drops_not_told_total', 'packets dropped since the start that agents did not tell of'),
} as const

/**
 * dropped_packets with the labels of exports.md 1.1; the others with reason, group, node, port, direction.
 * @param totals of all windows up to this one
 */
export function addDropMetrics(window: DropsWindow, totals: DropTotals, into: MetricTable): void {
  for (const { key, perSecond } of window.exported) {
    const labels = exportedLabels.map((name, i): [string, string] => [name, String(key[i] ?? '')])
    into.add(droppedPackets, labels, perSecond)
  }
  for (const [labels, packets] of ratesOf(window.rows)) {
    into.add(dropMetrics.rate, labels, window.seconds > 0 ? packets / window.seconds : null)
  }
  into.add(dropMetrics.total, [], window.total.packets)
  into.add(dropMetrics.notTold, [], window.limited + window.lost)
  into.add(dropMetrics.seconds, [], window.seconds)
  for (const port of window.ports) {
    const labels: Labels = [
      ['node', port.node],
      ['port', port.port ?? String(port.ifIndex)],
    ]
    into.add(dropMetrics.discards, [...labels, ['direction', 'in']], port.inDiscards)
    into.add(dropMetrics.discards, [...labels, ['direction', 'out']], port.outDiscards)
    into.add(dropMetrics.explained, labels, port.explainedPct)
  }
  for (const { labels, packets } of totals.series) into.add(dropMetrics.all, labels, packets)
  into.add(dropMetrics.allNotTold, [], totals.notTold)
}

/** Whose packets they were makes too many series. */
function ratesOf(rows: readonly DropRow[]): [Labels, number][] {
  const sums = new Map<string, [Labels, number]>()
  for (const row of rows) {
    const labels = labelsOf(row)
    const key = JSON.stringify(labels)
    const known = sums.get(key)
    if (known === undefined) sums.set(key, [labels, row.packets ?? 0])
    else known[1] += row.packets ?? 0
  }
  return [...sums.values()]
}
