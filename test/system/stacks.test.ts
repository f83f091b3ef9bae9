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
import { repositoryRoot } from '../helpers/cli.ts'
import { absent, startPrometheus } from '../helpers/metric-servers.ts'

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
