import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { LearnedNames } from '../../src/lib/agents/names.ts'
import { Slots } from '../../src/lib/agents/slots.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { Feed, statusName } from './feed.ts'

test('a million spoofed agents: memory stays flat, the bound is told, an agent that is heard stays known', () => {
  const table = new AgentTable({ maxAgents: 1024, maxSources: 4096 })
  const feed = new Feed(table)
  const flood = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      feed.agent((0x0a000000 + Math.imul(i, 2654435761)) >>> 0, i)
      feed.datagram(1, 1)
      feed.sample({ number: 1 })
      if (i % 500 !== 0) continue
      feed.agent(0xc0000201)
      feed.datagram(1 + i / 500, 1000 + i)
      feed.sample({ number: 1 + i / 500 })
    }
  }
  flood(0, 200_000)
  const before = process.memoryUsage()
  const capacities = [table.agents.capacity, table.sources.capacity]
  flood(200_000, 1_000_000)
  const after = process.memoryUsage()
  assert.ok(after.arrayBuffers - before.arrayBuffers < 1_000_000, 'typed arrays did not grow')
  assert.deepEqual([table.agents.capacity, table.sources.capacity], capacities)
  assert.deepEqual([table.agents.count, table.sources.count], [1024, 1024])
  const known = summarise(table).find((x) => x.agent === '192.0.2.1')!
  assert.deepEqual([known.datagrams, known.lost, known.flow.samples], [2000, 0, 2000])
  const loss = lossOf(table)
  assert.equal(loss.datagrams, 1_002_000)
  assert.equal(loss.flow.samples, 1_002_000)
  assert.equal(loss.agents_forgotten, 1_000_001 - 1024)
  assert.ok(
    loss.unknown.includes('The bound of 1,024 agents was reached: 998,977 were forgotten, least recently heard first.'),
  )
})

test('what a forgotten agent had lost stays in the totals; it comes back as a new one', () => {
  const table = new AgentTable({ maxAgents: 2 })
  const feed = new Feed(table)
  feed.datagram(1, 1)
  feed.datagram(5, 2)
  feed.sample({ number: 1 })
  feed.sample({ number: 3, drops: 6 })
  for (const other of [1, 2]) {
    feed.agent(other)
    feed.datagram(1, 1)
  }
  feed.agent(0xc0000201)
  assert.equal(statusName(feed.datagram(9, 3)), 'first')
  assert.equal(statusName(feed.sample({ number: 9 })), 'first')
  const loss = lossOf(table)
  assert.deepEqual([loss.datagrams, loss.lost, loss.flow, loss.agent_drops], [5, 3, { samples: 3, lost: 1 }, 6])
  assert.equal(loss.agents_forgotten, 2)
})

test('data sources beyond the bound: the least recently heard one goes, the totals of its agent stay', () => {
  const table = new AgentTable({ maxSources: 2 })
  const feed = new Feed(table)
  feed.datagram(1, 1)
  feed.sample({ number: 1, index: 1 })
  feed.sample({ number: 1, index: 2 })
  feed.sample({ number: 4, index: 1 })
  feed.sample({ number: 1, index: 3 })
  assert.deepEqual(
    summarise(table)[0]!.sources.map((x) => x.source),
    ['0:1', '0:3'],
  )
  feed.sample({ number: 1, index: 4 })
  const [agent] = summarise(table)
  assert.deepEqual(
    agent!.sources.map((x) => x.source),
    ['0:3', '0:4'],
  )
  assert.deepEqual([agent!.flow.samples, agent!.flow.lost], [5, 2])
  assert.ok(
    lossOf(table).unknown.includes(
      'The bound of 2 data sources was reached: 2 were forgotten, least recently heard first.',
    ),
  )
})

test('names beyond the bound, and a name that changes', () => {
  const names = new LearnedNames(2)
  const address = Uint32Array.of(0, 0, 0xffff, 1)
  const learn = (index: number, name: string): void => {
    const bytes = new TextEncoder().encode(`..${name}`)
    names.learn(address, 0, 0, index, bytes, 2, bytes.length - 2)
  }
  const get = (index: number) => names.get(address, 0, 0, index)
  learn(1, 'eth1')
  learn(2, 'eth2')
  learn(1, 'eth1')
  learn(3, 'eth3')
  assert.deepEqual([get(1), get(2), get(3), names.evictions], ['eth1', undefined, 'eth3', 1])
  learn(1, 'eth9')
  learn(3, '')
  assert.deepEqual([get(1), get(3)], ['eth9', 'eth3'])
  learn(1, 'x'.repeat(300))
  assert.equal(get(1), 'x'.repeat(255))
  assert.equal(names.get(Uint32Array.of(0, 0, 0xffff, 2), 0, 0, 1), undefined)
})

test('Slots does what an ordered Map does (fast-check)', () => {
  const command = fc.tuple(fc.constantFrom('use', 'remove'), fc.integer({ min: 0, max: 40 }))
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 400 }),
      fc.integer(),
      fc.integer({ min: 1, max: 12 }),
      (commands, seed, most) => {
        const evicted: number[] = []
        const slots = new Slots(
          2,
          most,
          { grown: () => {}, evicted: (slot) => evicted.push(slots.keys[slot * 2]!) },
          seed,
        )
        // Insertion order is order of use: the first key is the oldest.
        const model = new Map<number, true>()
        const modelEvicted: number[] = []
        for (const [what, key] of commands) {
          slots.probe[0] = key
          slots.probe[1] = 7
          const slot = slots.find()
          assert.equal(slot >= 0, model.has(key))
          if (what === 'remove') {
            if (slot >= 0) slots.remove(slot)
            model.delete(key)
            continue
          }
          if (slot >= 0) slots.touch(slot)
          else slots.insert()
          if (!model.delete(key) && model.size === most) {
            const [oldest] = model.keys()
            modelEvicted.push(oldest!)
            model.delete(oldest!)
          }
          model.set(key, true)
        }
        assert.deepEqual(
          [...slots.slots()].map((slot) => slots.keys[slot * 2]),
          [...model.keys()].reverse(),
        )
        assert.deepEqual(evicted, modelEvicted)
        assert.equal(slots.count, model.size)
      },
    ),
    { numRuns: 300 },
  )
})

test('Slots grows to its bound and keeps all keys', () => {
  const slots = new Slots(1, 1000, { grown: () => {}, evicted: () => assert.fail('nothing is evicted') })
  for (let i = 0; i < 1000; i++) {
    slots.probe[0] = i
    assert.equal(slots.insert(), i)
  }
  assert.equal(slots.capacity, 1000)
  for (let i = 0; i < 1000; i++) {
    slots.probe[0] = i
    assert.equal(slots.find(), i)
  }
})
