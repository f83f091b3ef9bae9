import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SampledCapture } from '../../src/lib/replay/sampled-capture.ts'
import type { FlowSample } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { openFrames } from '../../src/lib/source/open.ts'
import { Random } from '../bench/random.ts'
import { ethernet, ipv4, join, pcap, type TestPacket, udp, word } from '../helpers/capture-bytes.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { assertOneLife, collect } from './feed.ts'

const v4 = [0, 0, 0xffff, 0xc0000201] as const

interface Sampled {
  readonly datagrams: { bytes: Uint8Array; sec: number; nsec: number }[]
  readonly capture: SampledCapture
}

async function sampled(file: Uint8Array, rate: number, seed = 1, more: object = {}): Promise<Sampled> {
  const reader = await openFrames(temporaryFile(file))
  const capture = new SampledCapture(reader, { rate, seed, agent: v4, subAgent: 0, ifIndex: 1, ...more })
  const datagrams: Sampled['datagrams'] = []
  for await (const batch of capture.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      const bytes = batch.bytes.slice(at, at + batch.length[i]!)
      datagrams.push({ bytes, sec: batch.sec[i]!, nsec: batch.nsec[i]! })
    }
  }
  await capture.close()
  return { datagrams, capture }
}

function flowsOf({ datagrams }: Sampled): FlowSample[] {
  return datagrams.flatMap(({ bytes }) => {
    const { datagram, issues } = decodeDatagram(bytes)
    assert.deepEqual(issues, [])
    assert.ok(bytes.length <= 1400)
    return datagram!.samples.map((sample) => sample as FlowSample)
  })
}

const fieldsOf = (sample: FlowSample) => {
  const [record, ...others] = sample.records
  assert.equal(others.length, 0)
  assert.ok(record && 'fields' in record)
  return record.fields as { protocol: number; frame_length: number; stripped: number; header: Uint8Array }
}

/** Packet `n`, a millisecond after the one before; its number is its first payload word. */
function packets(count: number): TestPacket[] {
  const random = new Random(5)
  return Array.from({ length: count }, (_, n) => {
    const payload = join(word(n, 4), new Uint8Array(random.below(300)))
    return {
      frame: ethernet(0x0800, ipv4(udp(payload, 4791))),
      sec: 1_700_000_000 + Math.floor(n / 1000),
      fraction: (n % 1000) * 1000,
    }
  })
}

const numberOf = (header: Uint8Array) => Buffer.from(header).readUInt32BE(42)

test('1 in 50 of 40,000 packets: as many as a binomial gives, a true pool, the packets themselves', async () => {
  const all = packets(40_000)
  const run = await sampled(pcap(all), 50)
  const flows = flowsOf(run)
  const deviation = Math.sqrt(40_000 * 0.02 * 0.98)
  assert.ok(Math.abs(flows.length - 800) < 4 * deviation, `${flows.length} samples`)
  assert.equal(run.capture.samples, flows.length)
  assert.equal(run.capture.pool, 40_000)
  for (const [i, sample] of flows.entries()) {
    const { protocol, frame_length, stripped, header } = fieldsOf(sample)
    const n = numberOf(header)
    const frame = join(all[n]!.frame)
    // The pool counts this packet and all before it.
    assert.deepEqual([sample.tag, sample.sequence_number, sample.sample_pool, sample.drops], [3, i + 1, n + 1, 0])
    assert.deepEqual([sample.source_id_type, sample.source_id_index, sample.sampling_rate], [0, 1, 50])
    assert.deepEqual([sample.input_value, sample.output_value], [1, 0])
    assert.deepEqual([protocol, frame_length, stripped], [1, frame.length + 4, 4])
    assert.deepEqual(Buffer.from(header), Buffer.from(frame.subarray(0, 128)))
  }
})

test('a collector finds one agent without loss, and its rate', async () => {
  const { datagrams } = await sampled(pcap(packets(20_000)), 20)
  const agents = collect(datagrams)
  assertOneLife(agents, 'sampled')
  assert.deepEqual([agents.length, agents[0]!.agent, agents[0]!.pool_measured], [1, '192.0.2.1', true])
  assert.ok(Math.abs(agents[0]!.effective_rate! - 20) < 3, String(agents[0]!.effective_rate))
})

test('a datagram is sent at most 100 ms after its first packet, in order of time', async () => {
  const run = await sampled(pcap(packets(20_000)), 200)
  let last = 0
  for (const { bytes, sec, nsec } of run.datagrams) {
    const at = (sec - 1_700_000_000) * 1000 + nsec / 1e6
    const { datagram } = decodeDatagram(bytes)
    const first = numberOf(fieldsOf(datagram!.samples[0] as FlowSample).header)
    const newest = numberOf(fieldsOf(datagram!.samples.at(-1) as FlowSample).header)
    assert.ok(at >= last && at >= newest && at <= first + 100, `packets ${first} to ${newest} ms at ${at} ms`)
    assert.equal(datagram!.uptime, Math.floor(at))
    last = at
  }
})

test('the same seed samples the same, another one something else', async () => {
  const file = pcap(packets(3000))
  const [a, b, c] = await Promise.all([sampled(file, 10, 3), sampled(file, 10, 3), sampled(file, 10, 4)])
  assert.deepEqual(a!.datagrams, b!.datagrams)
  assert.notDeepEqual(a!.datagrams, c!.datagrams)
})

test('every packet, of a cooked capture of two interfaces', async () => {
  const cooked = (index: number, type: string) =>
    join('0800 0000', word(index, 4), '0001', type, '06 020000000001 0000', ipv4(udp('01020304')))
  const frames = [cooked(3, '00'), cooked(70_000_000, '04'), cooked(3, '04'), join('0806 0000 0000')]
  const file = pcap(
    frames.map((frame, i) => ({ frame, sec: 5 + i })),
    { linkType: 276 },
  )
  const run = await sampled(file, 1, 1, { agent: [0x20010db8, 0, 0, 5], subAgent: 9 })
  const { datagram } = decodeDatagram(run.datagrams[0]!.bytes)
  assert.deepEqual([datagram!.agent.type, datagram!.sub_agent_id], [2, 9])
  assert.deepEqual(
    flowsOf(run).map((s) => [s.source_id_index, s.sequence_number, s.sample_pool, s.input_value, s.output_value]),
    [
      [3, 1, 1, 3, 0x3fffffff],
      [70_000_000, 1, 1, 0x3fffffff, 70_000_000],
      [3, 2, 2, 0x3fffffff, 3],
    ],
  )
  assert.equal(run.capture.pool, 3)
})

test('a snaplen leaves frame_length as it was', async () => {
  const frame = join(ethernet(0x0800, ipv4(udp('01020304'))))
  const flows = flowsOf(await sampled(pcap([{ frame, original: 9000 }]), 1))
  assert.deepEqual([fieldsOf(flows[0]!).frame_length, fieldsOf(flows[0]!).header.length], [9004, frame.length])
})

test('a capture that has no packet to sample says so', async () => {
  const file = pcap([{ frame: '0102' }, { frame: '0102' }], { linkType: 220 })
  await assert.rejects(
    sampled(file, 1),
    /^InputError: None of 2 packets in .* can be sampled \(link type 220 \(USB\): 2\)\.$/,
  )
})

test('no sample of few packets is no error', async () => {
  const run = await sampled(pcap(packets(3)), 1_000_000)
  assert.deepEqual([run.datagrams.length, run.capture.pool, run.capture.samples], [0, 3, 0])
})
