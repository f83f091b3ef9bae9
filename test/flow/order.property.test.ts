// Within a window the order of samples of different sources is no matter, and parts add up to the whole.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FlowWindow } from '../../src/lib/flow/flow.ts'
import { type Asked, Feed, type Packet } from './feed.ts'

const T = 1_767_225_600_000

interface Sent {
  readonly agent: number
  readonly source: number
  readonly flow: number | undefined
  readonly length: number
  readonly input: number
}

const sent: fc.Arbitrary<Sent> = fc.record({
  agent: fc.integer({ min: 1, max: 3 }),
  source: fc.integer({ min: 1, max: 3 }),
  flow: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
  length: fc.integer({ min: 64, max: 1518 }),
  input: fc.integer({ min: 1, max: 3 }),
})

const asked: fc.Arbitrary<Asked> = fc.record({
  keys: fc.constantFrom('ipdestination', 'stack,ipdestination', 'framelength', ''),
  values: fc.constantFrom(
    'bytes,frames',
    'frames,count:framelength',
    'avg:framelength,bytes',
    'max:framelength,min:framelength',
  ),
  agg: fc.constantFrom('sum', 'max', undefined),
  by: fc.constantFrom('agent', 'interface', undefined),
  scale: fc.constantFrom('effective', 'configured'),
  top: fc.constantFrom(0, 2, 1000),
})

/** Each source counts in the order in which its samples are sent. */
function run(options: Asked, samples: readonly Sent[]): FlowWindow | undefined {
  const feed = new Feed(options, samples.length)
  const counts = new Map<string, number>()
  for (const { agent, source, flow, length, input } of samples) {
    const name = `${agent} ${source}`
    const number = (counts.get(name) ?? 0) + 1
    counts.set(name, number)
    const packet: Packet = {
      flow,
      length,
      source,
      input,
      output: source,
      number,
      pool: number * 100 + (number % 2),
      rate: 100,
    }
    feed.datagram(agent, T, [packet])
  }
  return feed.finish()[0]
}

/** Without the last bits, which depend on the order of additions. */
function plain(window: FlowWindow | undefined): unknown {
  if (window === undefined) return undefined
  const { rows, other, noKey, total, flows, samples, agg } = window
  const text = JSON.stringify([rows, other, noKey, total, flows, samples, agg])
  return JSON.parse(text, (_, x: unknown) => (typeof x === 'number' ? Number(x.toPrecision(10)) : x))
}

test('samples of different sources in any order give the same rows', () => {
  fc.assert(
    fc.property(asked, fc.array(sent, { maxLength: 60 }), (options, samples) => {
      // Stable: the order within a source stays.
      const sorted = samples.toSorted((a, b) => a.source - b.source || b.agent - a.agent)
      assert.deepEqual(plain(run(options, sorted)), plain(run(options, samples)))
    }),
    { numRuns: 150, seed: 1 },
  )
})

test('rows, other and no key add up to the total, to the last bit', () => {
  fc.assert(
    fc.property(asked, fc.array(sent, { minLength: 1, maxLength: 60 }), (options, samples) => {
      const window = run({ ...options, values: 'bytes,frames' }, samples)!
      for (const v of [0, 1]) {
        let sum = 0
        for (const row of [...window.rows, window.other, window.noKey]) sum += row.values[v]!.total!
        assert.equal(window.total.values[v]!.total, sum)
      }
      const parts = [...window.rows, window.other, window.noKey]
      assert.equal(
        window.total.samples,
        parts.reduce((n, row) => n + row.samples, 0),
      )
      if (window.agg === 'sum' && options.by !== undefined) assert.ok(window.total.samples <= samples.length)
    }),
    { numRuns: 150, seed: 2 },
  )
})
