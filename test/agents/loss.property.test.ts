// A stream of datagrams is made with known losses, duplicates, displacements and restarts; what AgentTable counts must be
// exactly what was put in.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { Feed, statusName } from './feed.ts'

interface Sent {
  life: number
  sequence: number
  uptime: number
  /** Number of its first sample; every datagram has two. */
  sample: number
  /** Where in the stream it is delivered: its place and how far it is displaced. */
  at: number
}

interface Life {
  length: number
  first: number
  fates: readonly ('deliver' | 'deliver' | 'lose' | 'twice')[]
  delays: readonly number[]
}

const fate = fc.constantFrom(
  'deliver' as const,
  'deliver' as const,
  'deliver' as const,
  'lose' as const,
  'twice' as const,
)
const life = (maxDelay: number) =>
  fc.record<Life>({
    length: fc.integer({ min: 1, max: 120 }),
    first: fc.oneof(fc.constantFrom(1, 4294967290), fc.integer({ min: 0, max: 0xffffffff })),
    fates: fc.array(fate, { minLength: 120, maxLength: 120 }),
    delays: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: maxDelay })), {
      minLength: 240,
      maxLength: 240,
    }),
  })

/** Datagrams in order of delivery. Every datagram takes 10 ms; lives start at uptime 0 after 20 minutes. */
function deliveries(lives: readonly Life[]): Sent[] {
  const sent: Sent[] = []
  let place = 0
  for (const [k, x] of lives.entries()) {
    for (let i = 0; i < x.length; i++) {
      const datagram = {
        life: k,
        sequence: (x.first + i) >>> 0,
        uptime: k === 0 ? 1_200_000 + 10 * i : 10 * i,
        sample: (x.first + 2 * i) >>> 0,
      }
      const copies = x.fates[i] === 'lose' ? 0 : x.fates[i] === 'twice' ? 2 : 1
      for (let c = 0; c < copies; c++) sent.push({ ...datagram, at: place + x.delays[2 * i + c]! })
      place++
    }
  }
  return sent
    .map((x, i) => [x, i] as const)
    .sort((a, b) => a[0].at - b[0].at || a[1] - b[1])
    .map(([x]) => x)
}

/** What is missing between the lowest and the highest number of each life that came, and what came twice. */
function injected(lives: readonly Life[]): { lost: number; duplicates: number } {
  let lost = 0
  let duplicates = 0
  for (const { length, fates } of lives) {
    const own = fates.slice(0, length)
    const lowest = own.findIndex((x) => x !== 'lose')
    if (lowest < 0) continue
    const highest = own.findLastIndex((x) => x !== 'lose')
    for (let i = lowest; i <= highest; i++) if (own[i] === 'lose') lost++
    duplicates += own.filter((x) => x === 'twice').length
  }
  return { lost, duplicates }
}

function run(stream: readonly Sent[]): AgentTable {
  const table = new AgentTable()
  const feed = new Feed(table)
  for (const x of stream) {
    feed.datagram(x.sequence, x.uptime)
    feed.sample({ number: x.sample, pool: 100 * x.sample })
    feed.sample({ number: (x.sample + 1) >>> 0, pool: 100 * x.sample + 100 })
  }
  return table
}

test('one life: lost, duplicates and late are exact under any displacement within the window', () => {
  fc.assert(
    fc.property(life(200), (x) => {
      const stream = deliveries([x])
      const table = run(stream)
      const loss = lossOf(table)
      const { lost, duplicates } = injected([x])
      let highest = -1
      let late = 0
      const seen = new Set<number>()
      for (const { sequence } of stream) {
        const place = (sequence - x.first) >>> 0
        if (!seen.has(place) && place < highest) late++
        seen.add(place)
        highest = Math.max(highest, place)
      }
      assert.deepEqual(
        {
          datagrams: loss.datagrams,
          lost: loss.lost,
          late: loss.late,
          duplicates: loss.duplicates,
          restarts: loss.restarts,
        },
        { datagrams: stream.length, lost, late, duplicates, restarts: 0 },
      )
      // Two samples a datagram: both lost with it, none counted twice.
      assert.deepEqual(loss.flow, { samples: 2 * seen.size, lost: 2 * lost })
    }),
    { numRuns: 400 },
  )
})

test('a shuffle of the whole stream gives the same counts as the stream', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        Array.from({ length: 300 }, (_, i) => i),
        { minLength: 2, maxLength: 300 },
      ),
      fc.integer({ min: 0, max: 0xffffffff }),
      (places, first) => {
        const table = new AgentTable()
        const feed = new Feed(table)
        for (const place of places) feed.datagram((first + place) >>> 0, 5000 + place)
        const [agent] = summarise(table)
        const span = Math.max(...places) - Math.min(...places) + 1
        assert.deepEqual([agent!.lost, agent!.duplicates, agent!.restarts], [span - places.length, 0, 0])
      },
    ),
    { numRuns: 300 },
  )
})

test('several lives, displaced less than a life is long: losses within each are exact, restarts are counted', () => {
  fc.assert(
    fc.property(fc.array(life(6), { minLength: 1, maxLength: 4 }), (some) => {
      // 600 datagrams of 10 ms: the next life starts more than the reorder window of the uptime behind.
      const lives = some.map((x, k) => ({
        ...x,
        length: 600,
        // Lives that follow each other start far apart, so that no number of one can be of the other.
        first: (k * 1_000_000 + (x.first % 1000)) >>> 0,
        fates: Array.from({ length: 600 }, (_, i) => (i < 10 || i > 590 ? ('deliver' as const) : x.fates[i % 120]!)),
        delays: Array.from({ length: 1200 }, (_, i) => x.delays[i % 240]!),
      }))
      const stream = deliveries(lives)
      const loss = lossOf(run(stream))
      const { lost, duplicates } = injected(lives)
      assert.deepEqual(
        { lost: loss.lost, duplicates: loss.duplicates, restarts: loss.restarts },
        { lost, duplicates, restarts: lives.length - 1 },
      )
    }),
    { numRuns: 60 },
  )
})

test('any numbers and uptimes: nothing throws, no count is negative', () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 0xffffffff }))
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, number), { maxLength: 200 }), (stream) => {
      const table = new AgentTable()
      const feed = new Feed(table)
      for (const [sequence, uptime, sample] of stream) {
        assert.notEqual(statusName(feed.datagram(sequence, uptime)), 'untold')
        feed.sample({ number: sample, pool: uptime, drops: sequence })
      }
      const counts = [...table.agentCounts, ...table.sourceCounts]
      assert.ok(counts.every((x) => x >= 0))
    }),
    { numRuns: 500 },
  )
})
