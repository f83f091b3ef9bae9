// Engines that questions make: each sample goes to them while somebody asks, and no longer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OnDemand } from '../../src/lib/serve/beside.ts'
import { portRoutes } from '../../src/lib/serve/port-routes.ts'
import { topologyRoutes } from '../../src/lib/serve/topology-routes.ts'
import { pair, tellPair } from '../topo-status/fabric.ts'
import { ask, Served, seriesOf } from './asking.ts'

test('made by the first question, dropped after 300 s without one, then made anew', () => {
  const served = new Served()
  const { beside, fed } = served
  let made = 0
  const one = new OnDemand(beside, () => ({ number: ++made, sample() {}, advance() {} }))
  assert.deepEqual([made, fed.companions.length], [0, 0])
  assert.deepEqual([one.get().number, one.get().number, fed.companions.length], [1, 1, 1])
  served.now = 300
  beside.tick()
  assert.deepEqual([one.get().number, fed.companions.length], [1, 1])
  served.now = 601
  beside.tick()
  assert.equal(fed.companions.length, 0)
  assert.deepEqual([one.get().number, fed.companions.length], [2, 1])
})

test('ports, status and locate are dropped each by itself, and count again when asked', async () => {
  const served = new Served({ topology: pair })
  const { beside, fed, story } = served
  const routes = [...portRoutes(beside), ...topologyRoutes(beside, { replace: undefined })]
  const ports = '/prometheus/metrics/ALL/ifinoctets/txt'
  const app = '/app/topology/scripts/topology.js'
  const companions = async (seconds: number, ...paths: string[]): Promise<number> => {
    served.now = seconds
    for (const path of paths) assert.equal((await ask(routes, path)).status, 200)
    beside.tick()
    return fed.companions.length
  }
  assert.equal(await companions(0), 0)
  assert.equal(await companions(0, ports, `${app}/status/json`, `${app}/locate/json`), 3)
  tellPair(story)
  assert.equal(await companions(21, ports), 3)
  assert.equal(seriesOf(await ask(routes, ports)).length, 3)
  assert.equal(await companions(300), 3)
  // The others were asked at 0, ports at 21.
  assert.equal(await companions(301), 1)
  assert.equal(await companions(322), 0)
  assert.deepEqual(seriesOf(await ask(routes, ports)), [], 'nothing is known of what was before')
  assert.equal(await companions(322), 1)
  // Also where nothing ticks between two questions.
  story.at(330).counters(1, {})
  served.now = 700
  assert.deepEqual(seriesOf(await ask(routes, ports)), [])
})
