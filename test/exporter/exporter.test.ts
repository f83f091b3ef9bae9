import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { AgentExporter, type ExporterOptions, type UnnumberedSample } from '../../src/lib/exporter/exporter.ts'
import type { Datagram } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'

const agent = { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) } as const

interface Sent {
  readonly bytes: Uint8Array
  readonly timeMs: number
}

function exporter(options: Partial<ExporterOptions> = {}): { exporter: AgentExporter; sent: Sent[] } {
  const sent: Sent[] = []
  const made = new AgentExporter({ agent, ...options }, (bytes, length, timeMs) =>
    sent.push({ bytes: bytes.slice(0, length), timeMs }),
  )
  return { exporter: made, sent }
}

const header = (length: number) => ({
  tag: 1,
  name: 'sampled_header',
  fields: { protocol: 1, frame_length: 1518, stripped: 4, header: new Uint8Array(length).fill(7) },
})

const flow = (index: number, bytes = 64, more: Partial<UnnumberedSample> = {}): UnnumberedSample =>
  ({
    kind: 'flow',
    source_id_type: 0,
    source_id_index: index,
    sampling_rate: 1000,
    input_format: 0,
    input_value: index,
    output_format: 0,
    output_value: 2,
    records: [header(bytes)],
    ...more,
  }) as UnnumberedSample

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
  records: [header(20)],
})

function decoded(sent: readonly Sent[]): Datagram[] {
  return sent.map(({ bytes }) => {
    const { datagram, issues } = decodeDatagram(bytes)
    assert.deepEqual(issues, [])
    return datagram!
  })
}

test('a compact flow sample, byte for byte', () => {
  const { exporter: x, sent } = exporter({ subAgent: 3, largestIndex: 0xffffff, uptime: 5000 })
  x.advance(1_000_000)
  Object.assign(x.source(0, 7), { pool: 0x01020304, drops: 5 })
  x.advance(1_000_250)
  x.add(flow(7, 2))
  x.flush()
  const want = [
    ...['00000005', '00000001', 'c0000209', '00000003', '00000001', '00001482', '00000001'],
    ...['00000001', '0000003c', '00000001', '00000007', '000003e8', '01020304', '00000005', '00000007', '00000002'],
    ...['00000001', '00000001', '00000014', '00000001', '000005ee', '00000004', '00000002', '07070000'],
  ]
  assert.deepEqual(
    sent.map(({ bytes, timeMs }) => [Buffer.from(bytes).toString('hex'), timeMs]),
    [[want.join(''), 1_000_250]],
  )
})

test('an index of 2^24 makes all samples expanded, a smaller one all compact', () => {
  for (const [largestIndex, tags] of [
    [0xffffff, [1, 2, 5]],
    [0x1000000, [3, 4, 5]],
    [undefined, [3, 4, 5]],
  ] as const) {
    const { exporter: x, sent } = exporter({ largestIndex })
    x.advance(0)
    for (const sample of [flow(1), counters(1), discard(1)]) x.add(sample)
    x.flush()
    assert.deepEqual(
      decoded(sent).flatMap((datagram) => datagram.samples.map(({ tag }) => tag)),
      tags,
    )
  }
})

test('the device itself is 0x3fffffff in compact samples and stays as it is in expanded ones', () => {
  const inputs = [0xffffff, undefined].map((largestIndex) => {
    const { exporter: x, sent } = exporter({ largestIndex })
    x.advance(0)
    x.add(flow(1, 8, { input_value: 0xffffffff } as Partial<UnnumberedSample>))
    x.flush()
    const [sample] = decoded(sent)[0]!.samples
    return sample!.kind === 'flow' ? sample!.input_value : undefined
  })
  assert.deepEqual(inputs, [0x3fffffff, 0xffffffff])
})

test('each data source numbers its flow samples, counter samples and discards for itself', () => {
  const { exporter: x, sent } = exporter()
  x.advance(0)
  for (const sample of [flow(1), counters(1), flow(2), discard(1), flow(1), counters(1), flow(1)]) x.add(sample)
  x.flush()
  const numbers = decoded(sent)[0]!.samples.map((sample) =>
    'sequence_number' in sample ? [sample.kind, sample.source_id_index, sample.sequence_number] : [],
  )
  assert.deepEqual(numbers, [
    ['flow', 1, 1],
    ['counters', 1, 1],
    ['flow', 2, 1],
    ['discard', 1, 1],
    ['flow', 1, 2],
    ['counters', 1, 2],
    ['flow', 1, 3],
  ])
})

test('a datagram goes when the next sample does not fit, and when the first one has waited long enough', () => {
  const { exporter: x, sent } = exporter({ maxDatagram: 500, flushMs: 40 })
  x.advance(10)
  for (let i = 0; i < 4; i++) x.add(flow(1, 100)) // 176 bytes each, 28 of header: two a datagram
  assert.deepEqual(
    sent.map(({ bytes, timeMs }) => [bytes.length, timeMs]),
    [[380, 10]],
  )
  assert.equal(x.dueMs, 50)
  x.advance(49)
  assert.equal(sent.length, 1)
  x.advance(90)
  assert.equal(x.dueMs, Number.POSITIVE_INFINITY)
  x.add(flow(1, 100))
  assert.equal(x.dueMs, 130)
  x.advance(130)
  x.flush()
  assert.deepEqual(
    decoded(sent).map((datagram, i) => [datagram.sequence_number, datagram.uptime, sent[i]!.timeMs]),
    [
      [1, 0, 10],
      [2, 40, 50],
      [3, 120, 130],
    ],
  )
})

test('a sample larger than a datagram is left out and counted as the loss that it is', () => {
  const { exporter: x, sent } = exporter({ maxDatagram: 200 })
  x.advance(0)
  assert.equal(x.add(flow(1, 64)), true)
  assert.equal(x.add(flow(1, 128)), false)
  assert.equal(x.add(flow(1, 64)), true)
  x.flush()
  assert.equal(x.oversize, 1)
  const samples = decoded(sent).flatMap((datagram) => datagram.samples)
  assert.deepEqual(
    samples.map((sample) => (sample.kind === 'flow' ? [sample.sequence_number, sample.drops] : [])),
    [
      [1, 0],
      [2, 1],
    ],
  )
})

test('a sample as bytes gets the same numbers as the object', () => {
  const foreign = { kind: 'opaque', tag: 4242, name: '', bytes: Uint8Array.of(1, 2, 3, 4) } as const
  const samples = [flow(1), counters(1), discard(1), foreign]
  const objects = exporter()
  const bytes = exporter()
  const plain = exporter()
  for (const { exporter: x } of [objects, bytes, plain]) x.advance(0)
  for (const sample of samples) plain.exporter.add(sample)
  plain.exporter.flush()
  const whole = plain.sent[0]!.bytes
  const walker = new Walker(() => {})
  const view = new DataView(whole.buffer)
  for (let round = 0; round < 2; round++) {
    for (const { exporter: x } of [objects, bytes]) {
      Object.assign(x.source(0, 1), { pool: 900 + round, drops: round, discardDrops: 3 })
    }
    for (const sample of samples) objects.exporter.add(sample)
    walker.open(whole, view, 0, whole.length)
    while (walker.nextSample()) {
      bytes.exporter.addEncoded(whole, view, walker.sampleOffset - 8, walker.sampleEnd - walker.sampleOffset + 8)
    }
  }
  objects.exporter.flush()
  bytes.exporter.flush()
  assert.deepEqual(bytes.sent, objects.sent)
  assert.equal(bytes.exporter.samples, 8)
})

test('misuse is refused', () => {
  const start = (options: Partial<ExporterOptions>) => exporter(options).exporter
  assert.throws(() => start({ maxDatagram: 199 }), /maxDatagram is 199, needed 200 to 65507/)
  assert.throws(() => start({ flushMs: 101 }), /flushMs is 101, needed 0 to 100/)
  assert.throws(() => start({ agent: { type: 0, bytes: new Uint8Array(0) } }), /needs an address/)
  assert.throws(() => start({}).add(flow(1)), /advance\(\) must be called/)
  const compact = start({ largestIndex: 100 })
  compact.advance(0)
  assert.throws(() => compact.add(flow(0x1000000)), /does not fit a compact sample/)
  const { bytes } = (() => {
    const { exporter: x, sent } = exporter()
    x.advance(0)
    x.add(flow(1))
    x.flush()
    return sent[0]!
  })()
  const view = new DataView(bytes.buffer)
  assert.throws(() => compact.addEncoded(bytes, view, 28, bytes.length - 28), /one expanded sample/)
  const expanded = start({})
  expanded.advance(0)
  assert.throws(() => expanded.addEncoded(bytes, view, 28, 20), /flow_sample_expanded of 12 bytes, its fields need 44/)
})

/** What a collector finds after all these datagrams. */
function collected(sent: readonly Sent[]) {
  const table = new AgentTable()
  const walker = new Walker((issue) => assert.fail(issue.problem))
  for (const { bytes, timeMs } of sent) {
    walker.open(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)
    table.datagram(walker, Math.floor(timeMs / 1000), 0)
    while (walker.nextSample()) table.sample(walker)
  }
  return summarise(table)
}

test('a collector finds no gap, no restart and the true rate', () => {
  const { exporter: x, sent } = exporter({ agent: { type: 2, bytes: new Uint8Array(16).fill(0xfd) }, flushMs: 20 })
  let packets = 0
  for (let ms = 0; ms < 5000; ms++) {
    x.advance(ms)
    for (let port = 1; port <= 3; port++) {
      x.source(0, port).pool += 100
      packets += 100
      if ((ms + port) % 2 === 0) x.add(flow(port, 60 + (ms % 60)))
    }
    if (ms % 1000 === 0) x.add(counters(1))
    if (ms % 70 === 0) x.add(discard(2))
  }
  x.flush()
  assert.ok(sent.every(({ bytes }) => bytes.length <= 1400))
  const [agents, ...others] = collected(sent)
  assert.equal(others.length, 0)
  const { datagrams, lost, late, duplicates, restarts, flow: flows, counters: counts, discard: discards } = agents!
  assert.deepEqual(
    { datagrams, lost, late, duplicates, restarts },
    {
      datagrams: x.datagrams,
      lost: 0,
      late: 0,
      duplicates: 0,
      restarts: 0,
    },
  )
  assert.deepEqual([flows.samples, flows.lost, flows.restarts], [7500, 0, 0])
  assert.deepEqual([counts.samples, counts.lost, discards.samples, discards.lost], [5, 0, 72, 0])
  assert.equal(packets, 1_500_000)
  assert.deepEqual([agents!.effective_rate, agents!.pool_measured], [200, true])
})

test('a reset source starts again, and a collector takes no difference across it', () => {
  const { exporter: x, sent } = exporter()
  for (let ms = 0; ms < 4000; ms += 10) {
    x.advance(ms)
    const source = x.source(0, 1)
    if (ms === 2000) source.reset()
    source.pool += 5000
    x.add(flow(1))
  }
  x.flush()
  const [summary] = collected(sent)
  const [source] = summary!.sources
  assert.deepEqual([summary!.restarts, source!.restarts, source!.lost, source!.effective_rate], [0, 1, 0, 5000])
})

test('encoding again what was exported gives the same bytes', () => {
  const { exporter: x, sent } = exporter({ largestIndex: 9 })
  x.advance(0)
  for (const sample of [flow(1, 61), counters(2), discard(3)]) x.add(sample)
  x.flush()
  assert.deepEqual(encodeDatagram(decoded(sent)[0]!), sent[0]!.bytes)
})
