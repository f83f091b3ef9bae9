// A real Prometheus scrapes `--serve` at its own path and at sFlow-RT's; what it stored is what was served. A topology comes in
// as the lab's topo.py sends it. promtool reads /metrics of every command that serves.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, Listener, sendAll } from '../helpers/listener.ts'
import { datagramsOf } from '../helpers/serve.ts'

const absent = (program: string) =>
  spawnSync(program, ['--version']).error ? `the program \`${program}\` is not there` : false

const FLOWS =
  '/app/prometheus/scripts/export.js/flows/ALL/txt?metric=ip_pair_bps&key=ipsource,ipdestination&label=src,dst&value=bytes&scale=8'
const INTERFACES = '/prometheus/metrics/ALL/ifspeed,ifinoctets/txt'

async function served(listener: Listener): Promise<string> {
  for (let i = 0; i < 400 && !listener.stderr.includes('Serving '); i++) await pause(25)
  return /^Serving (http:\S+)\/$/m.exec(listener.stderr)?.[1] ?? assert.fail(listener.stderr)
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** A Prometheus of its own on loopback, which scrapes these once a second. */
class Prometheus {
  readonly #child: ChildProcess
  readonly #url: string
  readonly #folder: string

  private constructor(child: ChildProcess, url: string, folder: string) {
    this.#child = child
    this.#url = url
    this.#folder = folder
  }

  static async start(target: string, jobs: Readonly<Record<string, string>>): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'sonde-prometheus-'))
    const scrapes = Object.entries(jobs).map(([name, path]) => {
      const { pathname, searchParams } = new URL(path, 'http://x')
      const params = Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)]))
      return { job_name: name, metrics_path: pathname, params, static_configs: [{ targets: [target] }] }
    })
    // JSON is YAML.
    const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: scrapes }
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
    const address = `127.0.0.1:${await freePort()}`
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: 'ignore' },
    )
    return new Prometheus(child, `http://${address}`, folder)
  }

  async query(expression: string): Promise<readonly Sample[]> {
    try {
      const answer = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`)
      const { data } = (await answer.json()) as { data: { result: Sample[] } }
      return data.result
    } catch {
      return []
    }
  }

  /** Asks until there is something. */
  async wait(expression: string, most = 30_000): Promise<readonly Sample[]> {
    for (const end = performance.now() + most; performance.now() < end; await pause(200)) {
      const found = await this.query(expression)
      if (found.length > 0) return found
    }
    return assert.fail(`nothing is stored for ${expression}`)
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

test('Prometheus scrapes it, and has the values that are served', { skip: absent('prometheus') }, async () => {
  const listener = await Listener.start(['--serve', '0', '-f', 'ndjson'], { command: 'ports' })
  let prometheus: Prometheus | undefined
  try {
    const url = await served(listener)
    const get = async (path: string) => (await fetch(url + path)).text()
    await get(FLOWS)
    await get(INTERFACES)
    const { datagrams } = await datagramsOf('fixtures/fabric.pcap')
    await sendAll(datagrams, listener.port)
    await listener.read()
    const target = new URL(url).host
    prometheus = await Prometheus.start(target, { own: '/metrics', interfaces: INTERFACES, flows: FLOWS })
    const [count] = await prometheus.wait('sonde_datagrams_total{job="own"}')
    assert.equal(Number(count?.value[1]), datagrams.length)

    const stored = await prometheus.wait('sflow_ifspeed{job="interfaces"}')
    const shown = (await get(INTERFACES)).split('\n').filter((line) => line.startsWith('sflow_ifspeed{'))
    const lineOf = ({ metric, value }: Sample) =>
      `sflow_ifspeed{agent="${metric.agent}",datasource="${metric.datasource}"${metric.host === undefined ? '' : `,host="${metric.host}"`},ifname="${metric.ifname}",ifspeed="${metric.ifspeed}",ifoperstatus="${metric.ifoperstatus}"} ${value[1]}`
    assert.deepEqual(stored.map(lineOf).sort(), shown.sort())
    assert.ok(shown.length >= 16)

    const flows = await prometheus.wait('ip_pair_bps{job="flows"}')
    assert.ok(flows.every(({ metric, value }) => metric.src && metric.dst && Number(value[1]) > 0))
    const types = await fetch(`http://${target}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
    assert.equal(types.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    assert.deepEqual(await prometheus.query('up == 0'), [])
  } finally {
    await prometheus?.stop()
    listener.kill()
  }
})

/** What the lab's own script does: a PUT by Python's urllib, where any answer but 2xx is an exception. */
const putByPython = `
import sys
from json import dumps
from urllib.request import build_opener, HTTPHandler, Request
links = {'link1': {'node1': 'leaf1', 'port1': 'eth1', 'node2': 'spine1', 'port2': 'eth1'}}
request = Request(sys.argv[1] + '/topology/json', data=dumps({'links': links}).encode('utf-8'))
request.add_header('Content-Type', 'application/json')
request.get_method = lambda: 'PUT'
print(build_opener(HTTPHandler).open(request).status)
`

test('a topology comes in by Python, as in the lab', { skip: absent('python3') }, async () => {
  const listener = await Listener.start(['--serve', '0', '--accept-topology', '-f', 'ndjson'], { command: 'top-flows' })
  try {
    const url = await served(listener)
    const { stdout, stderr } = spawnSync('python3', ['-c', putByPython, url], { encoding: 'utf8', timeout: 10_000 })
    assert.equal(stdout, '204\n', stderr)
    const { version, links } = (await (await fetch(`${url}/topology/json`)).json()) as {
      version: number
      links: object
    }
    assert.deepEqual(
      [version, links],
      [1, { link1: { node1: 'leaf1', port1: 'eth1', node2: 'spine1', port2: 'eth1' } }],
    )
  } finally {
    listener.kill()
  }
})

const commands: readonly (readonly [command: string, ...args: string[]])[] = [
  ['listen'],
  ['top-flows', '--window', '1s'],
  ['ports'],
  ['drops', '--window', '1s'],
  ['ai-metrics'],
  ['topo status', '--topology', 'fixtures/fabric.topology.json'],
]

for (const [command, ...args] of commands) {
  test(`promtool finds nothing wrong with /metrics of ${command}`, { skip: absent('promtool') }, async () => {
    const listener = await Listener.start([...args, '--serve', '0', '-f', 'ndjson'], { command })
    try {
      const url = await served(listener)
      const { datagrams } = await datagramsOf('fixtures/roce.pcap')
      await sendAll(datagrams.slice(0, 2000), listener.port)
      const drops = await datagramsOf('fixtures/drops-every-record.pcap')
      await sendAll(drops.datagrams, listener.port)
      await listener.read()
      await pause(4500)
      const read = async () => (await fetch(`${url}/metrics`)).text()
      const own = command === 'listen' ? /^sonde_/m : /^(sflow_|sonde_flow|sonde_drop|dropped_)/m
      let text = await read()
      for (let i = 0; i < 60 && !own.test(text); i++) {
        await pause(250)
        text = await read()
      }
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
      assert.deepEqual([status, stdout + stderr], [0, ''])
      assert.match(text, /^sonde_datagrams_total \d{2}/m)
      assert.match(text, own)
    } finally {
      listener.kill()
    }
  })
}
