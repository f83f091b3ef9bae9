import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EdgeDirectory, FlowRow, FlowWindow } from '../../src/lib/flow/flow.ts'
import { type Asked, byKey, Feed, flowAddress, type Packet } from './feed.ts'

const T = 1_767_225_600_000

/** Samples of one source, each a pool of `rate` further. */
class Source {
  readonly rate: number
  readonly port: number
  number = 0
  pool = 0
  constructor(port = 1, rate = 100) {
    this.port = port
    this.rate = rate
  }
  next(flow: number | undefined, more: Partial<Packet> = {}): Packet {
    this.number++
    // Not just rate × number: a pool that measures.
    this.pool += this.rate + (this.number % 2 === 0 ? 1 : -1)
    return { flow, source: this.port, rate: this.rate, pool: this.pool, number: this.number, ...more }
  }
}

function windowOf(asked: Asked, feed: (feed: Feed) => void): FlowWindow {
  const one = new Feed(asked)
  feed(one)
  const windows = one.finish()
  assert.equal(windows.length, 1)
  return windows[0]!
}

const totals = (row: FlowRow) => row.values.map((x) => x.total)

test('rows, other, no key and total; parts add up', () => {
  const source = new Source()
  const asked = { values: 'frames,bytes,avg:framelength,count:ipdestination', scale: 'configured', top: 2 } as const
  const window = windowOf(asked, (feed) => {
    for (const [flow, n, length] of [
      [1, 5, 1000],
      [2, 3, 500],
      [3, 2, 100],
      [4, 1, 60],
      [undefined, 4, 64],
    ] as const) {
      for (let i = 0; i < n; i++) feed.datagram(1, T + i, [source.next(flow, { length })])
    }
  })
  assert.deepEqual(
    window.rows.map((x) => [x.kind, x.key, x.samples, totals(x)]),
    [
      ['flow', ['10.1.0.1'], 5, [500, 500_000, 1000, 1]],
      ['flow', ['10.1.0.2'], 3, [300, 150_000, 500, 1]],
    ],
  )
  assert.deepEqual([window.other.samples, totals(window.other)], [3, [300, 26_000, 260 / 3, 2]])
  assert.deepEqual([window.noKey.samples, totals(window.noKey)], [4, [400, 25_600, 64, 0]])
  assert.deepEqual([window.total.samples, totals(window.total)], [15, [1500, 701_600, 7016 / 15, 4]])
  assert.equal(window.flows, 4)
  assert.equal(window.rows[0]!.values[0]!.share, 500 / 1500)
  assert.equal(window.rows[0]!.values[2]!.share, null)
})

test('the scale of a source is its pool by its samples; a change of rate closes the interval', () => {
  const window = windowOf({}, (feed) => {
    let number = 0
    let pool = 0
    const send = (flow: number, rate: number, step: number) => {
      number++
      pool += step
      feed.datagram(1, T + number, [{ flow, rate, number, pool }])
    }
    send(1, 100, 0)
    for (let i = 0; i < 4; i++) send(1, 100, 120)
    send(2, 400, 5000)
    for (let i = 0; i < 3; i++) send(2, 400, 440)
  })
  const rows = byKey(window)
  assert.deepEqual(totals(rows.get(flowAddress(1))!), [5 * 120])
  assert.deepEqual(totals(rows.get(flowAddress(2))!), [4 * 440])
  assert.deepEqual(
    window.sources.map((x) => [x.kind, x.configuredRate, x.effectiveRate]),
    [
      ['rate changed', 100, 120],
      ['rate changed', 400, 440],
    ],
  )
})

test('a pool that is rate × samples: loss and agent drops by numbers and drops', () => {
  const window = windowOf({}, (feed) => {
    for (const [number, drops] of [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [6, 1],
      [7, 1],
    ] as const) {
      feed.datagram(1, T + number, [{ flow: 1, number, pool: number * 100, drops }])
    }
  })
  // 100 × (6 generated + 1 dropped) / 5 received after the first, times 6.
  assert.deepEqual(totals(window.rows[0]!), [840])
  assert.deepEqual(window.loss, { received: 6, matched: 6, lost: 1, agentDrops: 1, tooLate: 0, unplaced: 0 })
  assert.deepEqual(
    window.sources.map((x) => x.kind),
    ['pool not measured'],
  )
})

test('rates of 0, and rates that are given', () => {
  const send = (feed: Feed) => {
    for (let n = 1; n <= 4; n++) feed.datagram(1, T + n, [{ flow: 1, rate: 0, number: n, pool: 0 }])
  }
  const unknown = windowOf({}, send)
  assert.deepEqual(totals(unknown.rows[0]!), [null])
  assert.deepEqual(totals(unknown.total), [null])
  assert.equal(unknown.sources[0]!.kind, 'no rate')
  const agent = [0, 0, 0xffff, 0x0aff0001] as const
  const given = windowOf({ rates: [{ agent, source: undefined, rate: 50 }] }, send)
  assert.deepEqual(totals(given.rows[0]!), [200])
  const special = { agent, source: { type: 0, index: 1 }, rate: 70 }
  const more = windowOf({ rates: [{ agent, source: undefined, rate: 50 }, special] }, send)
  assert.deepEqual(totals(more.rows[0]!), [280])
})

test('windows: aligned, several open, closed by time and lateness, what is too late is told', () => {
  const source = new Source()
  const feed = new Feed({ windowMs: 1000, latenessMs: 500, scale: 'configured' })
  const at = (ms: number) => feed.datagram(1, T + ms, [source.next(1)])
  at(300)
  at(1100)
  at(900)
  at(1499)
  assert.equal(feed.windows.length, 0)
  at(1500)
  assert.deepEqual(
    feed.windows.map((x) => [x.startMs - T, x.endMs - T, x.samples]),
    [[0, 1000, 2]],
  )
  at(999)
  at(3700)
  const windows = feed.finish()
  assert.deepEqual(
    windows.map((x) => [x.startMs - T, x.samples, x.loss.tooLate]),
    [
      [0, 2, 0],
      [1000, 3, 1],
      [3000, 1, 0],
    ],
  )
  // The first begins at 300 ms, the last ends at 3700 ms; rates are by no less than a second, or the window.
  assert.deepEqual(
    windows.map((x) => x.seconds),
    [1, 1, 1],
  )
})

test('deltas of windows add up to those of the whole', () => {
  const run = (asked: Asked) => {
    const source = new Source()
    const feed = new Feed(asked)
    for (let i = 0; i < 100; i++) feed.datagram(1, T + i * 37, [source.next(1)], i % 7 === 3)
    return feed.finish()
  }
  const all = run({})[0]!
  const parts = run({ windowMs: 500, latenessMs: 0 })
  const lost = (list: readonly FlowWindow[]) => list.reduce((sum, x) => sum + x.loss.lost, 0)
  assert.ok(parts.length === 8)
  assert.equal(lost(parts), all.loss.lost)
  // But for the first sample, which has no step: scaled alike in both.
  const sum = parts.reduce((total, x) => total + x.total.values[0]!.total!, 0)
  assert.ok(Math.abs(sum - all.total.values[0]!.total!) < 200, `${sum}, ${all.total.values[0]!.total}`)
})

/** Flow 1 passes switches 1, 2 and 3 and is sampled on entry to each, at 1 and 2 on its way out too; flow 2 stays at 3. */
function fabric(feed: Feed): void {
  const [a, b, c] = [new Source(1), new Source(7), new Source(8)]
  const [aOut, bOut] = [new Source(49), new Source(9)]
  const own = new Source(2)
  for (let i = 0; i < 6; i++) {
    feed.datagram(1, T + i, [a.next(1, { output: 49 }), aOut.next(1, { input: 1, output: 49 })])
    const second = b.next(1, { output: 9 })
    const third = bOut.next(1, { input: 7, output: 9 })
    if (i < 5) feed.datagram(2, T + i, [second, third])
    else feed.datagram(2, T + i, [second, b.next(1), b.next(1)])
    feed.datagram(3, T + i, [c.next(1), own.next(2)])
  }
}

test('a topology whose links are at no sampled port says nothing of the edge: busiest switch', () => {
  const edges: EdgeDirectory = { isEdge: () => true, isNode: () => true, isCore: () => false }
  const window = windowOf({ scale: 'configured', topology: edges }, fabric)
  assert.equal(window.agg, 'max')
  assert.deepEqual(window.fit, { agents: 3, unknownAgents: 0, unknownSamples: 0, hasLinkPort: false, fits: false })
  // A link at one of the ports is enough.
  const core: EdgeDirectory = { ...edges, isCore: (_agent, ifIndex) => ifIndex === 7 }
  assert.equal(windowOf({ scale: 'configured', topology: core }, fabric).agg, 'edge')
})

test('a packet that several switches and both directions sampled counts once', () => {
  const edges: EdgeDirectory = {
    isEdge: (agent, ifIndex, at = 0) => (agent[at + 3] === 0x0aff0001 && ifIndex === 1) || ifIndex === 2,
  }
  const base = { scale: 'configured' } as const
  const rows = (asked: Asked) => {
    const window = windowOf({ ...base, ...asked }, fabric)
    return [
      window.aggLabel,
      window.rows.map((x) => [x.key[0], x.agent, x.dataSource, x.values[0]!.total]),
      totals(window.total),
    ]
  }
  assert.deepEqual(rows({}), [
    'busiest switch',
    [
      ['10.1.0.1', '10.255.0.2', null, 800],
      ['10.1.0.2', '10.255.0.3', null, 600],
    ],
    [1400],
  ])
  assert.deepEqual(rows({ agg: 'sum' }), [
    'sum of 3 switches',
    [
      ['10.1.0.1', null, null, 2000],
      ['10.1.0.2', null, null, 600],
    ],
    [2600],
  ])
  assert.deepEqual(rows({ topology: edges }), [
    'where packets enter the fabric',
    [
      ['10.1.0.1', null, null, 600],
      ['10.1.0.2', null, null, 600],
    ],
    [1200],
  ])
  const links: EdgeDirectory = { isEdge: () => false, isCore: (_agent, ifIndex) => ifIndex === 7 || ifIndex === 8 }
  assert.deepEqual(rows({ agg: 'core', topology: links }), [
    'each link of the fabric',
    [['10.1.0.1', null, null, 1400]],
    [1400],
  ])
  assert.deepEqual(rows({ by: 'agent' })[1], [
    ['10.1.0.1', '10.255.0.2', null, 800],
    ['10.1.0.1', '10.255.0.1', null, 600],
    ['10.1.0.1', '10.255.0.3', null, 600],
    ['10.1.0.2', '10.255.0.3', null, 600],
  ])
  assert.deepEqual(rows({ by: 'interface', keys: '' })[1], [
    [undefined, '10.255.0.2', '0:7', 800],
    [undefined, '10.255.0.1', '0:1', 600],
    [undefined, '10.255.0.3', '0:2', 600],
    [undefined, '10.255.0.3', '0:8', 600],
  ])
})

test('egress samples count where the way in gives none', () => {
  const window = windowOf({ scale: 'configured', keys: 'inputifindex', by: 'interface' }, (feed) => {
    const out = new Source(49)
    // From ports that are not sampled, and from the device itself.
    feed.datagram(1, T, [out.next(1, { input: 5, output: 49 }), out.next(1, { input: 0x3fffffff, output: 49 })])
  })
  assert.deepEqual(
    window.rows.map((x) => [x.key, x.dataSource]),
    [
      [['5'], '0:49'],
      [['internal'], '0:49'],
    ],
  )
})

test('discards: told ones that were lost are put right, and nothing is left to chance without loss', () => {
  const send = (lost: boolean) => (feed: Feed) => {
    for (let n = 1; n <= 5; n++) {
      feed.datagram(1, T + n, [{ flow: n % 2, number: n, pool: 0, source: 3, reason: 258 }], lost && n === 3)
    }
    feed.datagram(1, T + 9, [{ flow: 1, number: 77, pool: 99 }])
  }
  const exact = windowOf({ dropped: true }, send(false))
  assert.deepEqual(
    exact.rows.map((x) => [x.key[0], x.values[0]!.total, x.values[0]!.errorPct]),
    [
      ['10.1.0.1', 3, 0],
      ['10.1.0.0', 2, 0],
    ],
  )
  const scaled = windowOf({ dropped: true }, send(true))
  // 4 discards told after the first, 3 of them received.
  assert.deepEqual(
    scaled.rows.map((x) => x.values[0]!.total),
    [(2 * 4) / 3, (2 * 4) / 3],
  )
})

test('texts, choices, kinds of addresses and 64-bit values as keys', () => {
  const source = new Source()
  const keys = 'stack,or:vlan:ipsource,src,time,null:dport:none,direction,datasource,agent,framelength'
  const window = windowOf({ keys }, (feed) => {
    feed.datagram(1, T, [source.next(5), source.next(undefined)])
  })
  assert.deepEqual(
    window.rows.map((x) => x.key),
    [
      [
        'eth.ip.udp',
        '10.0.0.1',
        '10.0.0.1',
        '2026-01-01T00:00:00.000000000Z',
        2000,
        'ingress',
        '1',
        '10.255.0.1',
        1000,
      ],
    ],
  )
  assert.equal(window.noKey.samples, 1)
})

test('count of distinct values is of the union', () => {
  const source = new Source()
  const asked = { keys: 'proto', values: 'frames,count:ipdestination', top: 0, agg: 'sum' } as const
  const window = windowOf(asked, (feed) => {
    for (let i = 0; i < 60; i++) feed.datagram(1 + (i % 2), T, [source.next(i % 20)])
  })
  assert.deepEqual(
    [window.other, window.total].map((x) => [x.values[1]!.total, x.values[1]!.errorPct]),
    [
      [20, null],
      [20, null],
    ],
  )
})

test('smoothed: a steady stream has its rate from the start, and what has ended fades with its time constant', () => {
  const source = new Source()
  const feed = new Feed({ smoothMs: 2000, windowMs: 1000, scale: 'configured' })
  for (let ms = 0; ms < 20_000; ms += 10) feed.datagram(1, T + ms, [source.next(1)])
  for (let ms = 20_000; ms <= 24_000; ms += 10) feed.datagram(1, T + ms, [source.next(2)])
  const rates = (window: FlowWindow) => byKey(window).get(flowAddress(1))!.values[0]!.perSecond!
  // 100 samples a second, each for 100 packets.
  for (const window of feed.windows.slice(0, 19)) assert.ok(Math.abs(rates(window) - 10_000) < 200, `${rates(window)}`)
  const last = feed.windows.at(-1)!
  assert.equal(last.endMs - T, 24_000)
  assert.ok(Math.abs(rates(last) - 10_000 * Math.exp(-2)) < 50, `${rates(last)}`)
  assert.ok(Math.abs(last.total.values[0]!.perSecond! - 10_000) < 200)
  assert.throws(
    () => new Feed({ smoothMs: 2000, values: 'bytes,max:framelength' }),
    /max:framelength can't be smoothed/,
  )
})

test('peek sees what there is and changes nothing', () => {
  const source = new Source()
  const feed = new Feed({ scale: 'configured' })
  assert.equal(feed.engine.peek(), undefined)
  feed.datagram(1, T, [source.next(1), source.next(2), source.next(2)])
  assert.deepEqual(feed.engine.peek(1)!.rows.map(totals), [[200]])
  feed.datagram(1, T + 5, [source.next(1), source.next(1)])
  assert.deepEqual(feed.finish()[0]!.rows.map(totals), [[300], [200]])
})
