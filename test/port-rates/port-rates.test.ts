import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { record } from '../helpers/cards.ts'
import { NOON, rowOf, Story } from './watch.ts'

/** 8 Mbit/s and 1000 packets a second for 20 s. */
const busy = { ifInOctets: 20_000_000n, ifInUcastPkts: 20_000 }

test('rates of both directions between two counter samples', () => {
  const row = new Story()
    .counters(3, { ifInOctets: 1000n, ifOutOctets: 500n, ifInUcastPkts: 10, ifOutErrors: 7 })
    .at(20)
    .counters(3, {
      ifInOctets: 5_000_001_000n,
      ifInUcastPkts: 4010,
      ifInMulticastPkts: 100,
      ifInBroadcastPkts: 20,
      ifInErrors: 40,
      ifInDiscards: 2,
      ifOutOctets: 2500n,
      ifOutErrors: 7,
    })
    .row(3)
  assert.deepEqual(
    [row.node, row.agent, row.ifIndex, row.port, row.seconds, row.speed, row.duplex, row.admin, row.oper, row.note],
    ['192.0.2.1', '192.0.2.1', 3, null, 20, 10_000_000_000, 'full', 'up', 'up', null],
  )
  assert.deepEqual(row.in, {
    bytes: 5_000_000_000,
    packets: 4120,
    errors: 40,
    discards: 2,
    bitsPerSecond: 2_000_000_000,
    packetsPerSecond: 206,
    peakBitsPerSecond: 2_000_000_000,
    errorsPerSecond: 2,
    discardsPerSecond: 0.1,
    utilization: 0.2,
    sampledBitsPerSecond: null,
    samples: 0,
    sampledBy: null,
    history: [],
  })
  assert.deepEqual([row.out.bytes, row.out.bitsPerSecond, row.out.errors, row.out.utilization], [2000, 800, 0, 8e-8])
})

test('what is not known is null, with the reason', () => {
  const story = new Story().counters(1, {}).flows(2, 3).at(30).flows(2, 3)
  assert.equal(story.watch.engine.peek().rows.length, 2)
  const [window] = story.windows()
  const one = rowOf(window!, 1)
  assert.deepEqual([one.in.bytes, one.in.bitsPerSecond, one.seconds, one.ratio], [null, null, null, null])
  assert.equal(one.note, 'one counter sample: a rate needs two')
  const two = rowOf(window!, 2)
  assert.equal(two.note, 'no counter samples of this port')
  assert.deepEqual([two.speed, two.oper, two.in.bytes, two.in.samples, two.in.sampledBy], [null, null, null, 6, 'own'])
  // 6 samples for 100 packets of 1000 bytes each in 30 s.
  assert.equal(two.in.sampledBitsPerSecond, 160_000)
})

test('counters that the agent does not have, and states', () => {
  const none = 0xffffffff
  const all = 0xffff_ffff_ffff_ffffn
  const fields = {
    ifSpeed: 0n,
    ifDirection: 0,
    ifStatus: 1,
    ifInOctets: all,
    ifInMulticastPkts: none,
    ifInBroadcastPkts: none,
    ifInErrors: none,
    ifOutUcastPkts: none,
  }
  const row = new Story()
    .counters(3, fields)
    .at(10)
    .counters(3, { ...fields, ifInUcastPkts: 50, ifOutOctets: 1000n })
    .row(3)
  assert.deepEqual([row.speed, row.duplex, row.admin, row.oper], [null, null, 'up', 'down'])
  assert.deepEqual([row.in.bytes, row.in.packets, row.in.errors, row.in.discards], [null, 50, null, 0])
  assert.deepEqual([row.out.bytes, row.out.packets, row.out.utilization], [1000, null, null])
})

const counterStories: readonly (readonly [string, (story: Story) => Story, readonly (number | null)[]])[] = [
  [
    'a 32-bit counter wraps',
    (s) => s.counters(3, { ifInErrors: 0xfffffff0 }).at(10).counters(3, { ifInErrors: 16 }),
    [10, 0, 32],
  ],
  [
    'a lost counter sample',
    (s) => s.counters(3, {}).at(40).counters(3, { ifInOctets: 4000n }, { lost: 1 }),
    [40, 4000, 0],
  ],
  [
    'a restart: the two stretches, without what lies between',
    (s) =>
      s
        .counters(3, { ifInOctets: 1000n })
        .at(10)
        .counters(3, { ifInOctets: 3000n, ifInErrors: 1 })
        .at(20)
        .restart()
        .counters(3, { ifInOctets: 500n })
        .at(30)
        .counters(3, { ifInOctets: 600n }),
    [20, 2100, 1],
  ],
  [
    'a restart and nothing after it',
    (s) => s.counters(3, {}).at(20).restart().counters(3, { ifInOctets: 500n }),
    [null, null, null],
  ],
  [
    'counters go back without a restart: that interval does not count',
    (s) =>
      s
        .counters(3, { ifInOctets: 5000n, ifInErrors: 4 })
        .at(10)
        .counters(3, { ifInOctets: 100n })
        .at(20)
        .counters(3, { ifInOctets: 400n, ifInErrors: 1 }),
    [10, 300, 1],
  ],
  [
    'two sub-agents tell of one port: it is counted once',
    (s) =>
      s
        .counters(3, {})
        .counters(3, {}, { subAgent: 7 })
        .at(10)
        .counters(3, { ifInOctets: 1000n })
        .counters(3, { ifInOctets: 1000n }, { subAgent: 7 }),
    [10, 1000, 0],
  ],
]
for (const [name, tell, expected] of counterStories) {
  test(`counters: ${name}`, () => {
    const row = tell(new Story()).row(3)
    assert.deepEqual([row.seconds, row.in.bytes, row.in.errors], expected)
  })
}

test('a packet counter of 32 bits that may have wrapped unseen is not known', () => {
  const most = 0x1_0000_0000n * 60n
  for (const [octets, packets] of [
    [most - 1n, 5],
    [most, null],
  ] as const) {
    const row = new Story().counters(3, {}).at(10).counters(3, { ifInOctets: octets, ifInUcastPkts: 5 }).row(3)
    assert.equal(row.in.packets, packets)
  }
})

test('many intervals may hold more packets than 32 bits count', () => {
  const story = new Story()
  for (let i = 0; i <= 10; i++) {
    story.at(i * 20).counters(3, { ifInOctets: BigInt(i) * 100_000_000_000n, ifInUcastPkts: (i * 1_500_000_000) >>> 0 })
  }
  const row = story.row(3)
  assert.deepEqual([row.in.packets, row.in.packetsPerSecond], [15_000_000_000, 75_000_000])
})

test('samples of just the counter intervals are compared with the counters', () => {
  const row = new Story()
    .flows(3, 50)
    .at(1)
    .counters(3, {})
    .at(10)
    .flows(3, 200)
    .at(21)
    .counters(3, busy)
    .at(22)
    .flows(3, 70)
    .row(3)
  assert.equal(row.in.samples, 200)
  assert.equal(row.in.sampledBitsPerSecond, 8_000_000)
  assert.equal(row.in.bitsPerSecond, 8_000_000)
  assert.deepEqual([row.samplingRate, row.effectiveRate], [100, 100])
  const { value, errorPct, low, high, off } = row.ratio!
  // 1.96 √(1 - 1/100) / √200
  assert.deepEqual([value, off], [1, false])
  assert.ok(Math.abs(errorPct! - 13.79) < 0.01, `${errorPct}`)
  assert.ok(Math.abs(low - 0.8621) < 0.0001 && Math.abs(high - 1.1379) < 0.0001)
})

const ratioStories: readonly (readonly [string, (story: Story) => Story, number | null, boolean | null])[] = [
  ['one in 200 sampled where the agent says 100', (s) => s.flows(3, 100), 0.5, true],
  ['one in 50', (s) => s.flows(3, 400), 2, true],
  ['too few to say so', (s) => s.flows(3, 6, { rate: 1000 }), 0.3, false],
  ['every second sample lost on the way', (s) => lossy(s, 100), 1, false],
  ['a pool that measures tells the true rate', (s) => s.flows(3, 100, { pool: skipping(200) }), 1, false],
  ['the rate changes in between', (s) => s.flows(3, 100).flows(3, 20, { rate: 500 }), 1, false],
  ['samples of a burst that came behind the counters', (s) => s.flows(3, 140), 0.7, false],
  ['nothing is sampled here', (s) => s.flows(9, 100), null, null],
]
for (const [name, tell, value, off] of ratioStories) {
  test(`ratio: ${name}`, () => {
    const row = tell(new Story().counters(3, {}).at(10)).at(20).counters(3, busy).row(3)
    if (value === null) assert.equal(row.ratio, null)
    else assert.ok(Math.abs(row.ratio!.value - value) < 0.02, `${row.ratio!.value}`)
    assert.equal(row.ratio?.off ?? null, off)
  })
}

function lossy(story: Story, count: number): Story {
  for (let i = 0; i < count; i++) story.flows(3, 1, { lost: 1 })
  return story
}

/** A pool of random skips with this mean. */
function skipping(mean: number): (number: number) => number {
  const skips = [0.2, 1.8, 0.5, 1.5, 0.9, 1.1]
  return (number) => {
    let pool = 0
    for (let i = 0; i < number; i++) pool += skips[i % skips.length]! * mean
    return pool
  }
}

test('sampling that has stopped: none of 200 expected', () => {
  const row = new Story().flows(3, 50).at(1).counters(3, {}).at(21).counters(3, busy).row(3)
  assert.deepEqual([row.ratio!.value, row.ratio!.low, row.ratio!.off], [0, 0, true])
  // The exact upper bound for none is 3.69 samples, of 200.
  assert.ok(Math.abs(row.ratio!.high - 0.01845) < 0.0001)
  assert.equal(row.in.sampledBitsPerSecond, 0)
})

test('where a sample belongs: its source, its direction, the device, other ports', () => {
  const story = new Story()
    .flows(3, 10, { output: 5 })
    .flows(5, 20, { input: 3, output: 5 })
    .flows(1000, 40, { type: 2, input: 7, output: 8 })
    .flows(10, 80, { type: 1, input: 7, output: 9 })
    .flows(3, 1, { input: 0x3fffffff, output: 3 })
    .at(10)
    .flows(3, 1, { input: 3, output: 0x3fffffff })
  const [window] = story.windows()
  const samples = window!.rows.map((row) => [
    row.ifIndex,
    row.in.samples,
    row.in.sampledBy,
    row.out.samples,
    row.out.sampledBy,
  ])
  assert.deepEqual(samples, [
    [3, 11, 'own', 1, 'own'],
    [5, 0, null, 20, 'own'],
    [7, 40, 'own', 0, null],
    [8, 0, null, 40, 'others'],
    [9, 0, null, 80, 'others'],
  ])
})

test('windows: intervals belong to the window in which they end', () => {
  const story = new Story({ windowMs: 60_000 })
    .counters(3, { ifInOctets: 1n })
    .at(40)
    .counters(3, { ifInOctets: 4001n })
    .at(80)
    .counters(3, { ifInOctets: 12_001n })
    .at(100)
    .counters(3, { ifInOctets: 13_001n })
    // Nothing for three windows.
    .at(301)
    .flows(4, 1)
  const rows = story.windows().map((window) => {
    const row = rowOf(window, 3)
    return [
      window.startMs / 1000 - NOON,
      window.endMs / 1000 - NOON,
      row.seconds,
      row.in.bytes,
      row.counterAge,
      row.note,
    ]
  })
  assert.deepEqual(rows, [
    [0, 60, 40, 4000, 20, null],
    [60, 120, 60, 9000, 20, null],
    [300, 360, null, null, 260, 'no counter sample in this window'],
  ])
})

test('seen now: the last interval, with the rates before it', () => {
  const story = new Story({ windowMs: 60_000, history: true })
    .counters(3, {})
    .at(10)
    .counters(3, { ifInOctets: 1000n, ifOutOctets: 10n })
    .at(30)
    .counters(3, { ifInOctets: 6000n, ifOutOctets: 10n })
  const row = rowOf(story.watch.engine.peek(), 3)
  assert.deepEqual([row.seconds, row.in.bytes, row.in.history, row.out.history], [20, 5000, [800, 2000], [8, 0]])
})

test('seen now: samples are over the time since the first one, not over a window that began before it', () => {
  const story = new Story({ windowMs: 60_000 })
  const rate = () => rowOf(story.watch.engine.peek(), 4).in.sampledBitsPerSecond
  // 10 samples of 1000 bytes, each 1 in 100: 8 Mbit.
  story.at(50).flows(4, 10)
  assert.equal(rate(), null)
  story.at(54).counters(3, {})
  assert.equal(rate(), 2e6)
  // The next window was seen from its beginning on.
  story.at(65).flows(4, 10)
  assert.equal(rate(), 1.6e6)
})

test('another filter: ports are rows again as their counter samples pass it', () => {
  const story = new Story({ windowMs: 60_000, filter: undefined }).counters(3, {}).counters(4, {}).at(10).flows(5, 1)
  const { engine } = story.watch
  const seen = (): number[] => engine.peek().rows.map((row) => row.ifIndex)
  assert.deepEqual(seen(), [3, 4, 5])
  engine.setFilter(({ walker }) => walker.sourceIndex === 4)
  assert.deepEqual([seen(), engine.unasked], [[], 2])
  story.at(20).counters(3, {}).counters(4, { ifInOctets: 4000n })
  // What was counted before is not forgotten: this is the second sample.
  assert.deepEqual([seen(), engine.unasked, engine.peek().rows[0]!.in.bytes], [[4], 0, 4000])
  engine.setFilter(undefined)
  assert.deepEqual(seen(), [3, 4, 5])
  engine.reset()
  assert.deepEqual(seen(), [])
})

test('a port that tells nothing any more has no rates now', () => {
  const story = new Story({ windowMs: 60_000 })
    .counters(3, {})
    .at(20)
    .counters(3, { ifInOctets: 4000n })
    .at(139)
    .flows(4, 1)
  assert.equal(rowOf(story.watch.engine.peek(), 3).in.bitsPerSecond, 1600)
  story.at(141).flows(4, 1)
  const row = rowOf(story.watch.engine.peek(), 3)
  assert.deepEqual([row.in.bitsPerSecond, row.note, row.counterAge], [null, 'no counter sample any more', 121])
})

test('names, links and places; LAG members', () => {
  const topology = readTopology(
    `{"nodes":{"leaf1":{"agent":"192.0.2.1","ports":{"swp1":{"ifindex":3}}}},
      "links":{"l1":{"node1":"leaf1","port1":"swp1","node2":"spine1","port2":"swp1"}}}`,
    'f.json',
  )
  const lag = record(7, 'lag_port_stats', {
    dot3adAggPortActorSystemID: new Uint8Array(6),
    dot3adAggPortPartnerOperSystemID: new Uint8Array(6),
    dot3adAggPortAttachedAggID: 100,
    dot3adAggPortState: new Uint8Array(4),
    dot3adAggPortStatsLACPDUsRx: 0,
    dot3adAggPortStatsMarkerPDUsRx: 0,
    dot3adAggPortStatsMarkerResponsePDUsRx: 0,
    dot3adAggPortStatsUnknownRx: 0,
    dot3adAggPortStatsIllegalRx: 0,
    dot3adAggPortStatsLACPDUsTx: 0,
    dot3adAggPortStatsMarkerPDUsTx: 0,
    dot3adAggPortStatsMarkerResponsePDUsTx: 0,
  })
  const story = new Story({ topology })
    .counters(10, {}, { name: 'swp10' })
    .counters(9, {}, { name: 'swp9', more: [lag] })
    .counters(3, {}, { name: 'eth3' })
    .counters(1, {}, { agent: 2, name: 'eth1' })
  const [window] = story.windows()
  assert.deepEqual(
    window!.rows.map(({ node, port, link, place, lag }) => [node, port, link, place, lag]),
    [
      ['192.0.2.2', 'eth1', null, null, null],
      ['leaf1', 'swp1', 'l1', 'core', null],
      ['leaf1', 'swp9', null, 'edge', 100],
      ['leaf1', 'swp10', null, 'edge', null],
    ],
  )
})

test('more ports than are kept', () => {
  const story = new Story({ maxPorts: 100 })
  for (let port = 1; port <= 150; port++) story.counters(port, {}).counters(port, { ifInOctets: 8n })
  for (let port = 51; port <= 150; port++) story.at(10).counters(port, { ifInOctets: 18n })
  const [window] = story.windows()
  assert.equal(window!.rows.length, 100)
  assert.equal(window!.forgotten, 50)
  assert.ok(window!.rows.every((row) => row.ifIndex > 50 && row.in.bytes === 18))
})
