// What becomes of windows: which one is shown, what is pushed, a topology that is replaced; and the same behind a screen.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Engine } from '../../src/lib/analysis/engine.ts'
import { NOW_MS, type Published, type PublishOptions } from '../../src/lib/analysis/publish.ts'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { watch } from '../../src/lib/analysis/watch.ts'
import { noData } from '../../src/lib/expression/data.ts'
import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { Publishing } from '../../src/lib/serve/publishing.ts'
import type { LiveReport } from '../../src/lib/source/source.ts'
import type { TopFlowsCommand, TopFlowsSnapshot } from '../../src/lib/top-flows/snapshot.ts'
import { WatchedFlows } from '../../src/lib/top-flows/watched.ts'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { runParts } from '../../src/lib/ui/analysis-page.ts'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { sendAll } from '../helpers/listener.ts'
import { datagramsOf } from '../helpers/serve.ts'

interface Window {
  readonly value: number
  readonly partial?: boolean
}

const silent: Engine<Window> = { sample: () => {}, advance: () => [], finish: () => [] }
const value = { name: 'test_value', help: 'x', type: 'gauge' } as const

const options = (serve: boolean, push?: PublishOptions['push']): PublishOptions => ({
  command: 'test',
  version: '1.2.3',
  serve: serve ? { host: '127.0.0.1', port: 0, acceptTopology: true } : undefined,
  push,
})

async function publishing(more: Partial<Published<Window>>, how: PublishOptions, live?: LiveReport) {
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const reading = new Reading<Window>(
    () => silent,
    { input, agents: [], since: undefined, until: undefined, limit: undefined },
    new IssueLog(() => {}),
    () => {},
  )
  const lines: string[] = []
  const report = { tell: (line: string) => void lines.push(line), note: (line: string) => void lines.push(line) }
  const published: Published<Window> = {
    metrics: (window, into) => into.add(value, [], window.value),
    isPartial: ({ partial }) => partial === true,
    ...more,
  }
  const made = await Publishing.open(how, { published, reading, live: () => live, issues: () => 0, report })
  const url = /http:\S+[^/]/.exec(lines[0] ?? '')?.[0] ?? ''
  const shown = async () => /^test_value (.*)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]
  return { made, reading, lines, url, shown }
}

test('the newest whole window is shown; a partial one where there is no other', async () => {
  const seen: number[] = []
  const { made, reading, shown, url } = await publishing({ over: (window) => seen.push(window.value) }, options(true))
  assert.equal(await shown(), undefined)
  made.window({ value: 1, partial: true })
  assert.equal(await shown(), '1')
  made.window({ value: 2 })
  made.window({ value: 3, partial: true })
  assert.equal(await shown(), '2')
  assert.deepEqual(seen, [1, 2, 3])
  assert.equal(await (await fetch(`${url}/version`)).text(), '1.2.3\n')
  assert.equal(reading.served, url)
  // It receives nothing: there is no socket.
  assert.equal((await fetch(`${url}/healthz`)).status, 503)
  await made.close()
})

test('what is so far is shown until a window is over, and never pushed', async () => {
  const asked: number[] = []
  const soFar = (_engine: unknown, nowMs: number) => {
    asked.push(nowMs)
    return asked.length === 1 ? undefined : { value: 9 }
  }
  const { made, shown } = await publishing({ soFar }, options(true))
  assert.equal(await shown(), undefined)
  assert.equal(await shown(), '9')
  made.window({ value: 1, partial: true })
  assert.equal(await shown(), '1')
  // Nothing is live here: by the time of samples, of which there is none.
  assert.deepEqual(asked, [0, 0])
  await made.close()
})

test('numbers of now, where there are such', async () => {
  let now: number | undefined
  const { made, shown } = await publishing(
    { peek: () => (now === undefined ? undefined : { value: now }) },
    options(true),
  )
  made.window({ value: 1 })
  assert.equal(await shown(), '1')
  now = 7
  assert.equal(await shown(), '7')
  await made.close()
})

test('another topology: engine and places', async () => {
  const taken: Topology[] = []
  const next: Engine<Window> = { ...silent }
  const setTopology: Published<Window>['setTopology'] = (topology) => {
    taken.push(topology)
    return next
  }
  const { made, reading, url, lines } = await publishing({ setTopology }, options(true))
  const body = '{"links":{"l":{"node1":"a","port1":"p","node2":"a","port2":"p"}}}'
  assert.equal((await fetch(`${url}/topology/json`, { method: 'PUT', body })).status, 204)
  assert.equal(taken[0]?.links.get('l')?.node1, 'a')
  assert.equal(reading.engine, next)
  assert.equal(lines[1], 'Topology with 1 links taken by HTTP.')
  // What is doubtful in it is told as that of a file.
  assert.match(lines[2] ?? '', /a:p/)
  await made.close()
})

test('what stopped is not published: the newest window, its length and half a minute later', async () => {
  const { made, shown, url } = await publishing({ lengthMs: () => 300 - NOW_MS }, options(true))
  made.window({ value: 1 })
  assert.equal(await shown(), '1')
  await pause(350)
  assert.equal(await shown(), undefined)
  assert.match(await (await fetch(`${url}/metrics`)).text(), /^sonde_datagrams_total 0$/m)
  made.window({ value: 2 })
  assert.equal(await shown(), '2')
  await made.close()
})

test('live it is pushed whether or not anything comes, and what stopped is not', async () => {
  const { got, push, close } = await influx(1000)
  const live: LiveReport = {
    ...{ receiver: 'dgram', why: '', bound: [], notices: [], bufferAsked: 0, bufferGranted: 0 },
    ...{ kernelDropped: undefined, queueDropped: 0, refused: 0, refusedSenders: [] },
  }
  const { made } = await publishing({ lengthMs: () => 1500 - NOW_MS }, options(false, push), live)
  const lines = () => got.join('').split('\n')
  const count = (name: string) => lines().filter((line) => line.startsWith(`${name} `)).length
  const until = async (name: string, times: number) => {
    for (let i = 0; i < 100 && count(name) < times; i++) await pause(50)
  }
  await until('sonde_datagrams_total', 1)
  assert.deepEqual([count('sonde_datagrams_total'), count('test_value')], [1, 0])
  made.window({ value: 5 })
  await until('sonde_datagrams_total', 4)
  assert.equal(count('sonde_datagrams_total'), 4)
  // Of the second or third moment at most: then the window is over, and no other one came.
  assert.ok(count('test_value') >= 1 && count('test_value') <= 2, `${count('test_value')}`)
  await made.close()
  close()
})

/** A server that takes everything. */
async function influx(intervalMs: number) {
  const got: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const all = Buffer.concat(chunks)
      got.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(all) : all).toString())
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const secrets = { prefix: 'X', user: undefined, password: undefined, token: undefined }
  const influx = { url: `http://127.0.0.1:${port}?db=x`, secrets }
  const push = { remoteWrite: undefined, influx, intervalMs, labels: [] }
  return { got, push, close: () => server.close() }
}

test('windows are pushed, with what sonde tells of itself, at their own time', async () => {
  const { got, push, close } = await influx(0)
  const { made } = await publishing({ timeMs: () => 1_700_000_000_000 }, options(false, push))
  made.window({ value: 5 })
  await made.close()
  close()
  const lines = got.join('').split('\n')
  assert.ok(lines.includes('test_value value=5 1700000000000000000'), lines.slice(0, 3).join('\n'))
  assert.ok(lines.some((line) => line.startsWith('sonde_datagrams_total value=')))
})

test('behind a screen: it serves in the thread of the engine, also while what is asked changes', async () => {
  const settings = {
    scale: 'effective',
    maxFlows: 1000,
    latenessMs: 0,
    rates: [],
    topology: undefined,
    names: true,
    data: noData,
  } as const
  const query = {
    ...{
      keys: 'ipsource',
      titles: undefined,
      values: 'bytes',
      filter: '',
      dropped: false,
      agg: undefined,
      by: undefined,
    },
    ...{ recipe: undefined, top: 5, windowMs: 500, smoothMs: undefined },
  }
  const stop = new AbortController()
  const lines: string[] = []
  let send: (command: TopFlowsCommand) => void = () => {}
  const inside = {
    stop: stop.signal,
    report: {
      tell: (line: string) => void lines.push(line),
      note: (line: string) => void lines.push(line),
      detail: () => {},
      state: () => {},
    },
    onCommand: (listener: (command: TopFlowsCommand) => void) => {
      send = listener
    },
  }
  const input = {
    kind: 'live',
    addresses: [parseUdpAddress('udp://127.0.0.1:0', '--input', 0)],
    bufferBytes: undefined,
    durationMs: undefined,
  } as const
  const reading = { input, agents: [], since: undefined, until: undefined, limit: undefined, publish: options(true) }
  const watched = new WatchedFlows(query, settings, 'test')
  const done: Promise<TopFlowsSnapshot> = watch(watched, reading, inside, 100)
  for (let i = 0; i < 100 && !lines.some((line) => line.startsWith('Serving')); i++) await pause(20)
  const url = /http:\S+[^/]/.exec(lines.find((line) => line.startsWith('Serving')) ?? '')?.[0]
  const port = Number(/udp:\/\/127\.0\.0\.1:(\d+)/.exec(lines.join('\n'))?.[1])
  const { datagrams } = await datagramsOf(`${repositoryRoot}/fixtures/fabric.pcap`)
  const metrics = async () => (await fetch(`${url}/metrics`)).text()
  const until = async (pattern: RegExp) => {
    for (let i = 0; i < 100 && !pattern.test(await metrics()); i++) await pause(50)
    assert.match(await metrics(), pattern)
  }
  await sendAll(datagrams.slice(0, 200), port)
  await until(/^sonde_flow_bytes_per_second\{kind="flow",ipsource="/m)
  send({ kind: 'set', id: 1, keys: 'ipsource,ipdestination', values: 'frames' })
  // Until a window of the new question is over, that of the old one is shown.
  assert.match(await metrics(), /^sonde_flow_bytes_per_second\{kind="flow",ipsource="/m)
  await sendAll(datagrams.slice(200, 400), port)
  await until(/^sonde_flow_frames_per_second\{kind="flow",ipsource="[^"]*",ipdestination="/m)
  stop.abort()
  // Its first line says where it serves.
  const text = String(runParts.source(await done, { columns: 120, rows: 30, colours: coloursOfLevel(0) }).text)
  assert.ok(text.endsWith(`:${port} · ${url}`), text)
  await assert.rejects(metrics())
})
