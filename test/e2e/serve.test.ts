// `--serve` as a person runs it: what it says, answers and refuses.

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sonde } from '../helpers/cli.ts'
import { Listener, listening, sendAll } from '../helpers/listener.ts'
import { datagramsOf } from '../helpers/serve.ts'

const PUT = { method: 'PUT', headers: { 'content-type': 'application/json' } }

const urlOf = (listener: Listener): string =>
  /^Serving (http:\S+)\/$/m.exec(listener.stderr)?.[1] ?? assert.fail(listener.stderr)

/** Its URL once it serves. */
async function served(listener: Listener): Promise<string> {
  for (let i = 0; i < 200 && !listener.stderr.includes('Serving '); i++) await pause(25)
  return urlOf(listener)
}

const get = async (url: string) => (await fetch(url)).text()

type Json = Readonly<Record<string, unknown>> & {
  readonly nodes?: Readonly<Record<string, number>>
  readonly links?: Readonly<Record<string, number>>
}
const json = async (url: string) => (await (await fetch(url)).json()) as Json
const numberOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1),
  )

test('ports --serve: metrics of ports and of sonde, what there is, health', async () => {
  const look = async (listener: Listener) => {
    const url = await served(listener)
    const before = await json(`${url}/healthz`)
    assert.equal(before.status, 'ok')
    assert.equal(before.last_datagram_age_s, null)
    assert.deepEqual(before.listening, [`udp://127.0.0.1:${listener.port}`])
    const { datagrams, flows, counters } = await datagramsOf('fixtures/fabric.pcap')
    await sendAll(datagrams, listener.port)
    await listener.read()
    const text = await get(`${url}/metrics`)
    assert.equal(numberOf(text, 'sonde_datagrams_total'), datagrams.length)
    assert.equal(numberOf(text, 'sonde_samples_total{kind="flow"}'), flows)
    assert.equal(numberOf(text, 'sonde_samples_total{kind="counters"}'), counters)
    assert.match(text, /^sflow_ifspeed\{agent="192\.0\.2\.11",datasource="51",ifname="swp51"\} 100000000000$/m)
    const after = await json(`${url}/healthz`)
    assert.ok(Number(after.last_datagram_age_s) < 20)
    assert.match(await get(`${url}/`), /^sonde \S+: sonde ports --serve\n\n\/\n {4}this list\n\/metrics\n/)
    assert.equal((await fetch(`${url}/topology/json`, { ...PUT, body: '{"links":{}}' })).status, 405)
    const { code } = await listener.stop()
    assert.equal(code, 0)
  }
  await listening(['--serve', '0', '-f', 'ndjson'], look, { command: 'ports' })
})

test('topo status --serve --accept-topology: without a topology until one comes, which is then used', async () => {
  const flags = ['--serve', '127.0.0.1:0', '--accept-topology', '-f', 'ndjson', '--every', '1s']
  const listener = await Listener.start(flags, { command: 'topo status' })
  try {
    const url = await served(listener)
    const status = `${url}/app/topology/scripts/topology.js/status/json`
    assert.equal((await json(status)).nodes?.total, 0)
    const link = { node1: 'leaf1', port1: 'swp51', node2: 'spine1', port2: 'swp1' }
    const nodes = { leaf1: { agent: '192.0.2.11' }, spine1: { agent: '192.0.2.21' } }
    const body = JSON.stringify({ nodes, links: { link } })
    assert.equal((await fetch(`${url}/topology/json`, { ...PUT, body })).status, 204)
    const { datagrams } = await datagramsOf('fixtures/fabric.pcap')
    await sendAll(datagrams, listener.port)
    await listener.read()
    const known = await json(status)
    assert.deepEqual([known.nodes?.total, known.nodes?.monitored, known.links?.total], [2, 2, 1])
    const metrics = await get(`${url}/metrics`)
    assert.equal(numberOf(metrics, 'sflow_topology_nodes{status="flows"}'), 2)
    const { stdout } = await listener.stop()
    // The analysis itself uses it, not only the server.
    assert.equal(JSON.parse(stdout.trimEnd().split('\n').at(-1)!).nodes.total, 2)
  } finally {
    listener.kill()
  }
})

const isRated = (text: string, datagrams: number): boolean =>
  numberOf(text, 'sonde_datagrams_total') === datagrams && numberOf(text, 'sonde_datagrams_per_second') > 0

for (const workers of ['1', '2']) {
  test(`listen --serve with ${workers} workers: loss, rates, agents`, async () => {
    await listening(['--serve', '0', '--workers', workers, '-f', 'line'], async (listener) => {
      const url = await served(listener)
      const { datagrams } = await datagramsOf('fixtures/fabric.pcap')
      // Every tenth is lost on the way.
      await sendAll(
        datagrams.filter((_, i) => i % 10 !== 5),
        listener.port,
      )
      await listener.read()
      const sent = datagrams.length - Math.floor((datagrams.length + 4) / 10)
      let text = await get(`${url}/metrics`)
      // Workers tell their counts, and rates are counted, once a second.
      for (let i = 0; i < 80 && !isRated(text, sent); i++) {
        await pause(250)
        text = await get(`${url}/metrics`)
      }
      assert.equal(numberOf(text, 'sonde_datagrams_total'), sent)
      assert.ok(numberOf(text, 'sonde_lost_datagrams') > 0)
      assert.ok(numberOf(text, 'sonde_datagrams_per_second') > 0)
      assert.ok(numberOf(text, 'sonde_agent_datagrams_total{agent="192.0.2.11",sub_agent="0"}') > 0)
      const health = await json(`${url}/healthz`)
      assert.equal(health.status, 'ok')
      assert.equal(health.datagrams, sent)
    })
  })
}

test('what is refused', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const cases: [args: string[], code: number, words: RegExp][] = [
    [
      ['ports', 'fixtures/fabric.pcap', '--serve'],
      2,
      /^--serve needs live input: a capture is over before anybody can ask\.$/m,
    ],
    [['ports', '--serve', 'fixtures/fabric.pcap'], 2, /^--serve needs live input/m],
    [
      ['top-flows', '--serve', ':8008', '-i', 'udp://127.0.0.1:0'],
      2,
      /^--serve ":8008" is not understood\. For all addresses/m,
    ],
    [['top-flows', '--serve', 'host:8008'], 2, /A name is not looked up here/],
    [['top-flows', '--serve', '70000'], 2, /The largest port is 65535/],
    [['ports', '--accept-topology', '-i', 'udp://127.0.0.1:0'], 2, /^--accept-topology goes with --serve/m],
    [
      ['ports', '--serve', `${port}`, '-i', 'udp://127.0.0.1:0'],
      5,
      /^--serve can't listen on 127\.0\.0\.1:\d+: another program listens there\.$/m,
    ],
    [['listen', '--serve', `${port}`, '-i', 'udp://127.0.0.1:0'], 5, /^--serve can't listen on 127\.0\.0\.1/m],
  ]
  try {
    for (const [args, code, words] of cases) {
      const result = sonde(args)
      assert.match(result.stderr, words)
      assert.equal(result.code, code, args.join(' '))
      assert.equal(result.stdout, '')
    }
  } finally {
    taken.close()
  }
})
