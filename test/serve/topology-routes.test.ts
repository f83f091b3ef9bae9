// Paths of a topology (topology.md section 5): their JSON has sFlow-RT's members; replacing it, as the lab's topo.py does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AiPoints } from '../../src/lib/serve/ai-points.ts'
import { aiRoutes } from '../../src/lib/serve/ai-routes.ts'
import { topologyRoutes } from '../../src/lib/serve/topology-routes.ts'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { pair, tellPair } from '../topo-status/fabric.ts'
import { frameFrom } from '../topo-status/frame-from.ts'
import { ask, Served, seriesOf } from './asking.ts'

const APP = '/app/topology/scripts/topology.js'

function routesOf(served: Served, accept = true) {
  const taken: Topology[] = []
  const replace = (topology: Topology) => {
    taken.push(topology)
    served.beside.setTopology(topology)
  }
  return { routes: topologyRoutes(served.beside, { replace: accept ? replace : undefined }), taken }
}

async function told() {
  const served = new Served({ topology: pair })
  const { routes } = routesOf(served)
  await ask(routes, `${APP}/status/json`)
  await ask(routes, `${APP}/locate/json`)
  tellPair(served.story)
  served.now = 21
  return { served, routes, json: async (path: string) => JSON.parse((await ask(routes, path)).text) }
}

test("status: sFlow-RT's members, then ours", async () => {
  const { json } = await told()
  const status = await json(`${APP}/status/json`)
  const { links, nodes, traffic } = status
  assert.deepEqual(
    { links, nodes, traffic },
    {
      links: { total: 1, monitored: 1, up: 1, down: 0, details: { unmonitored: [], down: [] } },
      nodes: { total: 2, monitored: 2, flows: 2, noflows: 0, details: { unmonitored: [], noflows: [] } },
      traffic: { speed: 10_000_000_000, bps: 10_000_000, pps: 1250, discards: 0, errors: 0 },
    },
  )
  assert.deepEqual(Object.keys(status), ['links', 'nodes', 'traffic', 'kind', 'time', 'green', 'unknown', 'findings'])
})

test('agents, unknown agents, metrics', async () => {
  const { served, routes, json } = await told()
  served.story.counters(1, {}, { agent: 7 })
  assert.deepEqual(await json(`${APP}/agents/json`), { leaf1: '192.0.2.1', spine1: '192.0.2.2' })
  assert.deepEqual(await json(`${APP}/unknown/json`), ['192.0.2.7'])
  const all = await json('/agents/json')
  assert.deepEqual(Object.keys(all), ['192.0.2.1', '192.0.2.2', '192.0.2.7'])
  assert.equal(all['192.0.2.1'].sFlowFlowSamples, 2)
  assert.equal(all['192.0.2.1'].sFlowCounterSamples, 4)
  const series = seriesOf(await ask(routes, `${APP}/prometheus/txt`))
  assert.deepEqual(series.slice(0, 11), [
    'sflow_topology_links{status="unmonitored"} 0',
    'sflow_topology_links{status="up"} 1',
    'sflow_topology_links{status="down"} 0',
    'sflow_topology_nodes{status="unmonitored"} 0',
    'sflow_topology_nodes{status="noflows"} 0',
    'sflow_topology_nodes{status="flows"} 2',
    'sflow_topology_traffic_bps 10000000',
    'sflow_topology_traffic_speed 10000000000',
    'sflow_topology_traffic_pps 1250',
    'sflow_topology_traffic_discards 0',
    'sflow_topology_traffic_errors 0',
  ])
})

test('without a topology all is 0, and nothing is located', async () => {
  const { routes } = routesOf(new Served())
  const status = JSON.parse((await ask(routes, `${APP}/status/json`)).text)
  assert.equal(status.nodes.total, 0)
  assert.equal(status.traffic.bps, 0)
  assert.equal((await ask(routes, `${APP}/locate/json`)).text, '[]\n')
  assert.equal((await ask(routes, '/topology/json')).text, '{\n  "version": 0,\n  "links": {}\n}\n')
})

test('locate: by any spelling of an address; ports of links are no place', async () => {
  const served = new Served({ topology: pair })
  const { routes } = routesOf(served)
  const find = async (query: string) => JSON.parse((await ask(routes, `${APP}/locate/json${query}`)).text)
  assert.deepEqual(await find(''), [])
  served.story.sampled(frameFrom(7), { input: 9, output: 1, source: 9 }, 3)
  served.story.sampled(frameFrom(7), { input: 1, output: 9, source: 1 }, 30)
  const expected = [
    {
      node: 'leaf1',
      port: 'p9',
      agent: '192.0.2.1',
      ifindex: '9',
      mac: '00005E005307',
      ipaddress: '198.51.100.7',
      samples: 3,
      share: 1,
      lastSeen: 1_777_636_800_000,
    },
  ]
  for (const query of ['', '?address=198.51.100.7', '?address=00:00:5e:00:53:07', '?address=00005E005307']) {
    assert.deepEqual(await find(query), expected, query)
  }
  assert.deepEqual(await find('?address=198.51.100.8'), [])
  assert.equal((await find('?address=198.51.100.7&address=00-00-5e-00-53-07')).length, 2)
  assert.equal((await ask(routes, `${APP}/locate/json?address=%20`)).status, 400)
})

test('PUT replaces the topology, and what is wrong with one is told by its place', async () => {
  const served = new Served()
  const { routes, taken } = routesOf(served)
  tellPair(served.story)
  served.now = 21
  const body = '{"links": {"link1": {"node1": "leaf1", "port1": "eth1", "node2": "spine1", "port2": "eth1"}}}'
  assert.deepEqual(await ask(routes, '/topology/json', { method: 'PUT', body }), { status: 204, type: '', text: '' })
  assert.equal(taken.length, 1)
  assert.deepEqual(JSON.parse((await ask(routes, '/topology/json')).text), { version: 1, ...JSON.parse(body) })
  assert.equal(JSON.parse((await ask(routes, `${APP}/status/json`)).text).nodes.total, 2)
  const wrong: [body: string, problem: RegExp][] = [
    ['', /^The body is empty/],
    ['{', /^The body is no JSON/],
    ['[]', /^The body: the whole is an array, needed an object/],
    ['{"a": 1}', /^The body: there are neither "links" nor "nodes"/],
    ['{"links": {"l": {"node1": "a"}}}', /^The body: links\.l\.port1 is missing/],
  ]
  for (const [text, problem] of wrong) {
    const { status, text: answer } = await ask(routes, '/topology/json', { method: 'PUT', body: text })
    assert.equal(status, 400)
    assert.match(answer, problem)
  }
  assert.equal(taken.length, 1)
  const app = `${APP}/topology/json`
  assert.equal((await ask(routes, app, { method: 'POST', body })).status, 204)
  assert.equal((await ask(routes, app, { method: 'POST', body, isJson: false })).status, 400)
})

test('without leave only GET is there', () => {
  const methods = routesOf(new Served(), false).routes.flatMap((route) => [...(route.methods ?? (['GET'] as const))])
  assert.deepEqual([...new Set(methods)], ['GET'])
})

test('AI Metrics: shapes of all its paths (ai-metrics.md section 1)', async () => {
  const period = { value: 5, period: 0.7, threshold: 3, baselineLoad: { mean: 4 }, baselinePeriod: {} }
  const points: AiPoints = {
    points: () => ({ bps: 8, period: null, 'top-5-operations': { 'RC:WRITE': 3 } }),
    trend: (after) => ({ maxPoints: 300, times: after === undefined ? [1000, 2000] : [2000], trends: { bps: [1, 2] } }),
    period: () => period,
    metrics: (into) => into.add({ name: 'sflow_ai_bps', help: 'bits', type: 'gauge' }, [], 8),
  }
  const routes = aiRoutes(points)
  const base = '/app/ai-metrics/scripts/metrics.js'
  const text = async (path: string) => (await ask(routes, base + path)).text
  assert.equal(await text('/metric/json'), '{"bps":8,"period":null,"top-5-operations":{"RC:WRITE":3}}\n')
  assert.equal(await text('/metric/bps/json'), '8\n')
  assert.equal(await text('/metric/top-5-operations/json'), '{"RC:WRITE":3}\n')
  assert.equal((await ask(routes, `${base}/metric/toString/json`)).status, 404)
  assert.equal(await text('/trend/json'), '{"trend":{"maxPoints":300,"times":[1000,2000],"trends":{"bps":[1,2]}}}\n')
  assert.equal(
    await text('/trend/json?after=1500'),
    '{"trend":{"maxPoints":300,"times":[2000],"trends":{"bps":[1,2]}}}\n',
  )
  assert.equal((await ask(routes, `${base}/trend/json?after=x`)).status, 400)
  assert.deepEqual(JSON.parse(await text('/period/json')), period)
  assert.match(await text('/prometheus/txt'), /^# HELP sflow_ai_bps bits\n# TYPE sflow_ai_bps gauge\nsflow_ai_bps 8\n$/)
  const other = await ask(aiRoutes(undefined), `${base}/prometheus/txt`)
  assert.deepEqual(
    [other.status, other.text],
    [404, 'This is another command: sonde ai-metrics --serve has AI Metrics.'],
  )
})
