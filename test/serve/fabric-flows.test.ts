// Elephants and busy links by the rules of sFlow-RT's Fabric Metrics (its scripts/metrics.js): a tenth of the edge port's speed, 80 % of a
// link's, over a second after it was last so large.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FabricFlows, type KnownPort, type PortFlow, type PortLoad } from '../../src/lib/serve/fabric-flows.ts'

/** 10 Gbit/s each: an elephant from 125 MB/s on, busy from 1 GB/s on. */
const ports = new Map<string, KnownPort>([
  ['leaf 9', { place: 'edge', speed: 1e10, ways: undefined }],
  ['leaf 8', { place: 'edge', speed: 1e10, ways: undefined }],
  ['leaf 1', { place: 'core', speed: 1e10, ways: { ingress: 'down', egress: 'up' } }],
  ['spine 1', { place: 'core', speed: 1e10, ways: { ingress: 'up', egress: 'down' } }],
])
const flow = (name: string, port: string, rate: number, side: PortFlow['side'] = 'ingress'): PortFlow => {
  return { flow: name, port, side, rate }
}
const load = (port: string, rate: number, side: PortLoad['side'] = 'ingress'): PortLoad => ({ port, side, rate })

test('a flow comes, stays, and ends a second after it was last large', () => {
  const found = new FabricFlows()
  const at = (second: number, ...flows: PortFlow[]) => {
    const { current, arrivals, departures, bitsPerSecond } = found.take(flows, [], ports, second * 1000)
    return [current, arrivals, departures, bitsPerSecond]
  }
  assert.deepEqual(at(1, flow('a', 'leaf 9', 124_999_999)), [0, 0, 0, 0])
  assert.deepEqual(at(2, flow('a', 'leaf 9', 125_000_000)), [1, 1, 0, 1e9])
  // Seen by another edge port too, it is the same.
  assert.deepEqual(at(3, flow('a', 'leaf 9', 2e8), flow('a', 'leaf 8', 2e8)), [1, 0, 0, 1.6e9])
  assert.deepEqual(at(4, flow('a', 'leaf 9', 1e8), flow('b', 'leaf 8', 5e8)), [2, 1, 0, 4e9])
  assert.deepEqual(at(5, flow('b', 'leaf 8', 5e8)), [1, 0, 1, 4e9])
  assert.deepEqual(at(6), [1, 0, 0, 0])
  assert.deepEqual(at(7), [0, 0, 1, 0])
  // a: 2 s to 3 s with 125 and 200 MB/s, b: 4 s to 5 s with 500 MB/s.
  const { duration, rate } = found.take([], [], ports, 8000)
  assert.deepEqual([duration, rate], [1, (1.3e9 + 4e9) / 2])
})

test('what comes in by a link, goes out, or is at a port that is not known is none', () => {
  const flows = [flow('a', 'leaf 1', 1e9), flow('b', 'leaf 9', 1e9, 'egress'), flow('c', 'other 1', 1e9)]
  const points = new FabricFlows().take(flows, [], ports, 1000)
  assert.deepEqual([points.current, points.bitsPerSecond, points.duration, points.rate], [0, 0, null, null])
})

test('busy directions of links, by the elephants in them', () => {
  const found = new FabricFlows()
  const busy = (flows: PortFlow[], loads: PortLoad[]) => found.take(flows, loads, ports, 1000).busy
  const edge = [flow('a', 'leaf 9', 5e8), flow('b', 'leaf 8', 5e8)]
  assert.deepEqual(busy(edge, [load('spine 1', 999_999_999), load('leaf 9', 1e9)]), {
    mice: 0,
    elephant: 0,
    collision: 0,
  })
  assert.deepEqual(busy(edge, [load('spine 1', 1e9)]), { mice: 1, elephant: 0, collision: 0 })
  // One that is smaller here than an elephant is does not count.
  const one = [...edge, flow('a', 'spine 1', 5e8), flow('b', 'spine 1', 1e8)]
  assert.deepEqual(busy(one, [load('spine 1', 1e9)]), { mice: 0, elephant: 1, collision: 0 })
  // Both ends see the same direction, and one flow once.
  const both = [load('spine 1', 1e9), load('leaf 1', 1e9, 'egress')]
  assert.deepEqual(busy([...one, flow('a', 'leaf 1', 5e8, 'egress')], both), { mice: 0, elephant: 1, collision: 0 })
  const two = [...one, flow('b', 'leaf 1', 5e8, 'egress')]
  assert.deepEqual(busy(two, both), { mice: 0, elephant: 0, collision: 1 })
  assert.deepEqual(busy(two, [...both, load('leaf 1', 1e9)]), { mice: 1, elephant: 0, collision: 1 })
})
