// What enters the fabric where nodes that packets enter by sample nothing: told by those behind them, each packet once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flowFilter, generateFabric, leafSpine, type Sampling } from './fabric-events.ts'
import { hopAt, linesOf, pathOf } from './run.ts'

const PACKETS = 60_000

/** Of samples 1 in 20: within 4 % of all. */
const isAll = (total: number): boolean => Math.abs(total - PACKETS) < 0.04 * PACKETS

const silent = (...nodes: string[]): Record<string, Sampling> =>
  Object.fromEntries(nodes.map((node) => [node, 'silent']))

const spread = (nodes: Record<string, Sampling>) =>
  generateFabric({ ...leafSpine([50, 30, 20, 0]), packets: PACKETS, rate: 20, nodes })

test('the last switch samples alone', async () => {
  const { capture, topology } = spread(silent('leaf1', 'spine1', 'spine2', 'spine3', 'spine4'))
  const path = await pathOf(capture, { topology, filter: flowFilter })
  assert.ok(isAll(path.entering.packets.total), String(path.entering.packets.total))
  assert.deepEqual(linesOf(path), [
    '1 spine1 eth2 > leaf2 neighbour ?',
    '1 spine2 eth2 > leaf2 neighbour ?',
    '1 spine3 eth2 > leaf2 neighbour ?',
    '2 leaf2 eth9 > 10.2.0.2 measured',
  ])
  assert.ok(Math.abs(hopAt(path, 'leaf2', 'eth9').ofAll! - 1) < 1e-9)
})

test('the last switch and one before it', async () => {
  const { capture, topology } = spread(silent('leaf1', 'spine1', 'spine3', 'spine4'))
  const path = await pathOf(capture, { topology, filter: flowFilter })
  assert.ok(isAll(path.entering.packets.total), String(path.entering.packets.total))
  assert.deepEqual(linesOf(path), [
    '1 leaf1 eth2 > spine2 neighbour ?',
    '2 spine1 eth2 > leaf2 neighbour ?',
    '2 spine2 eth2 > leaf2 measured',
    '2 spine3 eth2 > leaf2 neighbour ?',
    '3 leaf2 eth9 > 10.2.0.2 measured',
  ])
})

test('one of two switches by which packets enter', async () => {
  const routes = [
    { path: '9 leaf1 1 > 1 spine1 3 > 1 leaf3 9', weight: 60 },
    { path: '9 leaf2 1 > 2 spine1 3 > 1 leaf3 9', weight: 40 },
  ]
  const { capture, topology } = generateFabric({ routes, packets: PACKETS, rate: 20, nodes: silent('leaf2') })
  const path = await pathOf(capture, { topology, filter: flowFilter })
  assert.ok(isAll(path.entering.packets.total), String(path.entering.packets.total))
  assert.deepEqual(linesOf(path), [
    '1 leaf1 eth1 > spine1 measured',
    '1 leaf2 eth1 > spine1 neighbour ?',
    '2 spine1 eth3 > leaf3 measured',
    '3 leaf3 eth9 > 10.2.0.2 measured',
  ])
})
