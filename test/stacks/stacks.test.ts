// The files of stacks/ say what exports.md says, and no name in them is one that nobody publishes.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { aiMetrics, aiPanels } from '../../src/lib/metrics/ai-metric-names.ts'
import { repositoryRoot } from '../helpers/cli.ts'

const folder = join(repositoryRoot, 'stacks')
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
const aiPath = '/app/ai-metrics/scripts/metrics.js/prometheus/txt'

test('every file of YAML and JSON can be read', () => {
  const yaml = files.filter((path) => path.endsWith('.yml'))
  const json = files.filter((path) => path.endsWith('.json'))
  assert.equal(yaml.length, 9)
  assert.equal(json.length, 2)
  for (const path of yaml) assert.equal(typeof parse(read(path), { strict: true }), 'object', path)
  for (const path of json) assert.equal(typeof JSON.parse(read(path)), 'object', path)
})

test('every name of a metric is one that is published', () => {
  const published = new Set<string>(aiMetrics.map(({ name }) => name))
  let names = 0
  for (const path of files) {
    for (const [name] of read(path).matchAll(/\bsflow_ai_\w+/g)) {
      assert.ok(published.has(name), `${path}: ${name}`)
      names++
    }
  }
  assert.ok(names > 2 * aiMetrics.length)
})

interface Compose {
  readonly services: Readonly<Record<string, { readonly ports?: readonly string[]; readonly command?: unknown }>>
}

test('five stacks, each with sonde, which takes sFlow on 6343/udp', () => {
  const stacks = files.filter((path) => path.endsWith('compose.yml')).sort()
  const found = stacks.map((path) => {
    const { services } = parse(read(path)) as Compose
    assert.ok(services.sonde!.ports!.includes('6343:6343/udp'), path)
    return `${path.split('/')[0]}: ${Object.keys(services).join(' ')}`
  })
  assert.deepEqual(found, [
    'grafana-cloud-alloy: sonde alloy',
    'grafana-cloud-direct: sonde',
    'influxdb-direct: sonde',
    'influxdb-telegraf: sonde telegraf',
    'prometheus-grafana: sonde prometheus grafana',
  ])
})

test('no port but that of sFlow is open to others than this machine', () => {
  for (const path of files.filter((file) => file.endsWith('compose.yml'))) {
    const { services } = parse(read(path)) as Compose
    const open = Object.values(services).flatMap(({ ports = [] }) =>
      ports.filter((port) => !/^127\.0\.0\.1:/.test(port)),
    )
    assert.deepEqual(open, ['6343:6343/udp'], path)
  }
})

test('job, data source, component and bucket have the names of exports.md', () => {
  const prometheus = parse(read('prometheus-grafana/prometheus.yml')) as {
    global: { scrape_interval: string }
    scrape_configs: { job_name: string; metrics_path: string; static_configs: { targets: string[] }[] }[]
  }
  const job = prometheus.scrape_configs.find(({ job_name }) => job_name === 'sflow-rt-ai-metrics')!
  assert.equal(prometheus.global.scrape_interval, '15s')
  assert.equal(job.metrics_path, aiPath)
  assert.deepEqual(job.static_configs, [{ targets: ['sflow-rt:8008'] }])
  const { datasources } = parse(read('prometheus-grafana/grafana/datasources.yml')) as {
    datasources: readonly Record<string, unknown>[]
  }
  const { name, type, url, isDefault } = datasources[0]!
  assert.deepEqual([name, type, url, isDefault], ['sflow_rt_data', 'prometheus', 'http://prometheus:9090', true])
  for (const line of [
    'metric_version = 1',
    'omit_hostname = true',
    'bucket = "sflow"',
    `"http://sflow-rt:8008${aiPath}"`,
  ]) {
    assert.ok(read('influxdb-telegraf/telegraf.conf').includes(line), line)
  }
  for (const line of ['prometheus.scrape "prometheus"', 'prometheus.remote_write "grafanacloud"', `"${aiPath}"`]) {
    assert.ok(read('grafana-cloud-alloy/config.alloy').includes(line), line)
  }
})

const titles = aiPanels.map(({ title }) => title)

test('the dashboard of Grafana: twelve panels, three in a row, with the queries and legends of exports.md', () => {
  const { panels, time } = JSON.parse(read('dashboards/grafana/ai-metrics.json')) as {
    time: unknown
    panels: { title: string; gridPos: unknown; targets: { expr: string; legendFormat: string }[] }[]
  }
  assert.deepEqual(
    panels.map(({ title }) => title),
    titles,
  )
  assert.deepEqual(time, { from: 'now-24h', to: 'now' })
  assert.deepEqual(panels[4]!.gridPos, { x: 8, y: 8, w: 8, h: 8 })
  const lines = (title: string) =>
    panels.find((panel) => panel.title === title)!.targets.map(({ expr, legendFormat }) => `${expr} ${legendFormat}`)
  assert.deepEqual(lines('Operations'), ['sflow_ai_operations {{name}}'])
  assert.deepEqual(lines('Drop Reasons'), ['sflow_ai_drops {{reason}}'])
  assert.deepEqual(lines('Congestion').slice(0, 3), [
    'sflow_ai_ecn_pps ECN',
    'sflow_ai_cnp_pps CNP',
    'sflow_ai_trim_pps Trimmed',
  ])
})

test('the dashboard of InfluxDB: the same panels, each query closed and of the bucket sflow', () => {
  const [{ spec }] = JSON.parse(read('dashboards/influxdb/ai_metrics.json')) as [
    { spec: { charts: { name: string; queries: { query: string }[] }[] } },
  ]
  assert.deepEqual(
    spec.charts.map(({ name }) => name),
    titles,
  )
  for (const { name, queries } of spec.charts) {
    for (const { query } of queries) {
      assert.match(query, /^from\(bucket: "sflow"\)\n {2}\|> range\(start: v\.timeRangeStart/, name)
      assert.equal(query.split('(').length, query.split(')').length, name)
    }
  }
})
