// Owns what of a path is published as metrics. See path.ts for the folder. Start at addPathMetrics.

import type { Labels, MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import { perSecond } from './columns.ts'
import type { PathHop, PathWindow } from './snapshot.ts'

interface PathMetric extends MetricDefinition {
  readonly of: (hop: PathHop, window: PathWindow) => number | null
}

function gauge(name: string, help: string, of: PathMetric['of']): PathMetric {
  return { name: `sonde_path_${name}`, help, type: 'gauge', of }
}

export const pathMetrics: readonly PathMetric[] = [
  gauge('packets_per_second', 'packets that leave the node by the port, a second, estimated', ({ traffic }, window) =>
    perSecond(traffic.packets, window),
  ),
  gauge('octets_per_second', 'octets that leave the node by the port, a second, estimated', ({ traffic }, window) =>
    perSecond(traffic.bytes, window),
  ),
  gauge('share', 'of the packets that leave the node, 0 to 1', ({ share }) => share?.value ?? null),
  gauge('transit_delay_seconds', 'mean transit delay through the node (0:1039)', ({ delay }) =>
    delay === null ? null : delay.mean / 1e9,
  ),
  gauge('queue_depth_bytes', 'mean bytes queued as packets arrived (0:1040)', ({ depth }) => depth?.mean ?? null),
]

export const pathDropMetric: MetricDefinition = {
  name: 'sonde_path_dropped_packets',
  help: 'packets that the node dropped in the window',
  type: 'gauge',
}

/** Hops labelled with node, port (out), link, to (next node) and state; drops with node, port (in), reason. */
export function addPathMetrics(window: PathWindow, into: MetricTable): void {
  for (const metric of pathMetrics) {
    for (const hop of window.hops) into.add(metric, labelsOf(hop), metric.of(hop, window))
  }
  for (const { node, inPort, reason, packets } of window.drops) {
    const labels: Labels = [
      ['node', node],
      ['port', inPort ?? ''],
      ['reason', reason],
    ]
    into.add(pathDropMetric, labels, Number.isNaN(packets.total) ? null : packets.total)
  }
}

function labelsOf({ node, outPort, link, to, state }: PathHop): Labels {
  return [
    ['node', node],
    ['port', outPort ?? ''],
    ['link', link ?? ''],
    ['to', to ?? ''],
    ['state', state],
  ]
}
