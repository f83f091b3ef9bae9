// Writes stacks/dashboards/: the twelve panels of ai-metrics for Grafana and for InfluxDB, from the table that names what is
// published (src/lib/metrics/ai-metric-names.ts). With --check it writes nothing and fails where a file would change.

import { type AiMetric, type AiPanel, aiMetrics, aiPanels } from '../src/lib/metrics/ai-metric-names.ts'
import { writeGenerated } from './generated-file.ts'

const PANELS_A_ROW = 3

const metricsOf = (panel: AiPanel): AiMetric[] => aiMetrics.filter((metric) => metric.panel === panel.title)

/** Column and row of a panel. */
const placeOf = (i: number): [number, number] => [i % PANELS_A_ROW, Math.floor(i / PANELS_A_ROW)]

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Of a grid of 24 columns. */
const GRAFANA_WIDTH = 24 / PANELS_A_ROW
const GRAFANA_HEIGHT = 8
/** A variable, so that the dashboard can be imported where the data source has another name than in our stack. */
const datasource = { type: 'prometheus', uid: '$datasource' }

function grafanaPanel(panel: AiPanel, i: number) {
  const [column, row] = placeOf(i)
  return {
    id: i + 1,
    type: 'timeseries',
    title: panel.title,
    description: panel.doc,
    datasource,
    gridPos: { x: column * GRAFANA_WIDTH, y: row * GRAFANA_HEIGHT, w: GRAFANA_WIDTH, h: GRAFANA_HEIGHT },
    targets: metricsOf(panel).map((metric, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource,
      expr: metric.name,
      legendFormat: metric.label === undefined ? metric.legend : `{{${metric.label}}}`,
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: 0,
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: panel.stacked ? 30 : 0,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: panel.stacked ? 'normal' : 'none', group: 'A' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

const grafana = {
  uid: 'sonde-ai-metrics',
  title: 'AI Metrics',
  description: 'RoCEv2 traffic of an AI cluster, from sFlow. Written by scripts/gen-dashboards.ts of sonde.',
  tags: ['sflow', 'rocev2'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  refresh: '15s',
  time: { from: 'now-24h', to: 'now' },
  timezone: 'browser',
  templating: {
    list: [
      {
        name: 'datasource',
        label: 'Data source',
        type: 'datasource',
        query: 'prometheus',
        current: { selected: true, text: 'sflow_rt_data', value: 'sflow_rt_data' },
        hide: 0,
      },
    ],
  },
  annotations: { list: [] },
  panels: aiPanels.map(grafanaPanel),
}

/** Of a grid of 12 columns. */
const INFLUX_WIDTH = 12 / PANELS_A_ROW
const INFLUX_HEIGHT = 3
const BUCKET = 'sflow'

/**
 * The field is `value` where sonde writes itself or what is scraped has no TYPE lines, and `gauge` where Telegraf scrapes what has
 * them (sonde has).
 */
function fluxQuery({ name, label, legend }: AiMetric): string {
  return [
    `from(bucket: "${BUCKET}")`,
    '  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)',
    `  |> filter(fn: (r) => r._measurement == "${name}")`,
    '  |> filter(fn: (r) => r._field == "value" or r._field == "gauge")',
    ...(label === undefined ? [`  |> set(key: "series", value: "${legend}")`] : []),
    `  |> group(columns: ["${label ?? 'series'}"])`,
    '  |> aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: false)',
    `  |> keep(columns: ["_time", "_value", "${label ?? 'series'}"])`,
  ].join('\n')
}

/** How InfluxDB writes a unit behind a number; it has no packets or operations. */
const influxSuffix = { bps: ' bit/s', pps: ' pps', ops: ' ops', bytes: ' B', s: ' s', none: '' } as const

function influxChart(panel: AiPanel, i: number) {
  const [column, row] = placeOf(i)
  return {
    kind: 'Xy',
    name: panel.title,
    note: panel.doc,
    xPos: column * INFLUX_WIDTH,
    yPos: row * INFLUX_HEIGHT,
    width: INFLUX_WIDTH,
    height: INFLUX_HEIGHT,
    geom: 'line',
    position: panel.stacked ? 'stacked' : 'overlaid',
    shade: panel.stacked,
    xCol: '_time',
    yCol: '_value',
    hoverDimension: 'auto',
    axes: [
      { name: 'x', base: '10', scale: 'linear' },
      { name: 'y', base: panel.unit === 'bytes' ? '2' : '10', scale: 'linear', suffix: influxSuffix[panel.unit] },
    ],
    queries: metricsOf(panel).map((metric) => ({ query: fluxQuery(metric) })),
  }
}

/** @see https://docs.influxdata.com/influxdb/v2/tools/influxdb-templates/ */
const influx = [
  {
    apiVersion: 'influxdata.com/v2alpha1',
    kind: 'Dashboard',
    metadata: { name: 'sonde-ai-metrics' },
    spec: {
      name: 'AI Metrics',
      description: 'RoCEv2 traffic of an AI cluster, from sFlow. Written by scripts/gen-dashboards.ts of sonde.',
      charts: aiPanels.map(influxChart),
    },
  },
]

writeGenerated('stacks/dashboards/grafana/ai-metrics.json', json(grafana))
writeGenerated('stacks/dashboards/influxdb/ai_metrics.json', json(influx))
