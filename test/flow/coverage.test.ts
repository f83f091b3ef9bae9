// Known traffic is sampled a thousand times, each time in a window of its own; how often does the interval hold the truth?
// A flow that was not met in a window has no row there, and no interval.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EdgeDirectory, Estimate } from '../../src/lib/flow/flow.ts'
import { Random } from '../bench/random.ts'
import { type Asked, byKey, Feed, flowAddress, type Packet } from './feed.ts'

const SAMPLINGS = 1000
const WINDOW_MS = 10_000
const START = 1_767_225_600_000

/** Packets of a window, unless the scenario has less. */
const PACKETS = 30_000
/** Of each flow its share of packets: with 300 samples 105, 75, 54, 36, 21, 6, 3. */
const usualShares = [0.35, 0.25, 0.18, 0.12, 0.07, 0.02, 0.01]

/** A sampler: one in `rate` packets of what comes in by `input` of `agent`. */
interface Sampler {
  readonly agent: number
  readonly input: number
  /** Data source; `input` unless it samples on the way out. */
  readonly source?: number
  readonly rate: number
  /** Which of the traffic's packets pass here; all unless given. */
  readonly part?: 0 | 1
}

interface Scenario {
  readonly name: string
  readonly samplers: readonly Sampler[]
  readonly asked: Asked
  /** The pool counts packets, or is just the running sum of the rate. */
  readonly pool: 'measured' | 'made up'
  /** Part of the datagrams that get lost, and of samples that agents drop. */
  readonly loss?: number
  readonly drops?: number
  readonly shares?: readonly number[]
  readonly packets?: number
}

const RATE = 100
const one = [{ agent: 1, input: 1, rate: RATE }]
/** Leaf, spine, leaf: all packets pass all three. */
const path = [
  { agent: 1, input: 1, rate: 100 },
  { agent: 2, input: 7, rate: 100 },
  { agent: 3, input: 8, rate: 100 },
]
const edges: EdgeDirectory = { isEdge: (agent, ifIndex, at = 0) => agent[at + 3] === 0x0aff0001 && ifIndex === 1 }

const scenarios: readonly Scenario[] = [
  { name: 'one switch, pool', samplers: one, asked: { agg: 'sum' }, pool: 'measured' },
  { name: 'one switch, pool made up', samplers: one, asked: { agg: 'sum' }, pool: 'made up' },
  { name: 'one switch, configured', samplers: one, asked: { agg: 'sum', scale: 'configured' }, pool: 'measured' },
  { name: 'datagram loss, pool', samplers: one, asked: { agg: 'sum' }, pool: 'measured', loss: 0.2 },
  { name: 'datagram loss, pool made up', samplers: one, asked: { agg: 'sum' }, pool: 'made up', loss: 0.2 },
  { name: 'agent drops, pool made up', samplers: one, asked: { agg: 'sum' }, pool: 'made up', drops: 0.2 },
  { name: 'edge', samplers: path, asked: { topology: edges }, pool: 'measured', loss: 0.1 },
  { name: 'max of three', samplers: path, asked: { agg: 'max' }, pool: 'measured' },
  { name: 'max of three, loss', samplers: path, asked: { agg: 'max' }, pool: 'made up', loss: 0.1 },
  {
    name: 'sum of two rates',
    samplers: [
      { agent: 1, input: 1, rate: 60, part: 0 },
      { agent: 2, input: 1, rate: 240, part: 1 },
    ],
    asked: { agg: 'sum' },
    pool: 'measured',
  },
  // One flow is nearly all that there is.
  ...[0.9, 0.95, 0.99, 0.999].flatMap((share) =>
    [3000, 10_000, 30_000].map(
      (packets): Scenario => ({
        name: `${share} of ${packets / 100} samples`,
        samplers: one,
        asked: { agg: 'sum' },
        pool: 'measured',
        shares: [share, 1 - share],
        packets,
      }),
    ),
  ),
]

/** The traffic of one window: the flow and the length of each packet, and what is true of each flow. */
function makeTraffic(random: Random, packets: number, shares: readonly number[]) {
  const flow = new Uint8Array(packets)
  const length = new Uint16Array(packets)
  const frames = shares.map(() => 0)
  const bytes = shares.map(() => 0)
  for (let i = 0; i < packets; i++) {
    let u = random.unit()
    let f = 0
    while (f + 1 < shares.length && u >= shares[f]!) u -= shares[f++]!
    const size = random.unit() < 0.4 ? 64 + random.below(64) : 1000 + random.below(518)
    flow[i] = f
    length[i] = size
    frames[f]! += 1
    bytes[f]! += size
  }
  return { packets, flow, length, frames, bytes }
}

function holds({ total, errorPct, low, high }: Estimate, truth: number): boolean {
  if (total === null) return false
  if (low !== null && high !== null) return low <= truth && truth <= high
  return Math.abs(total - truth) <= (total * (errorPct ?? 0)) / 100
}

for (const scenario of scenarios) {
  test(`95 % intervals hold the truth: ${scenario.name}`, () => {
    const random = new Random(20_260)
    const { shares = usualShares, packets = PACKETS } = scenario
    const traffic = makeTraffic(random, packets, shares)
    const feed = new Feed({ ...scenario.asked, values: 'frames,bytes', windowMs: WINDOW_MS, latenessMs: 0 })
    const { loss = 0, drops = 0 } = scenario
    const state = scenario.samplers.map(() => ({ number: 0, pool: 0, drops: 0 }))
    // Parts by length, which is random: each flow has both.
    const passes = scenario.samplers.map(({ part }) =>
      Uint32Array.from(traffic.length.keys()).filter((i) => part === undefined || (traffic.length[i]! & 1) === part),
    )
    for (let n = 0; n < SAMPLINGS; n++) {
      for (const [k, sampler] of scenario.samplers.entries()) {
        const { agent, input, source = input, rate } = sampler
        const s = state[k]!
        const waiting: Packet[] = []
        const send = (i: number) => {
          feed.datagram(agent, START + n * WINDOW_MS + (i / traffic.packets) * 9000, waiting, random.unit() < loss)
          waiting.length = 0
        }
        const passing = passes[k]!
        // From one sampled packet to the next, instead of a draw for each packet: geometric, thus the same.
        const skip = () => 1 + Math.floor(Math.log(1 - random.unit()) / Math.log(1 - 1 / rate))
        for (let at = skip() - 1; at < passing.length; at += skip()) {
          const i = passing[at]!
          if (random.unit() < drops) {
            s.drops++
            continue
          }
          s.number++
          waiting.push({
            flow: traffic.flow[i]!,
            length: traffic.length[i]!,
            source,
            input,
            rate,
            number: s.number,
            pool: scenario.pool === 'measured' ? s.pool + at + 1 : s.number * rate,
            drops: s.drops,
          })
          if (waiting.length === 3) send(i)
        }
        s.pool += passing.length
        if (waiting.length > 0) send(traffic.packets)
      }
    }
    const windows = feed.finish()
    assert.equal(windows.length, SAMPLINGS)
    const held = shares.map(() => [0, 0])
    const met = shares.map(() => 0)
    const samples = shares.map(() => 0)
    const heldTotal = [0, 0]
    for (const window of windows) {
      for (const [v, of] of [traffic.frames, traffic.bytes].entries()) {
        const truth = of.reduce((sum, x) => sum + x, 0)
        if (holds(window.total.values[v]!, truth)) heldTotal[v]! += 1
      }
      const rows = byKey(window)
      for (const f of shares.keys()) {
        const row = rows.get(flowAddress(f))
        if (row === undefined) continue
        met[f]! += 1
        samples[f]! += row.samples / SAMPLINGS
        if (holds(row.values[0]!, traffic.frames[f]!)) held[f]![0]! += 1
        if (holds(row.values[1]!, traffic.bytes[f]!)) held[f]![1]! += 1
      }
    }
    const wrong: string[] = []
    // Of the busiest agents' rows together chance makes too much: their bounds reach down to what one agent saw.
    const mostOfTotal = scenario.asked.agg === 'max' || packets / RATE < 100 ? 1 : 0.97
    for (const [v, name] of ['frames', 'bytes'].entries()) {
      const part = heldTotal[v]! / windows.length
      const what = `${scenario.name}: ${name} of all: ${(part * 100).toFixed(1)} %`
      if (process.env.SHOW !== undefined) console.log(what)
      if (part < 0.93 || part > mostOfTotal) wrong.push(what)
    }
    for (const f of shares.keys()) {
      // Of what is hardly ever met nothing can be told when it is: chance has made it too large.
      if (samples[f]! < 1) continue
      for (const [v, name] of ['frames', 'bytes'].entries()) {
        const part = held[f]![v]! / met[f]!
        const what = `${scenario.name}: ${name} of a flow with ${samples[f]!.toFixed(1)} samples: ${(part * 100).toFixed(1)} %`
        if (process.env.SHOW !== undefined) console.log(what)
        // Few samples, or few of others, are few counts: no bounds hold between them.
        const few = Math.min(samples[f]!, packets / RATE - samples[f]!)
        const most = few >= 30 ? 0.97 : 1
        if (part < 0.93 || part > most) wrong.push(what)
      }
    }
    assert.deepEqual(wrong, [])
  })
}

test('95 % intervals hold the truth: smoothed', () => {
  const random = new Random(5)
  const perSecond = [20, 8, 4, 1, 0.4]
  const all = perSecond.reduce((sum, x) => sum + x, 0)
  // Windows five time constants apart, so that they hardly share samples.
  const feed = new Feed({ agg: 'sum', values: 'frames,bytes', windowMs: 20_000, smoothMs: 4000, latenessMs: 0 })
  for (let number = 1, seconds = 0; seconds < 20 * SAMPLINGS; number++) {
    seconds -= Math.log(1 - random.unit()) / all
    let u = random.unit() * all
    let flow = 0
    while (flow + 1 < perSecond.length && u >= perSecond[flow]!) u -= perSecond[flow++]!
    const length = random.unit() < 0.4 ? 100 : 1200
    feed.datagram(1, START + seconds * 1000, [{ flow, length, rate: RATE, number, pool: number * RATE }])
  }
  const wrong: string[] = []
  const windows = feed.finish().slice(3)
  for (const [flow, samples] of perSecond.entries()) {
    const rows = windows.flatMap((window) => byKey(window).get(flowAddress(flow)) ?? [])
    for (const [v, frame] of [1, 0.4 * 100 + 0.6 * 1200].entries()) {
      const held = rows.filter(({ values }) => {
        const value = values[v]!
        return holds(value, (value.total! / value.perSecond!) * samples * RATE * frame)
      })
      const part = held.length / rows.length
      // A rate by a time constant of 4 s rests on about as many samples as come in 8 s.
      const what = `${v === 0 ? 'frames' : 'bytes'} of ${samples * 8} samples: ${(part * 100).toFixed(1)} %`
      if (process.env.SHOW !== undefined) console.log(`smoothed: ${what}`)
      if (part < 0.93 || part > (samples * 8 >= 30 ? 0.97 : 1)) wrong.push(what)
    }
  }
  assert.deepEqual(wrong, [])
})
