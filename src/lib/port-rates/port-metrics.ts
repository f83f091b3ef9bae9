// Owns what of a port is published as metrics, under sFlow-RT's names. See port-rates.ts for the folder. Start at addPortMetrics.

import type { Labels, MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import type { PortRow } from './port-row.ts'

export interface PortMetric extends MetricDefinition {
  readonly of: (row: PortRow) => number | null
}

function gauge(name: string, help: string, of: (row: PortRow) => number | null): PortMetric {
  return { name: `sflow_${name}`, help, type: 'gauge', of }
}

const upDown = (status: 'up' | 'down' | null): number | null => (status === null ? null : status === 'up' ? 1 : 0)
const octets = (bits: number | null): number | null => (bits === null ? null : bits / 8)
const percent = (share: number | null): number | null => (share === null ? null : share * 100)

/** Rates a second, as sFlow-RT gives counters (exports.md section 1, flows.md section 8). */
export const portMetrics: readonly PortMetric[] = [
  gauge('ifspeed', 'speed of the port in bits per second', (row) => row.speed),
  gauge('ifadminstatus', '1 where the port should be up, else 0', (row) => upDown(row.admin)),
  gauge('ifoperstatus', '1 where the port is up, else 0', (row) => upDown(row.oper)),
  gauge('ifinoctets', 'octets received per second', (row) => octets(row.in.bitsPerSecond)),
  gauge('ifoutoctets', 'octets sent per second', (row) => octets(row.out.bitsPerSecond)),
  gauge('ifinutilization', 'percent of the speed that is received', (row) => percent(row.in.utilization)),
  gauge('ifoututilization', 'percent of the speed that is sent', (row) => percent(row.out.utilization)),
  gauge('ifinpkts', 'packets received per second', (row) => row.in.packetsPerSecond),
  gauge('ifoutpkts', 'packets sent per second', (row) => row.out.packetsPerSecond),
  gauge('ifinerrors', 'received packets with errors per second', (row) => row.in.errorsPerSecond),
  gauge('ifouterrors', 'packets not sent because of errors per second', (row) => row.out.errorsPerSecond),
  gauge('ifindiscards', 'received packets discarded per second', (row) => row.in.discardsPerSecond),
  gauge('ifoutdiscards', 'packets to be sent discarded per second', (row) => row.out.discardsPerSecond),
  gauge('ifinsampledoctets', 'octets received per second, by flow samples', (row) =>
    octets(row.in.sampledBitsPerSecond),
  ),
  gauge('ifoutsampledoctets', 'octets sent per second, by flow samples', (row) => octets(row.out.sampledBitsPerSecond)),
  gauge(
    'ifsampledratio',
    'traffic by flow samples over traffic by counters: 1 where the sampling rate is true',
    (row) => row.ratio?.value ?? null,
  ),
]

/** A series a port and metric, labelled with agent, datasource (ifIndex), host (node), ifname and, in the core, link. */
export function addPortMetrics(rows: readonly PortRow[], into: MetricTable): void {
  for (const metric of portMetrics) {
    for (const row of rows) into.add(metric, portLabels(row), metric.of(row))
  }
}

/** Who, which port, and in the core which link. */
export function portLabels(row: PortRow): Labels {
  return [
    ['agent', row.agent],
    ['datasource', String(row.ifIndex)],
    ['host', row.node === row.agent ? '' : row.node],
    ['ifname', row.port ?? ''],
    ['link', row.link ?? ''],
  ]
}
