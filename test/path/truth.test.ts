// Paths against what is known of the packets: the generator's own list of events, and the truth of a real fabric.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedAbsent, sharedJson, sharedPath } from '../helpers/shared.ts'
import { flowFilter, generateFabric, leafSpine, type Sampling } from './fabric-events.ts'
import { hopAt, linesOf, pathOf } from './run.ts'

const within = (value: number, { low, high }: { readonly low: number; readonly high: number }) =>
  value >= low && value <= high

test('shares of four equal-cost ways, one of them not used', async () => {
  const { capture, topology, truth } = generateFabric({ ...leafSpine([40, 30, 20, 0]), packets: 100_000, rate: 50 })
  const path = await pathOf(capture, { topology, filter: flowFilter })
  assert.deepEqual(linesOf(path), [
    '1 leaf1 eth1 > spine1 measured',
    '1 leaf1 eth2 > spine2 measured',
    '1 leaf1 eth3 > spine3 measured',
    '1 leaf1 eth4 > spine4 unused',
    '2 spine1 eth2 > leaf2 measured',
    '2 spine2 eth2 > leaf2 measured',
    '2 spine3 eth2 > leaf2 measured',
    '3 leaf2 eth9 > 10.2.0.2 measured',
  ])
  for (const n of [1, 2, 3]) {
    const hop = hopAt(path, 'leaf1', `eth${n}`)
    const packets = truth.out.get(`leaf1 eth${n}`)!
    assert.ok(
      within(packets, hop.traffic.packets),
      `eth${n}: ${packets} is not in ${JSON.stringify(hop.traffic.packets)}`,
    )
    assert.ok(within(packets / 100_000, hop.branchShare!), `eth${n}: ${JSON.stringify(hop.branchShare)}`)
    assert.ok(hop.branchShare!.high - hop.branchShare!.low < 0.05)
    assert.equal(hop.branches, 4)
  }
  const unused = hopAt(path, 'leaf1', 'eth4')
  const sampled = [1, 2, 3].reduce((sum, n) => sum + hopAt(path, 'leaf1', `eth${n}`).traffic.packets.samples, 0)
  assert.equal(unused.traffic.packets.samples, 0)
  assert.equal(unused.expectedSamples, sampled / 4)
  assert.equal(unused.branchShare!.value, 0)
  assert.ok(unused.branchShare!.high > 0 && unused.branchShare!.high < 0.01)
  assert.deepEqual(path.hops[0]!.from?.names, ['10.1.0.2'])
  assert.deepEqual(
    path.hops.map(({ ttl }) => ttl?.mean),
    [64, 64, 64, 64, 63, 63, 63, 62],
  )
})

test('what is said to hold at 95 % holds in 90 % of all cases at least: packets and shares, over 40 fabrics', async () => {
  let inside = 0
  let all = 0
  for (let seed = 1; seed <= 40; seed++) {
    const shares = [5 + (seed % 50), 20 + (seed % 7), 3]
    const whole = shares.reduce((a, b) => a + b, 0)
    const { capture, topology, truth } = generateFabric({ ...leafSpine(shares), packets: 12_000, rate: 40, seed })
    const path = await pathOf(capture, { topology })
    for (const hop of path.hops) {
      all++
      if (within(truth.out.get(`${hop.node} ${hop.outPort}`)!, hop.traffic.packets)) inside++
    }
    for (const [i, share] of shares.entries()) {
      all++
      // The share of the packets that were sent, which is what the samples are of.
      const sent = truth.out.get(`leaf1 eth${i + 1}`)! / 12_000
      assert.ok(Math.abs(sent - share / whole) < 0.03)
      if (within(sent, hopAt(path, 'leaf1', `eth${i + 1}`).branchShare!)) inside++
    }
  }
  assert.equal(all, 40 * 10)
  assert.ok(inside / all > 0.9, `${inside} of ${all}`)
})

/** Which switch is silent, how the others sample; what is known of the path then. */
const silences: readonly (readonly [string, Sampling, Readonly<Record<string, Sampling>>, readonly string[]])[] = [
  [
    'a spine, between switches that tell both ports',
    'in',
    { spine2: 'silent' },
    [
      '1 leaf1 eth2 > spine2 measured',
      '1 leaf1 eth1 > spine1 measured',
      '2 spine2 eth2 > leaf2 neighbour ?',
      '2 spine1 eth2 > leaf2 measured',
      '3 leaf2 eth9 > 10.2.0.2 measured',
    ],
  ],
  [
    'a spine, where each port is sampled by itself',
    'ports',
    { spine2: 'silent' },
    [
      '1 leaf1 eth2 > spine2 measured',
      '1 leaf1 eth1 > spine1 measured',
      '2 spine2 eth2 > leaf2 neighbour ?',
      '2 spine1 eth2 > leaf2 measured',
      '3 leaf2 eth9 > 10.2.0.2 measured',
    ],
  ],
  [
    'the first leaf',
    'in',
    { leaf1: 'silent' },
    [
      '1 leaf1 eth2 > spine2 neighbour ?',
      '1 leaf1 eth1 > spine1 neighbour ?',
      '2 spine2 eth2 > leaf2 measured',
      '2 spine1 eth2 > leaf2 measured',
      '3 leaf2 eth9 > 10.2.0.2 measured',
    ],
  ],
  [
    'the last leaf',
    'in',
    { leaf2: 'silent' },
    [
      '1 leaf1 eth2 > spine2 measured',
      '1 leaf1 eth1 > spine1 measured',
      '2 spine2 eth2 > leaf2 measured',
      '2 spine1 eth2 > leaf2 measured',
      '3 leaf2 - > - neighbour ?',
    ],
  ],
  [
    'a spine, and no switch knows by which port packets leave: the rest goes the only way that nobody watches',
    'blind',
    { spine2: 'silent' },
    [
      '1 leaf1 eth2 > spine2 inferred',
      '1 leaf1 eth1 > spine1 neighbour',
      '2 spine2 eth2 > leaf2 neighbour ?',
      '2 spine1 eth2 > leaf2 neighbour',
      '3 leaf2 - > - measured',
    ],
  ],
  [
    'nothing, but only what is sent is sampled',
    'out',
    {},
    [
      '1 leaf1 eth2 > spine2 measured',
      '1 leaf1 eth1 > spine1 measured',
      '2 spine2 eth2 > leaf2 measured',
      '2 spine1 eth2 > leaf2 measured',
      '3 leaf2 eth9 > 10.2.0.2 measured',
    ],
  ],
]

for (const [name, sampling, nodes, lines] of silences) {
  test(`silent: ${name}`, async () => {
    const { capture, topology, truth } = generateFabric({
      ...leafSpine([40, 60]),
      packets: 60_000,
      rate: 50,
      sampling,
      nodes,
    })
    const path = await pathOf(capture, { topology, filter: flowFilter })
    assert.deepEqual(linesOf(path), lines)
    for (const [hop, port] of [
      ['leaf1', 'eth1'],
      ['leaf1', 'eth2'],
      ['spine2', 'eth2'],
    ] as const) {
      const { packets } = hopAt(path, hop, port).traffic
      const real = truth.out.get(`${hop} ${port}`)!
      // Three times the 95 %: six fabrics with three ports each must all pass.
      const room = 3 * Math.max(packets.high - packets.total, packets.total - packets.low)
      assert.ok(Math.abs(packets.total - real) < room, `${hop} ${port}: ${packets.total} for ${real}, ± ${room / 3}`)
    }
    const dead = Object.keys(nodes)
    assert.equal(path.notes.length, dead.length)
    if (dead.length > 0) assert.match(path.notes[0]!, new RegExp(`^${dead[0]} sent no flow samples: `))
  })
}

test('two tiers in a row without samples: bridged by the shortest ways between those that have some', async () => {
  const routes = [1, 2].flatMap((spine) =>
    [1, 2].map((core) => ({
      path: `9 leaf1 ${spine} > 1 spine${spine} ${core + 1} > ${spine} core${core} ${spine + 2} > ${core + 1} far${spine} 1 > ${spine} leaf2 9`,
      weight: spine === 1 ? 3 : 2,
    })),
  )
  const { capture, topology, truth } = generateFabric({
    routes,
    packets: 50_000,
    rate: 50,
    nodes: { spine1: 'silent', core1: 'silent', core2: 'silent' },
  })
  const path = await pathOf(capture, { topology })
  assert.deepEqual(linesOf(path).slice(0, 4), [
    '1 leaf1 eth1 > spine1 measured',
    '1 leaf1 eth2 > spine2 measured',
    '2 spine1 eth2 > core1 inferred ?',
    '2 spine1 eth3 > core2 inferred ?',
  ])
  const core = hopAt(path, 'core1', 'eth3')
  assert.equal(core.state, 'neighbour')
  assert.ok(within(truth.out.get('core1 eth3')!, core.traffic.packets))
  const inferred = hopAt(path, 'spine1', 'eth2')
  assert.ok(Math.abs(inferred.share!.value - 0.5) < 0.1)
  assert.ok(Number.isNaN(inferred.share!.low), 'what is inferred has no bounds')
})

test('transit delay and queue: means within their errors, per node and port; none where a switch has none', async () => {
  const { capture, topology, truth } = generateFabric({
    ...leafSpine([50, 50]),
    packets: 60_000,
    rate: 50,
    transit: (node, random) => {
      if (node === 'spine2') return undefined
      const base = node === 'leaf1' ? 500 : 3000
      return { delay: base + (random.u32() % 1000), depth: random.u32() % 4000, queue: node === 'leaf1' ? 3 : 5 }
    },
  })
  const path = await pathOf(capture, { topology })
  for (const [node, port, queue] of [
    ['leaf1', 'eth1', '3'],
    ['leaf1', 'eth2', '3'],
    ['spine1', 'eth2', '5'],
    ['leaf2', 'eth9', '5'],
  ] as const) {
    const { delay, depth, queues } = hopAt(path, node, port)
    const real = truth.transit.get(`${node} ${port}`)!
    for (const [mean, sum] of [
      [delay!, real.delay],
      [depth!, real.depth],
    ] as const) {
      const off = Math.abs(mean.mean - sum / real.packets)
      assert.ok(off < (1.5 * mean.mean * mean.errorPct!) / 100, `${node} ${port}: ${off}, ${JSON.stringify(mean)}`)
      assert.ok(mean.errorPct! < 10)
    }
    assert.ok(delay!.max! > delay!.mean && delay!.max! < 4000)
    assert.deepEqual(queues, [queue])
  }
  const without = hopAt(path, 'spine2', 'eth2')
  assert.deepEqual([without.delay, without.depth, without.queues], [null, null, []])
})

test('drops at their place: told one by one, and by samples whose output is a discard', async () => {
  const [first, second] = leafSpine([50, 50]).routes
  const { capture, topology, truth } = generateFabric({
    routes: [
      { ...first!, drop: { node: 'spine1', share: 0.01, reason: 258 } },
      { ...second!, drop: { node: 'spine2', share: 0.1, reason: 258, isTold: false } },
    ],
    packets: 60_000,
    rate: 50,
  })
  const { drops, hops } = await pathOf(capture, { topology, filter: flowFilter })
  assert.deepEqual(
    drops.map(({ hop, node, inPort, reason, by }) => [hop, node, inPort, reason, by]),
    [
      [2, 'spine1', 'eth1', 'acl', 'notified'],
      [2, 'spine2', 'eth1', 'discard', 'sampled'],
    ],
  )
  assert.equal(drops[0]!.packets.total, truth.dropped.get('spine1 258'))
  assert.ok(within(truth.dropped.get('spine2 258')!, drops[1]!.packets))
  assert.equal(hops.length, 5)
})

test('lab-rocev2: a real fabric of hsflowd agents', async (t) => {
  const capture = sharedPath('captures/agents/lab-rocev2.pcap')
  const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
  const truth = sharedJson<{ jobs: { packets: number; src_ip: string; dst_ip: string }[] }>(
    'captures/agents/lab-rocev2.truth.json',
  )
  if (capture === undefined || topology === undefined || truth === undefined) {
    t.skip(sharedAbsent)
    return
  }
  const [job] = truth.jobs
  const path = await pathOf(capture, { topology, filter: 'udpdestinationport=4791' })
  assert.deepEqual(linesOf(path), [
    '1 leaf1 eth1 > spine1 measured',
    '1 leaf1 eth2 > spine2 unused',
    '2 spine1 eth2 > leaf2 measured',
    `3 leaf2 eth3 > ${job!.dst_ip} measured`,
  ])
  assert.deepEqual(path.hops[0]!.from?.names, [job!.src_ip])
  assert.ok(within(job!.packets, path.entering.packets), JSON.stringify(path.entering.packets))
  for (const hop of path.hops.filter(({ state }) => state === 'measured')) {
    assert.ok(within(job!.packets, hop.traffic.packets), `${hop.node}: ${JSON.stringify(hop.traffic.packets)}`)
    assert.equal(hop.share!.value, 1)
  }
  assert.deepEqual(
    path.hops.map(({ ttl }) => ttl?.mean),
    [64, 64, 63, 62],
  )
})
