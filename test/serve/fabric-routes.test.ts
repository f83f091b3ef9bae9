// Paths of sFlow-RT's Fabric Metrics (exports.md section 1): samples of a small fabric become elephants, mice and busy links.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fabricRoutes } from '../../src/lib/serve/fabric-routes.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { record } from '../helpers/cards.ts'
import { NOON } from '../port-rates/watch.ts'
import { pair } from '../topo-status/fabric.ts'
import { ask, Served, seriesOf } from './asking.ts'

const APP = '/app/fabric-metrics/scripts/metrics.js'

/** A UDP frame of 1,000 bytes from 198.51.100.`host`. */
function udpFrom(host: number) {
  const header = new Uint8Array(42)
  header.set([0, 0, 0x5e, 0, 0x53, 1, 0, 0, 0x5e, 0, 0x53, host, 8, 0, 0x45, 0, 3, 0xd2])
  header.set([64, 17, 0, 0, 198, 51, 100, host, 203, 0, 113, 1, 0xc0, host, 0x12, 0xb7], 22)
  return record(1, 'sampled_header', { protocol: 1, frame_length: 1000, stripped: 4, header })
}

/**
 * Ports of 10 Mbit/s. In each of 30 seconds one sample (1 in 100: 0.8 Mbit/s) of each of the hosts `small` and five of the hosts
 * `large` come in at leaf1's p9, and all go on to spine1. Rates are read just before the samples of a second come: with a time
 * constant of 2 s they are 0.5 / (e^0.5 - 1) = 0.77 of the mean.
 */
async function fabric(large: readonly number[], small: readonly number[]) {
  const served = new Served({ topology: pair })
  const routes = fabricRoutes(served.beside)
  assert.deepEqual(seriesOf(await ask(routes, `${APP}/prometheus/txt`)), [])
  assert.deepEqual(JSON.parse((await ask(routes, `${APP}/metric/json`)).text), {})
  assert.equal((await ask(routes, `${APP}/metric/edge_bps/json`)).status, 404)
  const { story } = served
  const ports = [
    [1, 1],
    [9, 1],
    [1, 2],
  ] as const
  const counters = (errors: number) => {
    for (const [port, agent] of ports) {
      const more = port === 9 ? { ifInErrors: errors, ifOutDiscards: 2 * errors } : {}
      story.counters(port, { ifSpeed: 10_000_000n, ...more }, { agent })
    }
  }
  const second = (at: number, isLarge: boolean) => {
    for (const one of served.fed.companions) one.advance((NOON + at) * 1000)
    story.at(at)
    for (const [hosts, count] of [
      [small, 1],
      [isLarge ? large : [], 5],
    ] as const) {
      for (const host of hosts) {
        story.sampled(udpFrom(host), { input: 9, output: 1, source: 9 }, count)
        story.sampled(udpFrom(host), { input: 1, output: 2, source: 1, agent: 2 }, count)
      }
    }
    served.now = at
  }
  story.at(0)
  counters(0)
  for (let at = 1; at <= 30; at++) {
    if (at === 20) counters(40)
    second(at, true)
  }
  const json = async (path: string) => JSON.parse((await ask(routes, APP + path)).text)
  return { served, routes, json, second }
}

const near = (value: unknown, expected: number): void =>
  assert.ok(typeof value === 'number' && Math.abs(value / expected - 1) < 0.001, `${value}, not ${expected}`)
const READ = 0.5 / (Math.exp(0.5) - 1)

test('two elephants on one link, and mice', async () => {
  const { json, routes, second } = await fabric([31, 32], [41, 42, 43, 44])
  const lines = seriesOf(await ask(routes, `${APP}/prometheus/txt`))
  const [elephants, mice, ...others] = lines.map((line) => line.replace('sflow_fabric_metric_', '').split(' '))
  assert.equal(elephants![0], 'bps{type="elephant"}')
  near(Number(elephants![1]), READ * 8e6)
  assert.equal(mice![0], 'bps{type="mice"}')
  near(Number(mice![1]), READ * 3.2e6)
  assert.deepEqual(others, [
    ['elephant_current', '2'],
    ['elephant_arrivals', '0'],
    ['elephant_departures', '0'],
    ['busy_links{traffic="mice"}', '0'],
    ['busy_links{traffic="elephant"}', '0'],
    ['busy_links{traffic="collision"}', '1'],
    ['errors', String(40 / 19)],
    ['discards', String(80 / 19)],
  ])
  near(await json('/metric/edge_bps/json'), READ * 11.2e6)
  assert.equal(await json('/metric/elephant_flow_duration/json'), null)
  assert.equal((await json('/metric/top-5-outdiscards/json')).leaf1_SEP_p9, 80 / 19)
  // They end; the mice go on.
  for (let at = 31; at <= 40; at++) second(at, false)
  const { elephant_current, elephant_flow_duration, busy_links_collision } = await json('/metric/json')
  assert.deepEqual([elephant_current, busy_links_collision], [0, 0])
  assert.ok(elephant_flow_duration >= 27 && elephant_flow_duration <= 32, String(elephant_flow_duration))
  const { maxPoints, trends, times } = (await json('/trend/json')).trend
  assert.equal(maxPoints, 300)
  // From the second after the first two on.
  assert.deepEqual([times.length, times[0], times.at(-1)], [38, (NOON + 3) * 1000, (NOON + 40) * 1000])
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
  assert.deepEqual([sum(trends.elephant_arrivals), sum(trends.elephant_departures)], [2, 2])
  assert.equal((await json(`/trend/json?after=${(NOON + 38) * 1000}`)).trend.times.length, 2)
})

test('one elephant on a busy link; mice that fill it', async () => {
  const one = await fabric([31], [41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
  const only = await fabric([], [41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54])
  const busyOf = async ({ json }: typeof one) => {
    const all = await json('/metric/json')
    return [all.elephant_current, all.busy_links_mice, all.busy_links_elephant, all.busy_links_collision]
  }
  assert.deepEqual(await busyOf(one), [1, 0, 1, 0])
  assert.deepEqual(await busyOf(only), [0, 1, 0, 0])
})

test('another topology begins anew; without one there is nothing; nobody asks, and it is dropped', async () => {
  const { served, json } = await fabric([31], [])
  assert.equal(await json('/metric/elephant_current/json'), 1)
  const alone = { nodes: { other: { agent: '192.0.2.1', ports: {} } }, links: {} }
  served.beside.setTopology(readTopology(JSON.stringify(alone), 'alone'))
  for (const one of served.fed.companions) one.advance((NOON + 31) * 1000)
  assert.deepEqual(await json('/metric/json'), {})
  assert.equal(served.fed.companions.length, 1)
  served.now = 331
  served.beside.tick()
  assert.equal(served.fed.companions.length, 0)
  const none = await ask(fabricRoutes(new Served().beside), `${APP}/prometheus/txt`)
  assert.equal(none.status, 404)
  assert.match(none.text, /^There is no topology/)
})

test('what a topology that does not fit can not say is left out', async () => {
  const links = { l: { node1: 'leaf1', port1: 'p7', node2: 'spine1', port2: 'p7' } }
  const nodes = { leaf1: { agent: '192.0.2.9', ports: {} } }
  const served = new Served({ topology: readTopology(JSON.stringify({ nodes, links }), 'other') })
  const routes = fabricRoutes(served.beside)
  await ask(routes, `${APP}/prometheus/txt`)
  served.story.sampled(udpFrom(1), { input: 9, output: 1, source: 9 }, 1)
  for (const one of served.fed.companions) one.advance((NOON + 3) * 1000)
  const names = seriesOf(await ask(routes, `${APP}/prometheus/txt`)).map((line) => line.split(' ')[0])
  assert.deepEqual(
    names.filter((name) => /mice"|errors|discards/.test(name!)),
    ['sflow_fabric_metric_busy_links{traffic="mice"}'],
  )
})
