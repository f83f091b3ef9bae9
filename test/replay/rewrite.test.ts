import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import type { RewriteOptions } from '../../src/lib/replay/options.ts'
import { Rewriter } from '../../src/lib/replay/rewrite.ts'
import { Timeline } from '../../src/lib/replay/timeline.ts'
import type { Datagram, Sample } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Random } from '../bench/random.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { sharedPath } from '../helpers/shared.ts'
import { assertOneLife, collect, type Recorded, recordedDatagrams, viewOf } from './feed.ts'

const nothing: RewriteOptions = { mapAgents: [], subAgent: undefined, restartSequence: false, shiftUptime: false }
const living: RewriteOptions = { ...nothing, restartSequence: true, shiftUptime: true }
const v4 = (d: number): [number, number, number, number] => [0, 0, 0xffff, d]
const v6 = (d: number): [number, number, number, number] => [0x20010db8, 0, 0, d]

/** The datagrams of so many loops, rewritten, with the time that the timeline gives them. */
function rewritten(datagrams: readonly Recorded[], options: RewriteOptions, loops = 1): Recorded[] {
  const rewriter = new Rewriter(options)
  const timeline = new Timeline(1, undefined)
  const out: Recorded[] = []
  for (let loop = 0; loop < loops; loop++) {
    for (const { bytes, sec, nsec } of datagrams) {
      timeline.next(sec, nsec)
      // Not at offset 0: every offset must be taken from the datagram's start.
      const padded = new Uint8Array(bytes.length + 12)
      padded.set(bytes, 5)
      const { captureMs } = timeline
      const length = rewriter.rewrite(padded, viewOf(padded), 5, bytes.length, captureMs, loop)
      out.push({ bytes: rewriter.bytes.slice(0, length), sec: Math.floor(captureMs / 1000), nsec: 0 })
    }
    timeline.endLoop()
  }
  return out
}

const opaque: Sample = { kind: 'opaque', tag: 4242, name: '', bytes: Uint8Array.of(1, 2, 3, 4) }

const datagramOf = (more: Partial<Datagram> = {}): Datagram => ({
  agent: { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) },
  sub_agent_id: 6,
  sequence_number: 70,
  uptime: 1000,
  samples: [opaque],
  ...more,
})

const at = (datagram: Datagram, sec = 0, nsec = 0): Recorded => ({ bytes: encodeDatagram(datagram), sec, nsec })
const v6agent = { type: 2, bytes: Buffer.from('20010db8000000000000000000000007', 'hex') } as const

test('the agent address and sub-agent are replaced, across families too, and nothing else', () => {
  const cases = [
    [datagramOf(), v4(0xc0000209), v4(0x0a000001), { type: 1, bytes: Uint8Array.of(10, 0, 0, 1) }],
    [datagramOf(), v4(0xc0000209), v6(7), v6agent],
    [datagramOf({ agent: v6agent }), v6(7), v4(0x0a000001), { type: 1, bytes: Uint8Array.of(10, 0, 0, 1) }],
    [
      datagramOf({ agent: v6agent }),
      v6(7),
      v6(0x107),
      { type: 2, bytes: Buffer.from('20010db8000000000000000000000107', 'hex') },
    ],
    [datagramOf(), v4(0xc000020a), v4(0x0a000001), datagramOf().agent],
  ] as const
  for (const [from, old, to, agent] of cases) {
    const [out] = rewritten([at(from)], { ...nothing, mapAgents: [{ from: old, to }], subAgent: 12 })
    assert.deepEqual(Buffer.from(out!.bytes), Buffer.from(encodeDatagram({ ...from, agent, sub_agent_id: 12 })))
  }
})

test('each mapping counts its datagrams', () => {
  const mapAgents = [
    { from: v4(0xc0000209), to: v6(1) },
    { from: v4(1), to: v6(2) },
  ]
  const rewriter = new Rewriter({ ...nothing, mapAgents })
  const bytes = encodeDatagram(datagramOf())
  for (let i = 0; i < 3; i++) rewriter.rewrite(bytes, viewOf(bytes), 0, bytes.length, 0, 0)
  assert.deepEqual(rewriter.mapped, [3, 0])
})

test('what is no sFlow version 5, or cut, stays as it is', () => {
  const whole = encodeDatagram(datagramOf())
  for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), whole.subarray(0, 20), new Uint8Array(60).fill(9)]) {
    const [out] = rewritten([{ bytes, sec: 0, nsec: 0 }], {
      ...living,
      subAgent: 3,
      mapAgents: [{ from: v4(0xc0000209), to: v6(1) }],
    })
    assert.deepEqual(Buffer.from(out!.bytes), Buffer.from(bytes))
  }
})

const flow = (sequence_number: number, sample_pool: number, drops = 0): Sample => ({
  kind: 'flow',
  tag: sequence_number % 2 === 0 ? 1 : 3,
  name: '',
  sequence_number,
  source_id_type: 0,
  source_id_index: 4,
  sampling_rate: 100,
  sample_pool,
  drops,
  input_format: 0,
  input_value: 4,
  output_format: 0,
  output_value: 5,
  records: [],
})

const numbersOf = (recorded: readonly Recorded[]) =>
  recorded.flatMap(({ bytes }) => {
    const { datagram, issues } = decodeDatagram(bytes)
    assert.deepEqual(issues, [])
    return datagram!.samples.map((s) =>
      s.kind === 'flow' ? [datagram!.sequence_number, datagram!.uptime, s.sequence_number, s.sample_pool, s.drops] : [],
    )
  })

test('numbers of three loops, one by one', () => {
  const capture = [
    at(datagramOf({ sequence_number: 70, uptime: 1000, samples: [flow(500, 50_000, 3)] }), 10),
    at(datagramOf({ sequence_number: 71, uptime: 3000, samples: [flow(501, 50_130, 3)] }), 12),
    // One lost: its packets and drops are in the pool of the next.
    at(datagramOf({ sequence_number: 73, uptime: 7000, samples: [flow(503, 50_400, 5)] }), 16),
  ]
  assert.deepEqual(numbersOf(rewritten(capture, living, 3)), [
    [1, 1000, 1, 50_000, 3],
    [2, 3000, 2, 50_130, 3],
    [3, 7000, 3, 50_400, 5],
    // Between two loops: the mean interval of 3 s; the pool grows by one sampling rate.
    [4, 10_000, 4, 50_500, 5],
    [5, 12_000, 5, 50_630, 5],
    [6, 16_000, 6, 50_900, 7],
    [7, 19_000, 7, 51_000, 7],
    [8, 21_000, 8, 51_130, 7],
    [9, 25_000, 9, 51_400, 9],
  ])
})

test('a late datagram and a restart of the agent are in order too', () => {
  const capture = [
    at(datagramOf({ sequence_number: 0xffffffff, uptime: 100_000, samples: [flow(0xfffffffe, 0xfffffff0)] }), 100),
    at(datagramOf({ sequence_number: 1, uptime: 102_000, samples: [flow(0, 0xf0)] }), 102),
    at(datagramOf({ sequence_number: 0, uptime: 101_000, samples: [flow(0xffffffff, 0x70)] }), 102),
    at(datagramOf({ sequence_number: 1, uptime: 500, samples: [flow(1, 60)] }), 110),
    at(datagramOf({ sequence_number: 2, uptime: 1500, samples: [flow(2, 150)] }), 111),
  ]
  assert.deepEqual(numbersOf(rewritten(capture, living)), [
    [1, 100_000, 1, 0xfffffff0, 0],
    [2, 102_000, 2, 0xf0, 0],
    [3, 102_000, 3, 0xf0, 0],
    [4, 110_000, 4, 0xf0 + 100, 0],
    [5, 111_000, 5, 0xf0 + 190, 0],
  ])
})

test('a pool that never moves stays', () => {
  const capture = [1, 2, 3].map((n) => at(datagramOf({ sequence_number: n, uptime: n, samples: [flow(n, 0)] }), n))
  assert.ok(numbersOf(rewritten(capture, living, 3)).every(([, , , pool]) => pool === 0))
})

test('each of the two switches alone', () => {
  const capture = [at(datagramOf({ samples: [flow(7, 9)] }))]
  assert.deepEqual(numbersOf(rewritten(capture, { ...nothing, restartSequence: true }, 2)), [
    [1, 1000, 1, 9, 0],
    [2, 1000, 2, 9, 0],
  ])
  assert.deepEqual(numbersOf(rewritten(capture, { ...nothing, shiftUptime: true }, 2)), [
    [70, 1000, 7, 9, 0],
    [70, 2000, 7, 9, 0],
  ])
})

const counters = (sequence_number: number, ifInOctets: bigint, ifInUcastPkts: number): Sample => {
  const body = new DataView(new ArrayBuffer(88))
  body.setUint32(0, 4)
  body.setBigUint64(8, 1_000_000_000n) // ifSpeed: a state
  body.setBigUint64(24, ifInOctets)
  body.setUint32(32, ifInUcastPkts)
  body.setBigUint64(56, 0xffffffffffffffffn) // ifOutOctets: not known
  const records = [{ tag: 1, bytes: new Uint8Array(body.buffer) }]
  return { kind: 'counters', tag: 2, name: '', sequence_number, source_id_type: 0, source_id_index: 4, records }
}

test('counters of interfaces go on where the last loop ended; states and unknown ones stay', () => {
  const capture = [
    at(datagramOf({ sequence_number: 1, uptime: 1000, samples: [counters(3, 0x1_0000_0000n, 0xfffffffe)] }), 1),
    at(datagramOf({ sequence_number: 2, uptime: 2000, samples: [counters(4, 0x1_0000_0064n, 8)] }), 2),
  ]
  const found = rewritten(capture, living, 2).map(({ bytes }) => {
    const [sample] = decodeDatagram(bytes).datagram!.samples
    const [record] = sample!.kind === 'counters' ? sample!.records : []
    const fields = record && 'fields' in record ? record.fields : {}
    return [fields.ifSpeed, fields.ifInOctets, fields.ifInUcastPkts, fields.ifOutOctets]
  })
  const unknown = 0xffffffffffffffffn
  assert.deepEqual(found, [
    [1_000_000_000n, 0x1_0000_0000n, 0xfffffffe, unknown],
    [1_000_000_000n, 0x1_0000_0064n, 8, unknown],
    [1_000_000_000n, 0x1_0000_0064n, 8, unknown],
    [1_000_000_000n, 0x1_0000_00c8n, 18, unknown],
  ])
})

function captures(): string[] {
  const own = join(repositoryRoot, 'fixtures')
  const paths = readdirSync(own)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(own, name))
  for (const name of ['captures/sflow', 'captures/agents']) {
    const folder = sharedPath(name)
    for (const file of folder === undefined ? [] : readdirSync(folder)) {
      if (/\.pcap(ng)?$/.test(file)) paths.push(join(folder!, file))
    }
  }
  return paths.sort()
}

/** Everything of a datagram that rewriting leaves alone. */
function withoutNumbers(bytes: Uint8Array): unknown {
  const { datagram, issues } = decodeDatagram(bytes)
  const samples = datagram?.samples.map((sample) => {
    if (sample.kind === 'text' || sample.kind === 'opaque') return sample
    const plain = { ...sample, sequence_number: 0, sample_pool: 0, drops: 0 }
    const continued = [1, 2, 11, 2006]
    if (sample.kind === 'counters') plain.records = sample.records.filter(({ tag }) => !continued.includes(tag))
    return plain
  })
  return { ...datagram, sequence_number: 0, uptime: 0, samples, issues }
}

test('three loops of any capture look like agents that live on: no restart, no loss', async (t) => {
  let datagrams = 0
  for (const path of captures()) {
    const capture = await recordedDatagrams(path)
    const loops = rewritten(capture, living, 3)
    const agents = collect(loops)
    if (agents.length === 0) {
      t.diagnostic(`${basename(path)}: no datagram of version 5`)
      continue
    }
    assertOneLife(agents, basename(path))
    datagrams += loops.length
    for (const [i, { bytes }] of capture.entries()) {
      assert.deepEqual(withoutNumbers(loops[i]!.bytes), withoutNumbers(bytes), basename(path))
    }
  }
  t.diagnostic(`${datagrams} datagrams`)
  assert.ok(datagrams > 100)
})

test('damaged datagrams do not throw, and stay as long as they are', async () => {
  const capture = (await recordedDatagrams(join(repositoryRoot, 'fixtures/records-all-counter.pcap'))).slice(0, 20)
  const random = new Random(11)
  const rewriter = new Rewriter(living)
  for (let round = 0; round < 2000; round++) {
    const bytes = capture[random.below(capture.length)]!.bytes.slice()
    for (let n = random.below(8); n >= 0; n--) bytes[random.below(bytes.length)] = random.below(256)
    const length = random.below(2) === 0 ? bytes.length : random.below(bytes.length)
    assert.equal(rewriter.rewrite(bytes, viewOf(bytes), 0, length, round, 0), length)
  }
})

test('the effective rate of three loops is that of one', async (t) => {
  const path = sharedPath('captures/agents/lab-rocev2.pcap')
  if (path === undefined) return t.skip('../shared/captures/agents is not there')
  const capture = await recordedDatagrams(path)
  const once = collect(capture)
  const thrice = new Map(collect(rewritten(capture, living, 3)).map((x) => [`${x.agent} ${x.sub_agent}`, x]))
  for (const { agent, sub_agent, effective_rate } of once) {
    const after = thrice.get(`${agent} ${sub_agent}`)!.effective_rate
    if (effective_rate === null) continue
    assert.ok(Math.abs(after! - effective_rate) < effective_rate * 0.02, `${agent}: ${effective_rate}, then ${after}`)
  }
})
