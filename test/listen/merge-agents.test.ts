// Agents whose datagrams came to several threads: one row each, and what can't be known of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeAgents } from '../../src/lib/listen/merge-agents.ts'
import { quietAgent } from '../ui/screen/snapshots.ts'

const at = (second: number) => `2026-08-01T12:00:${String(second).padStart(2, '0')}.000000000Z`

test('an agent that restarted takes a new port, and another thread: one agent, one restart more', () => {
  const before = {
    ...quietAgent,
    firstTime: at(0),
    lastTime: at(20),
    uptimeMs: 900_000,
    lost: 3,
    restarts: 1,
    datagrams: 100,
  }
  const after = { ...before, firstTime: at(25), lastTime: at(50), uptimeMs: 27_000, lost: 4, restarts: 0 }
  const { agents, doubtful, restarts, unknown } = mergeAgents([after, before])
  assert.equal(agents.length, 1)
  assert.equal(restarts, 1)
  assert.equal(doubtful.lost, 0)
  const [row] = agents
  assert.deepEqual([row?.restarts, row?.lost, row?.datagrams, row?.uptimeMs], [2, 7, 200, 27_000])
  assert.deepEqual([row?.firstTime, row?.lastTime], [at(0), at(50)])
  assert.deepEqual(row?.flow, { samples: 8934, lost: 0 })
  assert.deepEqual(unknown, [
    '1 agent came to one thread after the other (--workers): what was lost in between is not known.',
  ])
})

test('the same life in two threads, one after the other, is no restart', () => {
  const before = { ...quietAgent, firstTime: at(0), lastTime: at(20), uptimeMs: 900_000 }
  const after = { ...before, firstTime: at(21), lastTime: at(50), uptimeMs: 930_000 }
  const { agents, restarts } = mergeAgents([before, after])
  assert.equal(restarts, 0)
  assert.equal(agents[0]?.restarts, 0)
})

test('an agent that sends from two ports at once: its gaps are no loss, its own drops count once', () => {
  const one = { ...quietAgent, firstTime: at(0), lastTime: at(50), lost: 50, ownDrops: 6, datagramsPerSecond: 2 }
  const two = { ...one, firstTime: at(1), lost: 49, ownDrops: 7, flow: { samples: 10, lost: 9 } }
  const other = { ...quietAgent, subAgent: 1, datagramsPerSecond: 3 }
  const { agents, doubtful, unknown } = mergeAgents([one, other, two])
  assert.deepEqual(
    agents.map((x) => [x.subAgent, x.datagramsPerSecond, x.lost, x.flow.lost, x.ownDrops]),
    [
      [0, 4, null, null, 7],
      [1, 3, 0, 0, 0],
    ],
  )
  assert.deepEqual(doubtful, { lost: 99, flow: 9, counters: 0, discard: 0, ownDrops: 6 })
  assert.deepEqual(unknown, ['1 agent came to several threads at once (--workers): nothing is known of what was lost.'])
})
