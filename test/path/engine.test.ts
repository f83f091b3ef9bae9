// The engine beside what truth.test.ts proves: order without a topology, windows, screens' commands, hostile input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareOf, sumOf } from '../../src/lib/flow/amount.ts'
import { pathPicture } from '../../src/lib/path/picture.ts'
import { traceFlow } from '../../src/lib/path/trace-flow.ts'
import { Random } from '../bench/random.ts'
import { datagram, flow, header, plain } from '../helpers/cards.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { aclDiscard, NOON, synPacket } from '../helpers/sflow-captures.ts'
import { generateFabric, leafSpine } from './fabric-events.ts'
import { hopAt, linesOf, pathOf, pathsOf, Run } from './run.ts'

const amount = (samples: number, rate: number) => {
  const total = samples * rate
  return { samples, total, low: total * 0.9, high: total * 1.2, variance: rate * rate * samples }
}

test('a sum adds, its distances to bounds in quadrature; what has no scale is in no sum', () => {
  const both = sumOf([amount(30, 100), amount(40, 100)])
  assert.equal(both.total, 7000)
  assert.equal(both.samples, 70)
  assert.equal(both.low, 7000 - 500)
  assert.equal(both.high, 7000 + 1000)
  assert.equal(both.variance, 700_000)
  const unknown = { samples: 5, total: Number.NaN, low: Number.NaN, high: Number.NaN, variance: Number.NaN }
  assert.equal(sumOf([unknown]).total, Number.NaN)
  assert.deepEqual([sumOf([unknown, amount(1, 10)]).total, sumOf([unknown, amount(1, 10)]).samples], [10, 6])
})

/** Wilson's interval of x of n, by E. Wilson's formula worked by hand (z² = 3.8415). */
const shares: readonly (readonly [number, number, number, number, number])[] = [
  [0, 100, 0, 0, 0.037],
  [50, 50, 0.5, 0.4038, 0.5962],
  [10, 90, 0.1, 0.0552, 0.1744],
  [3, 0, 1, 0.4385, 1],
]
for (const [mine, others, value, low, high] of shares) {
  test(`the share of ${mine} in ${mine + others} samples`, () => {
    const share = shareOf(amount(mine, 1000), amount(others, 1000))!
    assert.equal(share.value, value)
    assert.ok(Math.abs(share.low - low) < 5e-5 && Math.abs(share.high - high) < 5e-5, JSON.stringify(share))
  })
}

test('there is no share of nothing', () => {
  assert.equal(shareOf(amount(0, 1), amount(0, 1)), null)
})

test('without a topology hops are in the order of their TTL, and no link is known', async () => {
  const { capture } = generateFabric({ ...leafSpine([100]), packets: 5000, rate: 20 })
  const path = await pathOf(capture, {})
  assert.deepEqual(
    path.hops.map(({ hop, node, inPorts, outPort, to }) => [hop, node, inPorts[0], outPort, to]),
    [
      [1, '192.0.2.1', '9', '1', null],
      [2, '192.0.2.3', '1', '2', null],
      [3, '192.0.2.2', '1', '9', null],
    ],
  )
  assert.match(pathPicture(path, 80, plain)[0]!, /^─9▶ 192\.0\.2\.1 ┄1▷ 192\.0\.2\.3 ┄2▷ 192\.0\.2\.2 ─9▶/)
})

test('agents that the topology does not have are named', async () => {
  const { capture } = generateFabric({ ...leafSpine([100]), packets: 2000, rate: 20 })
  const { topology } = generateFabric({ ...leafSpine([100]), packets: 0, rate: 20 })
  const only = temporaryFile(
    new TextEncoder().encode('{"nodes":{"leaf1":{"agent":"192.0.2.1","ports":{"eth1":{"ifindex":"1"}}}},"links":{}}'),
  )
  assert.deepEqual((await pathOf(capture, { topology })).notes, [])
  assert.deepEqual((await pathOf(capture, { topology: only })).notes, [
    '192.0.2.3, 192.0.2.2 saw these packets too, but are not in the topology and left out.',
  ])
})

test('windows: each has its own path', async () => {
  const { capture, topology } = generateFabric({ ...leafSpine([30, 70]), packets: 40_000, rate: 40, seconds: 20 })
  const windows = await pathsOf(capture, { topology, windowMs: 5000 })
  assert.deepEqual(
    windows.map(({ startMs }) => startMs / 1000 - NOON),
    [0, 5, 10, 15],
  )
  for (const window of windows) {
    assert.equal(linesOf(window)[0], '1 leaf1 eth2 > spine2 measured')
    // Some 250 samples a window: ± 0.06 at 95 %.
    assert.ok(Math.abs(hopAt(window, 'leaf1', 'eth2').share!.value - 0.7) < 0.12)
  }
})

test('a flow is there with its first sample, and gone when it has faded', () => {
  const run = new Run({ windowMs: 10_000, smoothMs: 10_000, filter: 'ipsource=192.0.2.1' })
  const sample = (n: number) => datagram([flow([header(synPacket)], { sequence_number: n })], { sequence_number: n })
  run.engine.advance(NOON * 1000)
  assert.equal(run.engine.peek(), undefined)
  run.datagram(sample(1), NOON + 1)
  const first = run.engine.peek()!
  assert.equal(first.hops.length, 1)
  assert.equal(first.hops[0]!.traffic.packets.samples, 1)
  run.engine.advance((NOON + 60) * 1000)
  assert.equal(run.engine.peek()!.hops.length, 0)
})

/** Samples of ports 1 → 2 at one switch: so many of what came in, and so many of what went out. */
function oneSwitch(entering: number, leaving: number): Run {
  const run = new Run({})
  for (let n = 1; n <= entering + leaving; n++) {
    const isIn = n <= entering
    const sample = flow([header(synPacket)], {
      sequence_number: isIn ? n : n - entering,
      source_id_index: isIn ? 1 : 2,
      sample_pool: 1000 * (isIn ? n : n - entering),
      sampling_rate: 1000,
      input_value: 1,
      output_value: 2,
    })
    run.datagram(datagram([sample], { sequence_number: n }), NOON + n / 10)
  }
  return run
}

const sides: readonly (readonly [string, number, number, number])[] = [
  ['sampled on entry only', 100, 0, 100],
  ['sampled when sent only', 0, 100, 100],
  ['sampled on both sides: packets count once', 100, 96, 96],
  ['a few that the switch sends itself are not all', 100, 5, 100],
]
for (const [name, entering, leaving, samples] of sides) {
  test(`what leaves a port: ${name}`, () => {
    const [path] = oneSwitch(entering, leaving).engine.finish()
    assert.equal(path!.hops.length, 1)
    assert.equal(path!.hops[0]!.traffic.packets.samples, samples)
  })
}

test('discards alone are a window too', () => {
  const run = new Run({})
  run.datagram(datagram([aclDiscard]), NOON)
  const peeked = run.engine.peek()!
  const [path] = run.engine.finish()
  for (const { hops, drops, samples } of [peeked, path!]) {
    assert.deepEqual([hops.length, samples], [0, 1])
    assert.deepEqual(
      drops.map(({ inPort, reason, packets }) => [inPort, reason, packets.total]),
      [['3', 'acl', 1]],
    )
  }
})

test("trace-flow's shape: edge ports are nodes, a link used both ways is bidirectional", async () => {
  const there = leafSpine([1]).routes
  const { capture, topology } = generateFabric({
    routes: [...there, { path: '9 leaf2 1 > 2 spine1 1 > 1 leaf1 9', weight: 1 }],
    packets: 4000,
    rate: 20,
  })
  const oneWay = generateFabric({ routes: there, packets: 4000, rate: 20 })
  assert.deepEqual(traceFlow(await pathOf(oneWay.capture, { topology: oneWay.topology })), {
    nodes: {
      leaf1: {},
      'leaf1-eth9': { label: '10.1.0.2', port: true },
      spine1: {},
      leaf2: {},
      'leaf2-eth9': { label: '10.2.0.2', port: true },
    },
    edges: {
      'leaf1-eth9': { from: 'leaf1-eth9', to: 'leaf1', bidirectional: false, label: 'eth9' },
      link1: { from: 'leaf1', to: 'spine1', bidirectional: false },
      link2: { from: 'spine1', to: 'leaf2', bidirectional: false },
      'leaf2-eth9': { from: 'leaf2', to: 'leaf2-eth9', bidirectional: false, label: 'eth9' },
    },
  })
  const { edges } = traceFlow(await pathOf(capture, { topology }))
  assert.deepEqual(
    Object.values(edges).map(({ bidirectional }) => bidirectional),
    [true, true, true, true],
  )
})

test('hostile: agents, ports and queues without end stay bounded, in rows and in time', () => {
  const random = new Random(7)
  const run = new Run({ windowMs: 'all' })
  for (let n = 1; n <= 14_000; n++) {
    const agent = Uint8Array.of(10, random.u32() & 0x3f, random.u32() & 0xff, random.u32() & 0xff)
    const sample = flow([header(synPacket)], {
      source_id_index: random.u32() & 0xffff,
      input_value: random.u32() & 0xffff,
      output_value: random.u32() & 0xffff,
    })
    run.datagram(datagram([sample], { agent: { type: 1, bytes: agent } }).slice(), NOON + n / 1000)
  }
  const start = performance.now()
  const [path] = run.engine.finish()
  assert.ok(path!.hops.length <= 10_000)
  assert.ok(path!.hops.length > 1000)
  assert.ok(path!.notes.some((note) => /the largest 10,000 are used/.test(note)))
  assert.ok(performance.now() - start < 10_000)
})

test('hostile: names with escape sequences, names of JavaScript; a picture is plain text', async () => {
  const bad = '\u001b[31mleaf\u0007'
  const agentOf = (n: number) => `192.0.2.${n}`
  const topology = temporaryFile(
    new TextEncoder().encode(
      JSON.stringify({
        nodes: Object.fromEntries([
          [bad, { agent: agentOf(1), ports: { 'eth1\u001b[2J': { ifindex: '1' }, eth9: { ifindex: '9' } } }],
          ['__proto__', { agent: agentOf(3), ports: { constructor: { ifindex: '1' }, eth2: { ifindex: '2' } } }],
        ]),
        links: { toString: { node1: bad, port1: 'eth1\u001b[2J', node2: '__proto__', port2: 'constructor' } },
      }),
    ),
  )
  const { capture } = generateFabric({ ...leafSpine([1]), packets: 2000, rate: 20 })
  const path = await pathOf(capture, { topology })
  const text = pathPicture(path, 200, plain).join('\n')
  const controls = [...text].filter((c) => c < ' ' && c !== '\n')
  assert.deepEqual(controls, [])
  assert.match(text, /__proto__/)
})
