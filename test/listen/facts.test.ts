import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { agentTotals } from '../../src/lib/agents/totals.ts'
import { factsBetween, type ListenTotals, listenFactNames } from '../../src/lib/listen/facts.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Feed } from '../agents/feed.ts'

const zero: ListenTotals = {
  datagrams: 0,
  bytes: 0,
  flowSamples: 0,
  counterSamples: 0,
  discards: 0,
  lost: 0,
  late: 0,
  duplicates: 0,
  restarts: 0,
  drops: 0,
  kernelDropped: null,
  queueDropped: 0,
  refused: 0,
  issues: 0,
  failed: 0,
  agents: 0,
}

describe('facts of a second', () => {
  test('differences, with rates by the time between', () => {
    const before = { ...zero, datagrams: 10, bytes: 1000, lost: 5, late: 1, agents: 2, kernelDropped: 3 }
    const after = {
      ...zero,
      datagrams: 40,
      bytes: 3000,
      flowSamples: 7,
      counterSamples: 6,
      discards: 5,
      // One that was missing came late.
      lost: 4,
      late: 2,
      duplicates: 4,
      restarts: 3,
      drops: 2,
      kernelDropped: 13,
      queueDropped: 1,
      refused: 8,
      issues: 9,
      failed: 11,
      agents: 6,
    }
    assert.deepEqual(factsBetween(before, after, 2), {
      lost: 0,
      kernel_dropped: 10,
      queue_dropped: 1,
      drops: 2,
      discards: 5,
      flow_samples: 7,
      counter_samples: 6,
      late: 1,
      duplicates: 4,
      restarts: 3,
      issues: 9,
      refused: 8,
      failed: 11,
      agents: 6,
      new_agents: 4,
      datagrams: 30,
      datagrams_per_s: 15,
      bits_per_s: 8000,
    })
    assert.equal(factsBetween(zero, after, 1).kernel_dropped, null)
    assert.equal(factsBetween(zero, after, 0).datagrams_per_s, 0)
  })

  test('every fact has a name that conditions may use', () => {
    assert.deepEqual(
      listenFactNames.map(({ name }) => name),
      Object.keys(factsBetween(zero, zero, 1)),
    )
    const document = readFileSync(new URL('../../docs/saving.md', import.meta.url), 'utf8')
    for (const { name, doc } of listenFactNames) assert.ok(document.includes(`\n| \`${name}\` | ${doc} |\n`), name)
  })
})

describe('totals of all agents', () => {
  test('loss, drops, restarts and samples, of forgotten agents too', () => {
    const table = new AgentTable({ maxAgents: 1 })
    const feed = new Feed(table)
    feed.datagram(1, 1000)
    feed.sample({ number: 1, drops: 0 })
    feed.datagram(5, 2000)
    feed.sample({ number: 2, drops: 4 })
    feed.sample({ number: 1, kind: SampleKind.counters })
    feed.sample({ number: 1, kind: SampleKind.discard })
    feed.agent(0xc0000202)
    feed.datagram(1, 1000)
    feed.datagram(3, 1100)
    feed.datagram(2, 1050)
    feed.datagram(1, 1000)
    assert.deepEqual(agentTotals(table), {
      flowSamples: 2,
      counterSamples: 1,
      discards: 1,
      lost: 3,
      late: 1,
      duplicates: 1,
      restarts: 0,
      drops: 4,
      agents: 2,
    })
    feed.datagram(1, 10)
    assert.equal(agentTotals(table).restarts, 0)
    feed.datagram(9000, 9_000_000)
    feed.datagram(1, 10)
    assert.equal(agentTotals(table).restarts, 1)
  })

  test('an agent whose number never moves loses nothing', () => {
    const table = new AgentTable()
    const feed = new Feed(table)
    for (let i = 0; i < 10; i++) feed.datagram(0, i * 10)
    assert.equal(agentTotals(table).lost, 0)
  })
})
