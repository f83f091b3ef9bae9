import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { type SourceSummary, summarise } from '../../src/lib/agents/summary.ts'
import { Feed, type Sample } from './feed.ts'

interface Row {
  name: string
  /** One datagram each, in order, unless `late`. */
  samples: readonly (Sample & { late?: boolean })[]
  want: Partial<SourceSummary>
  /** N_eff of the open interval; NaN where not known. */
  open: number
}

const rows: readonly Row[] = [
  {
    name: 'one sample: nothing to tell',
    samples: [{ number: 1, pool: 400 }],
    want: { configured_rate: 100, effective_rate: null, pool_measured: null },
    open: Number.NaN,
  },
  {
    name: 'a pool that measures',
    samples: [
      { number: 1, pool: 1000 },
      { number: 2, pool: 1090 },
      { number: 3, pool: 1230 },
      { number: 4, pool: 1360 },
    ],
    want: { effective_rate: 120, pool_measured: true, lost: 0 },
    open: 120,
  },
  {
    name: 'the pool puts network loss right',
    samples: [
      { number: 1, pool: 1000 },
      { number: 2, pool: 1090 },
      { number: 5, pool: 1400 },
    ],
    want: { effective_rate: 200, lost: 2 },
    open: 200,
  },
  {
    name: 'pool = rate × samples is no measurement; loss and agent drops are put right by numbers and drops',
    samples: [
      { number: 1, pool: 100 },
      { number: 2, pool: 200, drops: 0 },
      { number: 3, pool: 300, drops: 3 },
      { number: 5, pool: 500, drops: 3 },
      { number: 6, pool: 600, drops: 3 },
    ],
    // 100 × (5 generated + 3 dropped) / 4 received.
    want: { effective_rate: 200, pool_measured: false, lost: 1, agent_drops: 3 },
    open: 200,
  },
  {
    name: 'three steps do not tell yet whether the pool measures',
    samples: [
      { number: 1, pool: 100 },
      { number: 2, pool: 200 },
      { number: 3, pool: 300 },
      { number: 4, pool: 400 },
    ],
    want: { effective_rate: 100, pool_measured: null },
    open: 100,
  },
  {
    name: 'no pool: always 0',
    samples: [
      { number: 1, pool: 0 },
      { number: 2, pool: 0 },
      { number: 4, pool: 0 },
    ],
    want: { effective_rate: 150 },
    open: 150,
  },
  {
    name: 'neither pool nor rate: not known',
    samples: [
      { number: 1, pool: 0, rate: 0 },
      { number: 2, pool: 0, rate: 0 },
    ],
    want: { configured_rate: 0, effective_rate: null },
    open: Number.NaN,
  },
  {
    name: 'a rate of 0 with a pool',
    samples: [
      { number: 1, pool: 0, rate: 0 },
      { number: 2, pool: 512, rate: 0 },
    ],
    want: { configured_rate: 0, effective_rate: 512, rate_off: null },
    open: 512,
  },
  {
    name: 'fewer packets than samples: the pool is broken',
    samples: [
      { number: 1, pool: 10 },
      { number: 2, pool: 11 },
      { number: 4, pool: 12 },
    ],
    want: { effective_rate: 150 },
    open: 150,
  },
  {
    name: 'the pool wraps',
    samples: [
      { number: 1, pool: 4_294_967_000 },
      { number: 2, pool: 4_294_967_200 },
      { number: 3, pool: 4 },
    ],
    want: { effective_rate: 150 },
    open: 150,
  },
  {
    name: 'the pool goes back without a restart: an interval of its own',
    samples: [
      { number: 1, pool: 9000 },
      { number: 2, pool: 9120 },
      { number: 3, pool: 50 },
      { number: 4, pool: 130 },
    ],
    want: { effective_rate: 100, agent_drops: 0, restarts: 0 },
    open: 80,
  },
  {
    name: 'a change of rate closes the interval; the step across it counts in none',
    samples: [
      { number: 1, pool: 1000, rate: 100 },
      { number: 2, pool: 1110, rate: 100 },
      { number: 3, pool: 5000, rate: 400 },
      { number: 4, pool: 5390, rate: 400 },
      { number: 5, pool: 5800, rate: 400, drops: 2 },
    ],
    want: {
      configured_rate: 400,
      configured_rate_min: 100,
      configured_rate_max: 400,
      rate_changes: 1,
      // (110 + 800) / (1 + 2)
      effective_rate: 910 / 3,
      agent_drops: 2,
      rate_off: null,
    },
    open: 400,
  },
  {
    name: 'a source that counts anew: nothing across',
    samples: [
      { number: 1, pool: 1000 },
      { number: 2, pool: 1090 },
      { number: 3, pool: 1200 },
      { number: 1, pool: 70, drops: 9 },
      { number: 2, pool: 190, drops: 9 },
    ],
    // (90 + 110 + 120) / 3
    want: { effective_rate: 320 / 3, restarts: 1, agent_drops: 0 },
    open: 120,
  },
  {
    name: 'a late sample is one more of its interval',
    samples: [
      { number: 1, pool: 1000 },
      { number: 3, pool: 1300 },
      { number: 2, pool: 1110, late: true },
    ],
    want: { effective_rate: 150, lost: 0, late: 1 },
    open: 150,
  },
  {
    name: 'a late sample from before the first one moves the start',
    samples: [
      { number: 8, pool: 1300, drops: 5 },
      { number: 9, pool: 1400, drops: 5 },
      { number: 6, pool: 1010, drops: 4, late: true },
    ],
    // 390 packets in 2 samples; one more is missing between 6 and 8.
    want: { effective_rate: 195, lost: 1, late: 1, agent_drops: 1 },
    open: 195,
  },
]

for (const row of rows) {
  test(`sampling: ${row.name}`, () => {
    const table = new AgentTable()
    const feed = new Feed(table)
    // Every second number, so that late samples have a datagram to come in.
    let sequence = 10
    for (const sample of row.samples) {
      if (sample.late === true) {
        feed.datagram(sequence - 1, 0)
      } else {
        sequence += 2
        feed.datagram(sequence, 0)
      }
      feed.sample(sample)
    }
    const source = summarise(table)[0]!.sources[0]!
    const got = Object.fromEntries(Object.keys(row.want).map((key) => [key, source[key as keyof SourceSummary]]))
    assert.deepEqual(got, row.want)
    assert.equal(table.sampling.openRate(table.source), row.open)
  })
}

test('an effective rate 20 % off the configured one is said from 100 samples on', () => {
  for (const [step, want] of [
    [119, false],
    [121, true],
  ] as const) {
    const table = new AgentTable()
    const feed = new Feed(table)
    for (let i = 1; i <= 100; i++) {
      assert.notEqual(summarise(table)[0]?.sources[0]?.rate_off, true)
      feed.datagram(i, i)
      feed.sample({ number: i, pool: i * step })
    }
    assert.equal(summarise(table)[0]!.sources[0]!.rate_off, want)
  }
})

test('totals only go up, and the interval number tells where they are final', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  const seen: number[][] = []
  for (const [number, rate, pool] of [
    [1, 100, 0],
    [2, 100, 90],
    [3, 200, 300],
    [4, 200, 480],
  ] as const) {
    feed.datagram(number, 0)
    feed.sample({ number, rate, pool })
    const { source, sampling } = table
    seen.push([sampling.interval(source), sampling.pool(source), sampling.poolSamples(source)])
  }
  assert.deepEqual(seen, [
    [0, 0, 0],
    [0, 90, 1],
    [1, 90, 1],
    [1, 270, 2],
  ])
})
