import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { summarise } from '../../src/lib/agents/summary.ts'
import { AgentExporter, type UnnumberedSample } from '../../src/lib/exporter/exporter.ts'
import { Resampler } from '../../src/lib/listen/resample.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import type { Batch } from '../../src/lib/source/source.ts'
import { type Arrival, batchOf } from '../helpers/batches.ts'
import { hex, word } from '../helpers/capture-bytes.ts'
import { sharedPath } from '../helpers/shared.ts'
import { assertOneLife, collect, recordedDatagrams } from '../replay/feed.ts'

const flow = (index: number, rate: number): UnnumberedSample => ({
  kind: 'flow',
  source_id_type: 0,
  source_id_index: index,
  sampling_rate: rate,
  input_format: 0,
  input_value: index,
  output_format: 0,
  output_value: 2,
  records: [
    {
      tag: 1,
      name: 'sampled_header',
      fields: { protocol: 1, frame_length: 1518, stripped: 4, header: new Uint8Array(20).fill(7) },
    },
  ],
})
const counters = (index: number): UnnumberedSample => ({
  kind: 'counters',
  source_id_type: 0,
  source_id_index: index,
  records: [{ tag: 1005, name: 'port_name', fields: { name: `eth${index}` } }],
})
const discard = (index: number): UnnumberedSample => ({
  kind: 'discard',
  source_id_type: 0,
  source_id_index: index,
  inputifindex: index,
  outputifindex: 0,
  reason: 256,
  records: [],
})

const START = 1_767_225_600

/** Rate of port 1 to 3. */
const rates = [100, 200, 400] as const

interface Traffic {
  readonly flows: number
  /** Compact samples or expanded ones. */
  readonly largestIndex?: number
  readonly address?: number
  /** Grows by this with each flow sample. */
  readonly drops?: number
  /** Puts counter samples and discards between them. */
  readonly others?: boolean
  /** The pool counts packets: 1.5 of it for each that the rate says. */
  readonly measured?: boolean
}

/** One agent's datagrams: a flow sample a millisecond, from three ports in turn. */
function traffic({ flows, largestIndex, address = 1, drops = 0, others = true, measured = false }: Traffic): Arrival[] {
  const arrivals: Arrival[] = []
  const exporter = new AgentExporter(
    {
      agent: { type: 1, bytes: Uint8Array.of(192, 0, 2, address) },
      largestIndex,
      maxDatagram: 600,
      uptime: 1000,
    },
    (bytes, length, ms) => {
      arrivals.push({
        bytes: bytes.slice(0, length),
        sec: START + Math.floor(ms / 1000),
        nsec: Math.floor(ms % 1000) * 1_000_000,
      })
    },
  )
  const base = largestIndex === undefined ? 0x1000000 : 0
  for (let i = 0; i < flows; i++) {
    exporter.advance(i)
    const port = i % 3
    const source = exporter.source(0, base + port + 1)
    source.pool += rates[port]! * (measured ? 1.5 : 1)
    source.drops += drops
    exporter.add(flow(base + port + 1, rates[port]!))
    if (others && i % 50 === 0) exporter.add(counters(base + port + 1))
    if (others && i % 70 === 0) exporter.add(discard(base + port + 1))
  }
  exporter.flush()
  return arrivals
}

/** Thins in batches of a hundred; copies what came out. */
function thin(resampler: Resampler, arrivals: readonly Arrival[]): (Arrival & { readonly sec: number })[] {
  const thinned: (Arrival & { readonly sec: number })[] = []
  for (let from = 0; from < arrivals.length; from += 100) {
    const batch = resampler.batch(batchOf(arrivals.slice(from, from + 100)))
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      thinned.push({
        bytes: batch.bytes.slice(at, at + batch.length[i]!),
        wire: batch.wireLength[i]!,
        sec: batch.sec[i]!,
        nsec: batch.nsec[i]!,
      })
    }
  }
  return thinned
}

const walker = new Walker(() => assert.fail('an issue'))

/** Sum of rates: packets that the flow samples stand for, and their number. */
function estimate(batch: Batch): { packets: number; samples: number } {
  let packets = 0
  let samples = 0
  for (let i = 0; i < batch.count; i++) {
    walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)
    while (walker.nextSample()) {
      if (walker.sampleKind !== SampleKind.flow) continue
      packets += walker.samplingRate
      samples++
    }
  }
  return { packets, samples }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('what is left after thinning', () => {
  for (const factor of [2, 10, 100]) {
    test(`1 in ${factor}: totals of 10,000 runs have the true mean and spread`, () => {
      const RUNS = 10_000
      const batch = batchOf(traffic({ flows: 150, others: false }))
      // 50 samples of each port.
      const truth = 50 * (100 + 200 + 400)
      assert.deepEqual(estimate(batch), { packets: truth, samples: 150 })
      const variance = 50 * (100 ** 2 + 200 ** 2 + 400 ** 2) * (factor - 1)
      let total = 0
      let squares = 0
      for (let seed = 1; seed <= RUNS; seed++) {
        const { packets } = estimate(new Resampler(factor, seed).batch(batch))
        total += packets
        squares += (packets - truth) ** 2
      }
      const sigma = Math.sqrt(variance / RUNS)
      assert.ok(Math.abs(total / RUNS - truth) < 3 * sigma, `mean ${total / RUNS}, true ${truth} ± ${sigma}`)
      // Independent draws, not every N-th: the spread is that of the binomial distribution, to 5 %.
      assert.ok(Math.abs(squares / RUNS / variance - 1) < 0.05, `variance ${squares / RUNS}, needed ${variance}`)
    })
  }

  for (const [name, options] of [
    ['compact', { largestIndex: 3 }],
    ['expanded', {}],
    ['a pool that measures', { measured: true }],
    ['drops of the agent', { drops: 2 }],
    ['flow samples alone', { others: false }],
  ] as const) {
    test(`a collector sees no loss, and the same total: ${name}`, () => {
      const arrivals = traffic({ flows: 30_000, ...options })
      const resampler = new Resampler(10, 42)
      const thinned = thin(resampler, arrivals)
      const [before] = collect(arrivals.map((x) => ({ bytes: x.bytes, sec: x.sec! })))
      const [after] = collect(thinned)
      assertOneLife([after!], name)
      assert.equal(resampler.samples, 30_000)
      assert.equal(resampler.kept, after!.flow.samples)
      assert.ok(Math.abs(resampler.kept - 3000) < 3 * Math.sqrt(2700))
      assert.equal(after!.counters.samples, before!.counters.samples)
      assert.equal(after!.discard.samples, before!.discard.samples)
      assert.equal(after!.datagrams, arrivals.length - resampler.leftOut)
      if (name === 'flow samples alone') assert.ok(resampler.leftOut > arrivals.length / 3)
      for (const [i, source] of after!.sources.filter((x) => x.kind === 'flow').entries()) {
        const was = before!.sources.filter((x) => x.kind === 'flow')[i]!
        assert.equal(source.configured_rate, rates[i]! * 10)
        assert.equal(source.restarts, 0)
        // N_eff × samples is the same total; the first sample of each source is not in N_eff.
        const total = source.effective_rate! * source.samples
        const truth = was.effective_rate! * was.samples
        assert.ok(Math.abs(total / truth - 1) < 0.12, `${source.source}: ${total}, true ${truth}`)
        assert.ok(Math.abs(source.agent_drops! * 10 - was.agent_drops!) <= 400, `${source.agent_drops}`)
      }
    })
  }

  test('a pool keeps the exact total, sample by sample', () => {
    const arrivals = traffic({ flows: 3000, measured: true })
    const pools = (all: readonly Arrival[]) =>
      all.flatMap(({ bytes }) =>
        decodeDatagram(bytes).datagram!.samples.flatMap((x) =>
          x.kind === 'flow' && x.source_id_index === 0x1000001 ? [x.sample_pool] : [],
        ),
      )
    const before = pools(arrivals)
    const after = pools(thin(new Resampler(4, 1), arrivals))
    assert.ok(after.length > 150)
    for (const pool of after) assert.ok(before.includes(pool))
  })

  test('several agents, each for itself', () => {
    const all = [1, 2, 3].flatMap((address) => traffic({ flows: 2000 + address, address }))
    all.sort((a, b) => a.sec! - b.sec! || a.nsec! - b.nsec!)
    const agents = collect(thin(new Resampler(7, 5), all))
    assert.equal(agents.length, 3)
    assertOneLife(agents, 'three agents')
  })

  test('the same seed keeps the same samples, another one others', () => {
    const arrivals = traffic({ flows: 1000 })
    const run = (seed: number) => thin(new Resampler(5, seed), arrivals).map(({ bytes }) => hex(bytes))
    assert.deepEqual(run(1), run(1))
    assert.notDeepEqual(run(1), run(2))
  })
})

describe('what was wrong before thinning', () => {
  test('real loss stays visible: datagrams one by one, samples in the new measure', () => {
    const arrivals = traffic({ flows: 60_000 })
    const arrived = arrivals.filter((_, i) => i % 10 !== 7 || i > arrivals.length * 0.9)
    const [before] = collect(arrived.map((x) => ({ bytes: x.bytes, sec: x.sec! })))
    const [after] = collect(thin(new Resampler(10, 9), arrived))
    // All but what was lost in the last seconds.
    assert.ok(before!.lost! > 500)
    assert.equal(after!.lost, before!.lost)
    assert.ok(Math.abs(after!.flow.lost! * 10 - before!.flow.lost!) < 0.02 * before!.flow.lost! + 30)
    const truth = 20_000 * (100 + 200 + 400)
    const total = sum(after!.sources.map((x) => (x.effective_rate ?? 0) * x.samples))
    assert.ok(Math.abs(total / truth - 1) < 0.05, `${total}, true ${truth}`)
  })

  test('datagrams that were overtaken are no loss, and duplicates are left out', () => {
    const arrivals = traffic({ flows: 20_000 })
    const mixed: Arrival[] = []
    for (let i = 0; i + 1 < arrivals.length; i += 2) {
      if (i % 6 === 0) mixed.push(arrivals[i + 1]!, arrivals[i]!)
      else mixed.push(arrivals[i]!, arrivals[i + 1]!)
      if (i % 10 === 0) mixed.push(arrivals[i]!)
    }
    const resampler = new Resampler(5, 3)
    const agents = collect(thin(resampler, mixed))
    assertOneLife(agents, 'overtaken')
    assert.equal(resampler.samples, summarise(resampler.table)[0]!.flow.samples)
    assert.ok(Math.abs(resampler.kept / resampler.samples - 0.2) < 0.02)
    const [before] = summarise(resampler.table)
    assert.ok(before!.late > 100 && before!.duplicates > 100)
  })

  test('a restart is a restart afterwards, and nothing else', () => {
    const first = traffic({ flows: 20_000 })
    const second = traffic({ flows: 20_000 }).map((x) => ({ ...x, sec: x.sec! + 30 }))
    const [agent] = collect(thin(new Resampler(10, 4), [...first, ...second]))
    assert.deepEqual({ restarts: agent!.restarts, lost: agent!.lost }, { restarts: 1, lost: 0 })
    assert.equal(agent!.flow.lost, 0)
  })

  test('bytes that are no sFlow, cut datagrams and unknown samples go through', () => {
    const [one] = traffic({ flows: 3, others: false })
    const cut = one!.bytes.subarray(0, one!.bytes.length - 6)
    const head = one!.bytes.subarray(0, 28)
    const unknown = new Uint8Array(Buffer.concat([head, word(0x7000, 4), word(6, 4), word(1, 4), word(2, 4)]))
    new DataView(unknown.buffer).setUint32(24, 1)
    new DataView(unknown.buffer).setUint32(16, 2)
    const all = [
      { bytes: Uint8Array.of(1, 2, 3) },
      { bytes: new Uint8Array(0) },
      { bytes: cut, wire: cut.length + 6 },
      { bytes: unknown },
    ]
    const out = thin(new Resampler(1, 1), all)
    assert.deepEqual(
      out.map((x) => [hex(x.bytes), x.wire]),
      all.map((x) => [hex(x.bytes), x.wire ?? x.bytes.length]),
    )
    // Three samples, the last one cut: with all of them gone nothing is left to send.
    assert.deepEqual(thin(new Resampler(1_000_000, 1), [{ bytes: cut }]), [])
  })

  test('rates are as large as 32 bits', () => {
    const [one] = traffic({ flows: 1, others: false })
    const bytes = one!.bytes.slice()
    // Header of 28 bytes, tag and length, sequence, source type and index.
    new DataView(bytes.buffer).setUint32(28 + 8 + 12, 0x90000000)
    for (let seed = 1; ; seed++) {
      const [kept] = thin(new Resampler(2, seed), [{ bytes }])
      if (kept === undefined) continue
      assert.equal(new DataView(kept.bytes.buffer).getUint32(28 + 8 + 12), 0xffffffff)
      break
    }
  })

  test('no mutation of a datagram throws, or makes it longer', () => {
    const arrivals = traffic({ flows: 60 })
    const resampler = new Resampler(3, 8)
    let state = 7
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    for (let round = 0; round < 20_000; round++) {
      const bytes = arrivals[random(arrivals.length)]!.bytes.slice()
      for (let k = random(4); k >= 0; k--) bytes[random(bytes.length)] = [0, 1, 255, random(256)][random(4)]!
      const shorter = bytes.subarray(0, random(3) === 0 ? random(bytes.length) : bytes.length)
      const batch = resampler.batch(batchOf([{ bytes: shorter }]))
      assert.ok(batch.count <= 1)
      if (batch.count === 1) assert.ok(batch.length[0]! <= shorter.length)
    }
  })
})

describe('captures of real agents', () => {
  const folder = sharedPath('captures/agents')
  for (const file of ['ovs.pcap', 'lab-rocev2.pcap', 'drops-dropmon-1.pcap']) {
    test(file, { skip: folder === undefined && 'no captures' }, async () => {
      const arrivals = await recordedDatagrams(`${folder}/${file}`)
      const before = collect(arrivals)
      assert.deepEqual(
        before.map((x) => [x.lost, x.restarts]),
        before.map(() => [0, 0]),
      )
      const after = collect(thin(new Resampler(5, 1), arrivals))
      assertOneLife(after, file)
      for (const [i, agent] of after.entries()) {
        assert.equal(agent.counters.samples, before[i]!.counters.samples)
        assert.equal(agent.discard.samples, before[i]!.discard.samples)
      }
    })
  }
})
