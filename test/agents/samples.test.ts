import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Feed, statusName } from './feed.ts'

const HOUR = 3_600_000

test('kinds, sources and forms have their own numbers; gaps add up in agent and loss', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.datagram(1, 0)
  const statuses = [
    feed.sample({ number: 1 }),
    feed.sample({ number: 4 }),
    feed.sample({ number: 50, index: 2 }),
    feed.sample({ number: 51, index: 2 }),
    feed.sample({ number: 9, kind: SampleKind.counters }),
    feed.sample({ number: 11, kind: SampleKind.counters }),
    feed.sample({ number: 1, kind: SampleKind.discard, index: 0, drops: 10 }),
    feed.sample({ number: 3, kind: SampleKind.discard, index: 0, drops: 14 }),
    feed.sample({ number: 0, kind: SampleKind.text }),
    feed.sample({ number: 0, kind: SampleKind.other }),
  ].map(statusName)
  assert.equal(statuses.join(' '), 'first gap first inOrder first gap first gap untold untold')
  const [agent] = summarise(table)
  assert.deepEqual(agent!.flow, { samples: 4, lost: 2, late: 0, duplicates: 0, restarts: 0 })
  assert.deepEqual(agent!.counters, { samples: 2, lost: 1, late: 0, duplicates: 0, restarts: 0 })
  assert.deepEqual(agent!.discard, { samples: 2, lost: 1, late: 0, duplicates: 0, restarts: 0 })
  assert.equal(agent!.text_samples, 1)
  assert.equal(agent!.other_samples, 1)
  assert.equal(agent!.agent_drops, 4)
  const discards = agent!.sources.find((x) => x.kind === 'discard')!
  // Numbers 1 to 3, and four that the agent did not send.
  assert.equal(discards.discards, 7)
  const loss = lossOf(table)
  assert.deepEqual(
    [loss.flow, loss.counters, loss.discard],
    [
      { samples: 4, lost: 2 },
      { samples: 2, lost: 1 },
      { samples: 2, lost: 1 },
    ],
  )
  assert.equal(loss.agent_drops, 4)
})

test('a duplicate datagram: its samples are duplicates and count nowhere', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.datagram(1, 100)
  feed.sample({ number: 1 })
  feed.datagram(2, 200)
  assert.equal(statusName(feed.sample({ number: 2 })), 'inOrder')
  feed.datagram(2, 200)
  assert.equal(statusName(feed.sample({ number: 2 })), 'duplicate')
  assert.equal(table.source, -1)
  assert.equal(summarise(table)[0]!.flow.samples, 2)
})

test('samples of a late datagram fill their gap', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.datagram(1, 0)
  feed.sample({ number: 1 })
  feed.datagram(3, 200)
  assert.equal(statusName(feed.sample({ number: 4 })), 'gap')
  feed.datagram(2, 100)
  assert.equal(statusName(feed.sample({ number: 2 })), 'late')
  assert.equal(statusName(feed.sample({ number: 3 })), 'late')
  assert.deepEqual(summarise(table)[0]!.flow, { samples: 4, lost: 0, late: 2, duplicates: 0, restarts: 0 })
})

test('a restart of the agent starts all of its data sources anew', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.datagram(900, HOUR)
  feed.sample({ number: 5000 })
  feed.datagram(1, 100)
  assert.equal(statusName(feed.sample({ number: 5009 })), 'first')
  assert.equal(statusName(feed.sample({ number: 5010 })), 'inOrder')
  assert.deepEqual(summarise(table)[0]!.flow, { samples: 3, lost: 0, late: 0, duplicates: 0, restarts: 0 })
})

test('a source that counts anew in an ordinary datagram is a restart, not duplicates', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  feed.datagram(1, 0)
  for (const number of [1, 2, 3]) feed.sample({ number })
  feed.datagram(2, 100)
  assert.deepEqual(
    [1, 2].map((number) => statusName(feed.sample({ number }))),
    ['restart', 'inOrder'],
  )
  assert.deepEqual(summarise(table)[0]!.flow, { samples: 5, lost: 0, late: 0, duplicates: 0, restarts: 1 })
})

test('instances that interleave under one source (C10): all samples count, loss is null', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  for (let i = 0; i < 20; i++) {
    feed.datagram(1 + i, i * 100)
    assert.notEqual(statusName(feed.sample({ number: 100 + i })), 'duplicate')
    assert.notEqual(statusName(feed.sample({ number: 900_000 + i })), 'duplicate')
  }
  const [agent] = summarise(table)
  assert.equal(agent!.flow.samples, 40)
  assert.equal(agent!.flow.lost, null)
  assert.equal(lossOf(table).flow.lost, 0)
})

test('sample numbers that never move: all count, loss is null', () => {
  const table = new AgentTable()
  const feed = new Feed(table)
  for (let i = 0; i < 5; i++) {
    feed.datagram(1 + i, i * 100)
    feed.sample({ number: 0, pool: 1000 * i })
  }
  const [agent] = summarise(table)
  assert.equal(agent!.flow.samples, 5)
  assert.equal(agent!.flow.lost, null)
  assert.equal(agent!.effective_rate, 1000)
})
