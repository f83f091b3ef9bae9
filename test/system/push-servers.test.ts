// Metrics are pushed to real servers and read back from them: every series, label, value and time.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { createPusher } from '../../src/lib/push/push.ts'
import { readSecrets } from '../../src/lib/push/secrets.ts'
import { influxTarget, type PushTarget, remoteWriteTarget } from '../../src/lib/push/targets.ts'
import {
  absent,
  freePort,
  type MetricServer,
  startInfluxdb,
  startPrometheus,
  startVictoriaMetrics,
} from '../helpers/metric-servers.ts'

/** A whole second, now: servers refuse what is old. */
const nowMs = Math.floor(Date.now() / 1000) * 1000 - 60_000
const gauge = (name: string) => ({ name, help: name, type: 'gauge' }) as const

/** Labels that are hard to say. None is empty, and none ends with a backslash, which InfluxDB can't say. */
const nasty = ['a b', 'a,b=c', 'a"b', 'a\\b', 'RC:RDMA WRITE First', 'Zürich 東京', '🙂', '{x="y"}', '#', "it's"]
const MANY = 4000

/** Known numbers: the n-th moment. */
function tableOf(n: number): MetricTable {
  const table = new MetricTable()
  table.add(gauge('sflow_ai_bps'), [], 1.5e12 + n)
  table.add(gauge('sflow_ai_period'), [], 0.69)
  table.add(gauge('sflow_ai_trim_pps'), [], 0)
  for (const [i, name] of nasty.entries()) table.add(gauge('sflow_ai_operations'), [['name', name]], i + n / 8)
  for (let i = 0; i < MANY; i++)
    table.add(gauge('sflow_ifinoctets'), [['agent', `10.0.${i >> 8}.${i & 255}`]], i * 1e6 + n)
  return table
}

/** What a server must give for it: `name{label=value}` to number. */
function expected(n: number): Map<string, number> {
  return new Map(
    tableOf(n)
      .families()
      .flatMap(({ definition, series }) =>
        series.map(({ labels, value }) => [key(definition.name, Object.fromEntries(labels)), Number(value)] as const),
      ),
  )
}

function key(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([label]) => label !== '__name__')
  return `${name}{${pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${value}`)
    .join(',')}}`
}

interface Pushed {
  readonly told: readonly string[]
  readonly sent: number
}

/** Three moments, ten seconds apart. */
async function pushThree(target: PushTarget): Promise<Pushed> {
  const told: string[] = []
  const pusher = createPusher([target], { intervalMs: 0, labels: [], tell: (line) => told.push(line), note() {} })
  for (const n of [0, 1, 2]) pusher.push(tableOf(n), nowMs + n * 10_000)
  const [account] = await pusher.close()
  return { told, sent: account!.sent }
}

const none = readSecrets({}, 'SONDE_X')
/** With the seven of the pusher itself. */
const SENT = 3 * (3 + nasty.length + MANY + 7)

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(url, init)
  const text = await answer.text()
  assert.ok(answer.ok, `${answer.status} ${text}`)
  return JSON.parse(text) as T
}

interface QueryAnswer {
  readonly data: { readonly result: { metric: Record<string, string>; value: [number, string] }[] }
}

/** What Prometheus (or what speaks like it) has at the time of the n-th moment. */
async function readPrometheus(url: string, n: number): Promise<Map<string, number>> {
  const query = encodeURIComponent('{__name__=~"sflow_.*"}')
  const { data } = await json<QueryAnswer>(`${url}/api/v1/query?query=${query}&time=${(nowMs + n * 10_000) / 1000}`)
  return new Map(data.result.map(({ metric, value }) => [key(metric.__name__!, metric), Number(value[1])]))
}

describe('prometheus', { skip: absent('prometheus') }, () => {
  let server: MetricServer
  before(async () => {
    server = await startPrometheus()
  })
  after(() => server.stop())

  test('remote write: every series and value of each moment is there', async () => {
    const pushed = await pushThree(remoteWriteTarget(`${server.url}/api/v1/write`, none))
    assert.deepEqual(pushed, { told: [], sent: SENT })
    for (const n of [0, 1, 2]) assert.deepEqual(await readPrometheus(server.url, n), expected(n))
  })

  test('what is older than what it has is refused, and the account says so', async () => {
    const told: string[] = []
    const pusher = createPusher([remoteWriteTarget(`${server.url}/api/v1/write`, none)], {
      ...{ intervalMs: 0, labels: [], tell: (line: string) => told.push(line), note() {} },
    })
    const table = new MetricTable()
    table.add(gauge('sflow_ai_bps'), [], 1)
    pusher.push(table, nowMs - 86_400_000)
    const [account] = await pusher.close()
    assert.equal(account!.lost.refused, 8)
    assert.match(told[0]!, /it refuses 8 values \(400\): out of (order sample|bounds)/)
  })

  test('a flow that is gone is gone at once, and everything at the end', async () => {
    const ended = await startPrometheus()
    try {
      const pusher = createPusher([remoteWriteTarget(`${ended.url}/api/v1/write`, none)], {
        ...{ intervalMs: 0, labels: [], tell: assert.fail, note() {} },
      })
      for (const [n, flows] of [['a', 'b'], ['b', 'c'], ['c']].entries()) {
        const table = new MetricTable()
        for (const flow of flows) table.add(gauge('sflow_flow_bps'), [['flow', flow]], n)
        pusher.push(table, nowMs + n * 10_000)
      }
      await pusher.close()
      // Between two moments the one before counts; after the last one for as long as there was between the others.
      const seen = await Promise.all([0, 0.5, 1, 1.9, 2, 2.9, 3, 4].map((n) => readPrometheus(ended.url, n)))
      assert.deepEqual(
        seen.map((series) => [...series.keys()].map((name) => name.slice(-2, -1)).join('')),
        ['ab', 'ab', 'bc', 'bc', 'c', 'c', '', ''],
      )
    } finally {
      await ended.stop()
    }
  })

  test('a server that comes later gets all of it', async () => {
    const port = await freePort()
    const told: string[] = []
    const pusher = createPusher([remoteWriteTarget(`http://127.0.0.1:${port}/api/v1/write`, none)], {
      ...{
        intervalMs: 0,
        labels: [],
        pauseMs: 100,
        flushMs: 20_000,
        tell: (line: string) => told.push(line),
        note() {},
      },
    })
    for (const n of [0, 1, 2]) pusher.push(tableOf(n), nowMs + n * 10_000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const late = await startPrometheus(undefined, port)
    try {
      const [account] = await pusher.close()
      assert.equal(account!.sent, SENT)
      assert.match(told[0]!, /the connection was refused; metrics wait and are sent again\.$/)
      assert.deepEqual(await readPrometheus(late.url, 0), expected(0))
    } finally {
      await late.stop()
    }
  })
})

interface InfluxAnswer {
  readonly results: readonly {
    readonly series?: readonly { name: string; tags?: Record<string, string>; values: [number, number][] }[]
    readonly error?: string
  }[]
}

describe('influxdb 1', { skip: absent('influxd') }, () => {
  let server: MetricServer
  const authorization = `Basic ${Buffer.from('me:s3cret').toString('base64')}`
  const query = (q: string) =>
    json<InfluxAnswer>(`${server.url}/query?db=sflow&epoch=ms`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ q }),
    })
  before(async () => {
    server = await startInfluxdb(true)
    await query(`CREATE USER me WITH PASSWORD 's3cret' WITH ALL PRIVILEGES`)
    await query('CREATE DATABASE sflow')
  })
  after(() => server.stop())

  const login = (password: string) => readSecrets({ SONDE_X_USER: 'me', SONDE_X_PASSWORD: password }, 'SONDE_X')

  test('v1 with a login: every series, value and time is there', async () => {
    const pushed = await pushThree(influxTarget(`${server.url}?db=sflow`, login('s3cret')))
    assert.deepEqual(pushed, { told: [], sent: SENT })
    const { results } = await query('SELECT value FROM /^sflow_/ GROUP BY *')
    const series = results[0]!.series!
    for (const n of [0, 1, 2]) {
      const found = new Map(
        series.map(({ name, tags = {}, values }) => {
          const tagged = Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''))
          return [key(name, tagged), values.find(([time]) => time === nowMs + n * 10_000)![1]]
        }),
      )
      assert.deepEqual(found, expected(n))
    }
  })

  test('metric_version 2 is one measurement with a field a metric', async () => {
    await pushThree(influxTarget(`${server.url}?db=sflow&metric_version=2`, login('s3cret')))
    const { results } = await query('SELECT sflow_ai_bps, sflow_ai_period FROM prometheus')
    assert.deepEqual(
      results[0]!.series![0]!.values.filter(([, bps]) => bps !== null),
      [0, 1, 2].map((n) => [nowMs + n * 10_000, 1.5e12 + n, 0.69]),
    )
  })

  test('a wrong password is said, the password not', async () => {
    const { told, sent } = await pushThree(influxTarget(`${server.url}?db=sflow`, login('wr0ng')))
    assert.equal(sent, 0)
    assert.match(told[0]!, /it refuses .* \(401\): .* Check SONDE_X_USER and SONDE_X_PASSWORD/)
    assert.doesNotMatch(told.join(), /wr0ng/)
  })

  test('a database that is not there is said', async () => {
    const { told } = await pushThree(influxTarget(`${server.url}?db=nosuch`, login('s3cret')))
    assert.match(told[0]!, /\(404\): database not found/)
  })
})

describe('victoria-metrics', { skip: absent('victoria-metrics') }, () => {
  let server: MetricServer
  before(async () => {
    server = await startVictoriaMetrics()
  })
  after(() => server.stop())

  interface Exported {
    readonly metric: Record<string, string>
    readonly values: readonly number[]
    readonly timestamps: readonly number[]
  }

  /** All that it has of series whose labels match, at the time of the n-th moment. */
  async function readExport(match: string, n: number): Promise<Map<string, number>> {
    await fetch(`${server.url}/internal/force_flush`)
    const answer = await fetch(`${server.url}/api/v1/export?match[]=${encodeURIComponent(match)}`)
    const lines = (await answer.text()).trim().split('\n')
    const found = new Map<string, number>()
    for (const line of lines) {
      const { metric, values, timestamps } = JSON.parse(line) as Exported
      // The stale marker at the end is null.
      const at = timestamps.indexOf(nowMs + n * 10_000)
      const { db: _, ...labels } = metric
      if (at >= 0) found.set(key(metric.__name__!, labels), values[at]!)
    }
    return found
  }

  test('remote write: every series, value and time is there', async () => {
    const pushed = await pushThree(remoteWriteTarget(`${server.url}/api/v1/write`, none))
    assert.deepEqual(pushed, { told: [], sent: SENT })
    for (const n of [0, 1, 2]) assert.deepEqual(await readExport('{__name__=~"sflow_.*"}', n), expected(n))
  })

  test('InfluxDB v2: the same, under the names that it makes of measurement and field', async () => {
    const pushed = await pushThree(influxTarget(`${server.url}?org=me&bucket=sflow`, none))
    assert.deepEqual(pushed, { told: [], sent: SENT })
    for (const n of [0, 1, 2]) {
      const renamed = new Map([...expected(n)].map(([series, value]) => [series.replace('{', '_value{'), value]))
      assert.deepEqual(await readExport('{__name__=~"sflow_.*_value"}', n), renamed)
    }
  })
})
