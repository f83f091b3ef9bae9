// Owns the names of what `sonde ai-metrics` publishes, their units and the panels they are drawn in: one table for the engine, the
// exporters and the dashboards in stacks/, so that none can drift from another. Knows neither how a number is found nor a server.
// Start at aiMetrics. See metrics.ts for the folder.

import type { MetricDefinition } from './metrics.ts'

/** Units as Grafana names them: bits, packets and operations a second, bytes, seconds, a plain number. */
export type AiUnit = 'bps' | 'pps' | 'ops' | 'bytes' | 's' | 'none'

/** One of the twelve charts, in the order in which they are shown: three in a row. */
export interface AiPanel {
  readonly title: string
  readonly unit: AiUnit
  /** Series are parts of a whole. */
  readonly stacked: boolean
  readonly doc: string
}

/** @see exports.md section 2 */
export const aiPanels = Object.freeze([
  panel('Total Traffic', 'bps', 'Traffic that enters the fabric by its edge ports.'),
  panel('Operations', 'pps', 'RoCE packets by operation, the most frequent.', true),
  panel('Core Link Traffic', 'bps', 'Traffic of links between switches, each direction by itself.'),
  panel('Edge Link Traffic', 'bps', 'Traffic into ports of switches that no other switch is behind.'),
  panel('RDMA Operations', 'ops', 'RDMA reads and writes begun: packets with a RETH.'),
  panel('RDMA Bytes', 'bytes', 'Mean DMA length of an RDMA operation.'),
  panel('Credits', 'none', 'Credits that acknowledgements grant.'),
  panel('Period', 's', 'Time between the bursts of the job; none where no period is found.'),
  panel('Congestion', 'pps', 'Marked packets, the notifications that they cause, and trimmed packets.'),
  panel('Errors', 'pps', 'Interface counters: packets with errors.'),
  panel('Discards', 'pps', 'Interface counters: packets discarded.'),
  panel('Drop Reasons', 'pps', 'Dropped packets by what the switch says was the reason.', true),
])

export type AiPanelTitle = (typeof aiPanels)[number]['title']

/** A gauge, a rate already: never wrap it in rate(). Unknown is no series. */
export interface AiMetric extends MetricDefinition {
  /** `core_max_bps` */
  readonly key: string
  readonly type: 'gauge'
  readonly unit: AiUnit
  readonly panel: AiPanelTitle
  /** What its line is called in the panel. */
  readonly legend: string
  /** The label that tells its series apart; undefined where there is one series only. */
  readonly label: string | undefined
}

/**
 * In the order in which they are published; names are `sflow_ai_` and the key.
 * @see ai-metrics.md sections 2 and 3
 */
export const aiMetrics = Object.freeze([
  metric('bps', 'bps', 'Total Traffic', 'Total', 'traffic into the fabric by edge ports, bit/s'),
  metric('rdma_ops', 'ops', 'RDMA Operations', 'Operations', 'RDMA operations begun, packets with a RETH a second'),
  metric('rdma_bytes', 'bytes', 'RDMA Bytes', 'Bytes', 'mean DMA length of an RDMA operation, bytes'),
  metric('aeth_credits_avg', 'none', 'Credits', 'Avg', 'mean of the credits that an acknowledgement grants'),
  metric('aeth_credits_min', 'none', 'Credits', 'Min', 'least of the credits that an acknowledgement grants'),
  metric('aeth_credits_max', 'none', 'Credits', 'Max', 'most of the credits that an acknowledgement grants'),
  metric('core_min_bps', 'bps', 'Core Link Traffic', 'Min', 'links between switches: least traffic of one, bit/s'),
  metric('core_q1_bps', 'bps', 'Core Link Traffic', 'Q1', 'links between switches: first quartile, bit/s'),
  metric('core_med_bps', 'bps', 'Core Link Traffic', 'Med', 'links between switches: median, bit/s'),
  metric('core_q3_bps', 'bps', 'Core Link Traffic', 'Q3', 'links between switches: third quartile, bit/s'),
  metric('core_max_bps', 'bps', 'Core Link Traffic', 'Max', 'links between switches: most traffic of one, bit/s'),
  metric('edge_min_bps', 'bps', 'Edge Link Traffic', 'Min', 'edge ports: least traffic of one, bit/s'),
  metric('edge_q1_bps', 'bps', 'Edge Link Traffic', 'Q1', 'edge ports: first quartile, bit/s'),
  metric('edge_med_bps', 'bps', 'Edge Link Traffic', 'Med', 'edge ports: median, bit/s'),
  metric('edge_q3_bps', 'bps', 'Edge Link Traffic', 'Q3', 'edge ports: third quartile, bit/s'),
  metric('edge_max_bps', 'bps', 'Edge Link Traffic', 'Max', 'edge ports: most traffic of one, bit/s'),
  metric('discards_in', 'pps', 'Discards', 'In', 'received packets discarded, by interface counters, packets a second'),
  metric('errors_in', 'pps', 'Errors', 'In', 'received packets with errors, by interface counters, packets a second'),
  metric('discards_out', 'pps', 'Discards', 'Out', 'packets discarded before sending, packets a second'),
  metric('errors_out', 'pps', 'Errors', 'Out', 'packets that errors kept from being sent, packets a second'),
  metric('ecn_pps', 'pps', 'Congestion', 'ECN', 'RoCE packets marked as having met congestion (CE), packets a second'),
  metric('cnp_pps', 'pps', 'Congestion', 'CNP', 'congestion notifications (opcode 0x81), packets a second'),
  metric('trim_pps', 'pps', 'Congestion', 'Trimmed', 'packets whose payload a switch cut off, packets a second'),
  metric('period', 's', 'Period', 'Period', 'time between bursts, seconds'),
  grouped('operations', 'name', 'pps', 'Operations', 'RoCE packets by operation, packets a second'),
  grouped('drops', 'reason', 'pps', 'Drop Reasons', 'dropped packets by reason, packets a second'),
])

export type AiMetricKey = (typeof aiMetrics)[number]['key']

const byKey: ReadonlyMap<string, AiMetric> = new Map(aiMetrics.map((one) => [one.key, one]))

/** The row of the table that a key has. */
export function aiMetric(key: AiMetricKey): AiMetric {
  return byKey.get(key)!
}

function panel<const Title extends string>(title: Title, unit: AiUnit, doc: string, stacked = false) {
  return Object.freeze({ title, unit, stacked, doc })
}

function metric<const Key extends string>(key: Key, unit: AiUnit, title: AiPanelTitle, legend: string, help: string) {
  return define(key, unit, title, legend, help, undefined)
}

function grouped<const Key extends string>(key: Key, label: string, unit: AiUnit, title: AiPanelTitle, help: string) {
  return define(key, unit, title, label, help, label)
}

function define<const Key extends string>(
  key: Key,
  unit: AiUnit,
  title: AiPanelTitle,
  legend: string,
  help: string,
  label: string | undefined,
): AiMetric & { readonly key: Key } {
  return Object.freeze({ key, name: `sflow_ai_${key}`, help, type: 'gauge', unit, panel: title, legend, label })
}
