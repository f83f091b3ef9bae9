// An AgentTable that holds runs back says the same as one that does not, whatever comes; and at its bounds it stops holding.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { agentTotals } from '../../src/lib/agents/totals.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Feed, statusName } from './feed.ts'

/** Mostly the first, what is in order. */
const usually = <T>(first: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

const sample = fc.record({
  kind: usually<SampleKind>(SampleKind.flow, SampleKind.counters, SampleKind.discard),
  // 4096 steps of the second one share a row with some other.
  index: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3000 })),
  step: usually(1, 0, 2, 7, -1, -3, 1500, 70_000),
  rate: usually(100, 1, 0, 200),
  pool: usually(100, 90, 117, 0, 0x7fffffff, 0x80000000),
  drops: usually(0, 1, 3, 5000, 0x7fffffff),
})
const datagram = fc.record({
  agent: usually(0, 1, 2),
  step: usually(1, 0, 2, -1, 2000),
  uptime: usually(10, 5000, -1_000_000),
  samples: fc.array(sample, { minLength: 1, maxLength: 30 }),
  settle: usually(false, true),
})

test('held back or not: the same statuses, steps, sums and loss', () => {
  fc.assert(
    fc.property(fc.array(datagram, { maxLength: 60 }), fc.constantFrom(0, 0xffffff00), (datagrams, start) => {
      const plain = new Feed(new AgentTable())
      const holding = new Feed(new AgentTable())
      holding.table.holdRuns()
      const sequences = new Uint32Array(3).fill(start)
      const uptimes = new Uint32Array(3).fill(2_000_000)
      const last = new Map<string, { number: number; pool: number; drops: number }>()
      for (const { agent, step, uptime, samples, settle } of datagrams) {
        sequences[agent]! += step
        uptimes[agent]! += uptime
        for (const feed of [plain, holding]) {
          feed.agent(0xc0000201 + agent)
          feed.datagram(sequences[agent]!, uptimes[agent]!)
        }
        for (const x of samples) {
          const key = `${agent} ${x.kind} ${x.index}`
          const before = last.get(key) ?? { number: start, pool: start, drops: 0 }
          const now = {
            number: (before.number + x.step) >>> 0,
            pool: (before.pool + x.pool) >>> 0,
            drops: (before.drops + x.drops) >>> 0,
          }
          last.set(key, now)
          const said = [plain, holding].map((feed) => {
            const status = feed.sample({ kind: x.kind, index: x.index, rate: x.rate, ...now })
            const { source, newDrops, sampleStatus, sampling } = feed.table
            const { stepSamples, stepPool, stepGenerated, stepDrops } = sampling
            const steps = stepSamples === 0 ? [] : [stepPool, stepGenerated, stepDrops]
            return [statusName(status), statusName(sampleStatus), source, newDrops, steps]
          })
          assert.deepEqual(said[1], said[0])
        }
        if (settle) holding.table.settle()
      }
      for (const read of [summarise, agentTotals, lossOf]) assert.deepEqual(read(holding.table), read(plain.table))
    }),
    { numRuns: 300 },
  )
})

test('a long run: its numbers are remembered, so that repeats are duplicates and what was overtaken is late', () => {
  const feed = new Feed(new AgentTable())
  feed.table.holdRuns()
  feed.datagram(1, 1)
  for (let n = 1; n <= 3000; n++) if (n !== 1500 && n !== 2900) feed.sample({ number: n })
  feed.datagram(1, 1)
  feed.datagram(0, 1)
  assert.equal(statusName(feed.sample({ number: 2990 })), 'duplicate')
  assert.equal(statusName(feed.sample({ number: 2900 })), 'late')
  const [agent] = summarise(feed.table)
  assert.deepEqual([agent!.flow.samples, agent!.flow.lost, agent!.flow.late, agent!.flow.duplicates], [2999, 1, 1, 1])
})

test('at the bound the source that was heard last stays, though its samples were held back', () => {
  const table = new AgentTable({ maxSources: 2 })
  table.holdRuns()
  const feed = new Feed(table)
  feed.datagram(1, 1)
  for (const [number, index] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [3, 2],
    [3, 1],
    [4, 1],
    [1, 3],
    [5, 1],
    [2, 3],
    [1, 4],
  ] as const)
    feed.sample({ number, index })
  const [agent] = summarise(table)
  assert.deepEqual(
    agent!.sources.map((x) => [x.source, x.samples]),
    [
      ['0:3', 2],
      ['0:4', 1],
    ],
  )
  assert.equal(agent!.flow.samples, 11)
})
