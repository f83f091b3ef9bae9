// What the `drops` field of samples is believed to say: steps, garbage among them, agents that begin to count anew.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Feed } from './feed.ts'

interface Row {
  readonly name: string
  /** The field in samples 1, 2, 3 ... of one data source. */
  readonly drops: readonly number[]
  /** The pool's; undefined: rate × samples, which measures nothing. */
  readonly pools?: readonly number[]
  readonly kind?: SampleKind
  /** Counted behind each sample. */
  readonly counted: readonly number[]
  readonly implausible: number
}

const rows: readonly Row[] = [
  { name: 'small steps count at once', drops: [7, 7, 10, 11], counted: [0, 0, 3, 4], implausible: 0 },
  { name: 'the field wraps', drops: [4_294_967_290, 4_294_967_295, 4], counted: [0, 5, 10], implausible: 0 },
  { name: 'the largest step at once', drops: [0, 4_096], counted: [0, 4_096], implausible: 0 },
  {
    name: 'a larger one waits for the next sample',
    drops: [0, 4_097, 4_100],
    counted: [0, 0, 4_100],
    implausible: 0,
  },
  {
    name: 'one that stays is confirmed: an agent that stood still',
    drops: [5, 5, 30_000_005, 30_000_005, 30_000_006],
    counted: [0, 0, 0, 30_000_000, 30_000_001],
    implausible: 0,
  },
  {
    name: 'garbage upwards, then on as before',
    drops: [5, 6, 0x7654_3210, 8, 9],
    counted: [0, 1, 1, 3, 4],
    implausible: 1,
  },
  {
    name: 'garbage downwards: what comes behind it is no growth',
    drops: [500_000, 500_001, 12, 500_003],
    counted: [0, 1, 1, 3],
    implausible: 1,
  },
  {
    name: 'garbage in the first sample of a life',
    drops: [0x7654_3210, 5, 6, 8],
    counted: [0, 0, 1, 3],
    implausible: 1,
  },
  {
    name: 'garbage, twice, one after the other',
    drops: [5, 6, 0x7654_3210, 0x1234_5678, 8],
    counted: [0, 1, 1, 1, 3],
    implausible: 2,
  },
  {
    name: 'nothing but garbage: nothing is counted',
    drops: [0x1f00_0000, 0x6500_0000, 0x2000_0000, 0x5100_0000, 0x0a00_0000],
    counted: [0, 0, 0, 0, 0],
    implausible: 3,
  },
  {
    name: 'an agent that begins to count anew, its samples not',
    drops: [900_000, 900_001, 3, 4],
    counted: [0, 1, 1, 2],
    implausible: 0,
  },
  {
    name: 'discards at 10 million a second, told a hundred a second: each second sample confirms the one before it',
    kind: SampleKind.discard,
    drops: [0, 100_000, 200_000, 300_000, 400_000],
    counted: [0, 0, 200_000, 200_000, 400_000],
    implausible: 0,
  },
  {
    name: 'a pool that measures: no more were lost than there were packets',
    drops: [0, 1, 2, 3, 200_003, 200_003],
    pools: [0, 900, 2100, 3000, 4100, 5000],
    counted: [0, 1, 2, 3, 3, 3],
    implausible: 1,
  },
  {
    name: 'a pool that measures and has advanced far enough',
    drops: [0, 1, 2, 3, 200_003, 200_003],
    pools: [0, 900, 2100, 3000, 210_000, 211_000],
    counted: [0, 1, 2, 3, 3, 200_003],
    implausible: 0,
  },
]

for (const { name, drops, pools, kind, counted, implausible } of rows) {
  test(`own drops: ${name}`, () => {
    const table = new AgentTable()
    const feed = new Feed(table)
    const seen = drops.map((value, i) => {
      feed.datagram(i + 1, i)
      feed.sample({ number: i + 1, pool: pools?.[i] ?? (i + 1) * 100, drops: value, ...(kind && { kind }) })
      return lossOf(table).agent_drops
    })
    assert.deepEqual(seen, counted)
    const loss = lossOf(table)
    assert.equal(loss.agent_drops_implausible, implausible)
    assert.equal(loss.unknown.filter((line) => line.includes('implausible')).length, implausible > 0 ? 1 : 0)
  })
}

test('garbage in a late sample from before the first one is not counted', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.datagram(10, 1000)
  feed.sample({ number: 8, pool: 800, drops: 5 })
  feed.datagram(11, 1001)
  feed.sample({ number: 9, pool: 900, drops: 5 })
  feed.datagram(9, 999)
  feed.sample({ number: 7, pool: 700, drops: 0x9000_0000 })
  assert.equal(lossOf(table).agent_drops, 0)
  assert.equal(lossOf(table).agent_drops_implausible, 1)
})

test('a restart begins anew: the doubt before it is forgotten', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  for (const [i, drops] of [1, 2, 0x3000_0000].entries()) {
    feed.datagram(i + 100, 50_000 + i)
    feed.sample({ number: i + 100, drops })
  }
  for (const [i, drops] of [0, 4].entries()) {
    feed.datagram(i + 1, i)
    feed.sample({ number: i + 1, drops })
  }
  const { agent_drops, agent_drops_implausible, restarts } = lossOf(table)
  assert.deepEqual(
    { agent_drops, agent_drops_implausible, restarts },
    { agent_drops: 5, agent_drops_implausible: 0, restarts: 1 },
  )
})
