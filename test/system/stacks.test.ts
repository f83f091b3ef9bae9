// The programs that the files of stacks/ are for read them, where they are there; a real Prometheus answers the queries of the
// dashboard and of the alerts.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { aiMetrics } from '../../src/lib/metrics/ai-metric-names.ts'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { createPusher } from '../../src/lib/push/push.ts'
import { readSecrets } from '../../src/lib/push/secrets.ts'
import { remoteWriteTarget } from '../../src/lib/push/targets.ts'
import { repositoryRoot, sonde } from '../helpers/cli.ts'
import { Listener } from '../helpers/listener.ts'
import { absent, freePort, startPrometheus } from '../helpers/metric-servers.ts'

const stacks = join(repositoryRoot, 'stacks')

function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): [number | null, string] {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } })
  return [status, stdout + stderr]
}

test('promtool: configuration and alerts are good', { skip: absent('promtool') }, () => {
  const [status, text] = run('promtool', ['check', 'config', join(stacks, 'prometheus-grafana/prometheus.yml')])
  assert.equal(status, 0, text)
  assert.match(text, /SUCCESS: 5 rules found/)
})

/** The command that reads compose files: a part of docker, or the older program. */
const compose = [['docker', 'compose'], ['docker-compose']].find(
  ([program, ...args]) => spawnSync(program!, [...args, 'version']).status === 0,
)

test('docker compose: every stack is good', { skip: compose === undefined && 'docker compose is not there' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-stacks-'))
  try {
    cpSync(stacks, folder, { recursive: true })
    const names = readdirSync(stacks, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    for (const { name } of names) {
      if (name === 'dashboards') continue
      for (const secret of ['influx-token', 'grafana-cloud-token'])
        writeFileSync(join(folder, name, `${secret}.secret`), 't')
      const [program, ...args] = compose!
      const [status, text] = run(program!, [...args, '-f', join(folder, name, 'compose.yml'), 'config'], {
        ...{ INFLUX_URL: 'https://influx.invalid', INFLUX_ORG: 'o', INFLUX_TOKEN: 't' },
        ...{ GRAFANA_CLOUD_URL: 'https://grafana.invalid', GRAFANA_CLOUD_USER: '1', GRAFANA_CLOUD_TOKEN: 't' },
      })
      assert.equal(status, 0, `${name}: ${text}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const python = spawnSync('python3', ['-c', 'import tomllib']).status === 0

test('telegraf.conf is TOML', { skip: !python && 'python3 with tomllib is not there' }, () => {
  const program = 'import sys,tomllib,json;print(json.dumps(tomllib.load(open(sys.argv[1],"rb"))))'
  const [status, text] = run('python3', ['-c', program, join(stacks, 'influxdb-telegraf/telegraf.conf')])
  assert.equal(status, 0, text)
  const { inputs } = JSON.parse(text) as { inputs: { prometheus: { metric_version: number }[] } }
  assert.equal(inputs.prometheus[0]!.metric_version, 1)
})

test('prometheus scrapes a live sonde with the stack’s own configuration', { skip: absent('prometheus') }, async () => {
  const port = await freePort()
  const listener = await Listener.start(['--serve', `127.0.0.1:${port}`, '--output', '/dev/null'], {
    command: 'ai-metrics',
  })
  // Once a second and at another address, and without the alerts, which stand in a file of their own.
  const config = readFileSync(join(stacks, 'prometheus-grafana/prometheus.yml'), 'utf8')
    .replaceAll('sflow-rt:8008', `127.0.0.1:${port}`)
    .replaceAll('_interval: 15s', '_interval: 1s')
    .replace('  - alerts.yml', '')
  const server = await startPrometheus(config)
  try {
    const ask = async (query: string) => {
      const answer = await fetch(`${server.url}/api/v1/query?query=${encodeURIComponent(query)}`)
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      return data.result
    }
    const until = async (query: string, count: number) => {
      for (let waited = 0; waited < 20_000; waited += 250) {
        const result = await ask(query)
        if (result.length === count) return result
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
      return assert.fail(`${query}: ${JSON.stringify(await ask(query))}`)
    }
    const up = await until('up == 1', 4)
    const jobs = ['sflow-rt-ai-metrics', 'sflow-rt-analyzer', 'sflow-rt-interfaces', 'sonde']
    assert.deepEqual(up.map(({ metric }) => metric.job).sort(), jobs)
    // Interfaces are counted from the first question on, which has come.
    assert.equal(
      sonde(['replay', 'fixtures/agents/ovs.pcap', '--to', `127.0.0.1:${listener.port}`, '--speed', '20']).code,
      0,
    )
    const [received] = await until('sonde_datagrams_total == 56', 1)
    assert.equal(received!.metric.job, 'sonde')
    const utilization = await until('sflow_ifinutilization{ifname="eth1"}', 1)
    assert.equal(utilization[0]!.metric.instance, '192.0.2.10:3')
    await until('sflow_analyzer_received_bytes == 51804', 1)
    // What the command itself has is not stored twice.
    const ai = await until('count by (job) (sflow_ai_bps)', 1)
    assert.equal(ai[0]!.metric.job, 'sflow-rt-ai-metrics')
  } finally {
    await server.stop()
    await listener.stop()
  }
})

test('prometheus answers every query of the dashboard with what was pushed', {
  skip: absent('prometheus'),
}, async () => {
  const server = await startPrometheus()
  try {
    const table = new MetricTable()
    for (const [i, metric] of aiMetrics.entries()) {
      for (const value of metric.label === undefined ? [''] : ['a', 'b']) {
        table.add(metric, [[metric.label ?? 'none', value]], 100 + i)
      }
    }
    const timeMs = Math.floor(Date.now() / 1000) * 1000
    const target = remoteWriteTarget(`${server.url}/api/v1/write`, readSecrets({}, 'SONDE_X'))
    const pusher = createPusher([target], { intervalMs: 0, labels: [], tell: assert.fail, note() {} })
    pusher.push(table, timeMs)
    await pusher.close()
    const ask = async (query: string): Promise<number[]> => {
      const answer = await fetch(`${server.url}/api/v1/query?query=${encodeURIComponent(query)}&time=${timeMs / 1000}`)
      const { status, data } = (await answer.json()) as {
        status: string
        data: { result: { value: [number, string] }[] }
      }
      assert.equal(status, 'success', query)
      return data.result.map(({ value }) => Number(value[1]))
    }
    const { panels } = JSON.parse(readFileSync(join(stacks, 'dashboards/grafana/ai-metrics.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[]
    }
    const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    assert.deepEqual(new Set(asked), new Set(aiMetrics.map(({ name }) => name)))
    for (const [i, { name, label }] of aiMetrics.entries()) {
      assert.deepEqual(await ask(name), label === undefined ? [100 + i] : [100 + i, 100 + i])
    }
    // The alert of drops fires for each reason.
    assert.equal((await ask('sum by (reason) (sflow_ai_drops) > 0')).length, 2)
  } finally {
    await server.stop()
  }
})
