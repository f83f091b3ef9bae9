import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { summarise } from '../../src/lib/agents/summary.ts'
import { HostAgent, type HostAgentOptions, type SampledPort } from '../../src/lib/host-agent/host-agent.ts'
import { THIS_HOST, UNKNOWN_INTERFACE } from '../../src/lib/kernel/tap/tap.ts'
import type { Datagram, FlowSample, Sample } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { dropped, tapped, udpFrame } from '../helpers/host-packets.ts'

const agent = { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) } as const
const port3: SampledPort = { interfaceIndex: 3, rate: 100, hasEthernet: true }

function hostAgent(options: Partial<HostAgentOptions> = {}): { host: HostAgent; sent: Uint8Array[] } {
  const sent: Uint8Array[] = []
  const host = new HostAgent({ agent, largestIndex: 9, ...options }, (bytes, length) =>
    sent.push(bytes.slice(0, length)),
  )
  host.advance(0)
  return { host, sent }
}

function decoded(sent: readonly Uint8Array[]): Datagram[] {
  return sent.map((bytes) => {
    const { datagram, issues } = decodeDatagram(bytes)
    assert.deepEqual(issues, [])
    return datagram!
  })
}

const samplesOf = (sent: readonly Uint8Array[]): Sample[] => decoded(sent).flatMap(({ samples }) => samples)

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('a flow sample, byte for byte', () => {
  const { host, sent } = hostAgent({ subAgent: 7 })
  host.addPort(port3)
  host.count(3, 4711, 2)
  host.advance(50)
  host.packet(tapped())
  host.flush()
  const want = [
    ...['00000005', '00000001', 'c0000209', '00000007', '00000001', '00000032', '00000001'],
    // Sequence 1, source 0:3, 1 in 100, pool 4711, drops 2, from 3 to 4, two records.
    ...['00000001', '0000007c', '00000001', '00000003', '00000064', '00001267', '00000002', '00000003', '00000004'],
    '00000002',
    // 1,514 bytes and four of FCS, which is stripped; 50 bytes of header.
    ...['00000001', '00000044', '00000001', '000005ee', '00000004', '00000032', hexOf(udpFrame), '0000'],
    // 1,700,000,000.123456789 s.
    ...['00000413', '00000008', '17979cfe', '3d85cd15'],
  ].join('')
  assert.deepEqual(sent.map(hexOf), [want])
})

const flowOf = (sample: Sample | undefined): FlowSample => {
  assert.equal(sample?.kind, 'flow')
  return sample as FlowSample
}

/** Fields of the record with this tag; undefined where the sample has none. */
const fieldsOf = (sample: Sample, tag: number): unknown => {
  assert.ok('records' in sample)
  const record = sample.records.find((x) => x.tag === tag)
  return record !== undefined && 'fields' in record ? record.fields : undefined
}

for (const { name, inputIndex, outputIndex, compact, expanded } of [
  { name: 'forwarded', inputIndex: 3, outputIndex: 4, compact: [3, 4], expanded: [3, 4] },
  { name: 'received', inputIndex: 3, outputIndex: THIS_HOST, compact: [3, 0x3fffffff], expanded: [3, 0xffffffff] },
  { name: 'sent', inputIndex: THIS_HOST, outputIndex: 3, compact: [0x3fffffff, 3], expanded: [0xffffffff, 3] },
  { name: 'to who knows where', inputIndex: 3, outputIndex: UNKNOWN_INTERFACE, compact: [3, 0], expanded: [3, 0] },
]) {
  test(`input and output of a packet that is ${name}`, () => {
    const ends = [9, 0x1000000].map((largestIndex) => {
      const { host, sent } = hostAgent({ largestIndex })
      host.addPort(port3)
      host.packet(tapped({ inputIndex, outputIndex }))
      host.flush()
      const { tag, input_format, input_value, output_format, output_value } = flowOf(samplesOf(sent)[0])
      assert.deepEqual([input_format, output_format], [0, 0])
      return [tag, input_value, output_value]
    })
    assert.deepEqual(ends, [
      [1, ...compact],
      [3, ...expanded],
    ])
  })
}

test('a tag that the card took off stands in the header again and in extended_switch, of the side that was seen', () => {
  for (const { direction, fields } of [
    {
      direction: 'ingress',
      fields: { src_vlan: 100, src_priority: 5, dst_vlan: 0xffffffff, dst_priority: 0xffffffff },
    },
    { direction: 'egress', fields: { src_vlan: 0xffffffff, src_priority: 0xffffffff, dst_vlan: 100, dst_priority: 5 } },
  ] as const) {
    const { host, sent } = hostAgent()
    host.addPort(port3)
    host.packet(tapped({ direction, vlanTag: 0xa064, vlanProtocol: 0x8100, frameBytes: 100 }))
    host.flush()
    const sample = flowOf(samplesOf(sent)[0])
    assert.deepEqual(fieldsOf(sample, 1001), fields)
    const header = Uint8Array.from([...udpFrame.subarray(0, 12), 0x81, 0x00, 0xa0, 0x64, ...udpFrame.subarray(12)])
    assert.deepEqual(fieldsOf(sample, 1), { protocol: 1, frame_length: 108, stripped: 4, header })
  }
})

test('the next hop is in extended_router', () => {
  for (const nextHop of [Uint8Array.of(10, 0, 0, 254), Uint8Array.from({ length: 16 }, (_, i) => i)]) {
    const { host, sent } = hostAgent()
    host.addPort(port3)
    host.packet(tapped({ nextHop }))
    host.flush()
    assert.deepEqual(fieldsOf(samplesOf(sent)[0]!, 1002), {
      nexthop: { type: nextHop.length === 4 ? 1 : 2, bytes: nextHop },
      src_mask_len: 0,
      dst_mask_len: 0,
    })
  }
})

test('packets without a link layer are IPv4 or IPv6 by their first bits, and have no FCS', () => {
  for (const { first, protocol } of [
    { first: 0x45, protocol: 11 },
    { first: 0x60, protocol: 12 },
  ]) {
    const { host, sent } = hostAgent()
    host.addPort({ ...port3, hasEthernet: false })
    const bytes = Uint8Array.of(0xff, first, 2, 3, 4, 5)
    host.packet(tapped({ bytes, offset: 1, length: 5, frameBytes: 1420 }))
    host.flush()
    const header = Uint8Array.of(first, 2, 3, 4, 5)
    assert.deepEqual(fieldsOf(samplesOf(sent)[0]!, 1), { protocol, frame_length: 1420, stripped: 0, header })
  }
})

test('a header is cut at 256 bytes, and what is no sample of ours is counted', () => {
  const { host, sent } = hostAgent()
  host.addPort(port3)
  host.packet(tapped({ bytes: new Uint8Array(2000).fill(9), length: 2000 }))
  host.packet(tapped({ interfaceIndex: 5 }))
  assert.equal(host.addPort({ ...port3, interfaceIndex: 0x1000000 }), false)
  host.flush()
  const { header } = fieldsOf(samplesOf(sent)[0]!, 1) as { header: Uint8Array }
  assert.equal(header.length, 256)
  assert.deepEqual(host.counts(), { datagrams: 1, flow: 1, counters: 0, discards: 0, leftOut: 1 })
})

test('where nothing counts packets, each sample and each lost one puts the rate into the pool', () => {
  const { host, sent } = hostAgent()
  const one = (): void => host.packet(tapped())
  host.addPort(port3)
  host.count(3, undefined, 0)
  one()
  one()
  host.count(3, undefined, 2)
  one()
  host.addPort({ ...port3, rate: 50 })
  host.count(3, undefined, 1)
  one()
  host.flush()
  assert.deepEqual(
    samplesOf(sent).map((x) => [flowOf(x).sample_pool, flowOf(x).drops]),
    [
      [100, 0],
      [200, 0],
      [500, 2],
      [600, 3],
    ],
  )
})

test('a tap that begins anew counts on; a port that is gone begins again', () => {
  const { host, sent } = hostAgent()
  const one = (): void => host.packet(tapped())
  host.addPort(port3)
  host.count(3, 1000, 1)
  one()
  host.addPort({ ...port3, rate: 50 })
  host.count(3, 10, 0)
  one()
  host.removePort(3)
  host.addPort(port3)
  host.count(3, 5, 0)
  one()
  host.flush()
  assert.deepEqual(
    samplesOf(sent).map((x) => {
      const { sequence_number, sampling_rate, sample_pool, drops } = flowOf(x)
      return [sequence_number, sampling_rate, sample_pool, drops]
    }),
    [
      [1, 100, 1000, 1],
      [2, 50, 1010, 1],
      [1, 100, 5, 0],
    ],
  )
})

test('a dropped packet, byte for byte', () => {
  const { host, sent } = hostAgent()
  host.countLostDrops(6)
  host.drop(dropped())
  host.flush()
  const want = [
    // Sequence 1, source 0:0, drops 6, in 3, out 0, port unreachable (3), four records.
    ...['00000005', '000000b4', '00000001', '00000000', '00000000', '00000006', '00000003', '00000000', '00000003'],
    '00000004',
    ...['00000001', '00000044', '00000001', '00000032', '00000000', '00000032', hexOf(udpFrame), '0000'],
    ...['0000040e', '00000018', '00000014', Buffer.from('__udp4_lib_rcv+0x4bc').toString('hex')],
    ...['00000412', '00000010', '00000009', Buffer.from('NO_SOCKET').toString('hex'), '000000'],
    ...['00000413', '00000008', '17979cfe', '3d85cd15'],
  ].join('')
  assert.equal(hexOf(sent[0]!).slice(56), want)
})

test('what is no drop is no sample', () => {
  const { host, sent } = hostAgent()
  host.drop(dropped({ reasonName: 'NOT_DROPPED_YET' }))
  host.flush()
  assert.deepEqual([sent.length, host.counts().discards], [0, 0])
})

test('a collector finds no gap, and the rate by the pool', () => {
  const { host, sent } = hostAgent()
  for (const interfaceIndex of [3, 4]) host.addPort({ ...port3, interfaceIndex })
  for (let i = 1; i <= 5000; i++) {
    host.advance(i)
    const interfaceIndex = i % 3 === 0 ? 4 : 3
    host.count(interfaceIndex, i * 100, 0)
    host.packet(tapped({ interfaceIndex }))
    if (i % 50 === 0) host.drop(dropped())
    if (i % 100 === 0) host.hostCounters([{ tag: 1005, name: 'port_name', fields: { name: 'host' } }])
  }
  host.flush()
  assert.ok(sent.every((bytes) => bytes.length <= 1400))
  const table = new AgentTable()
  const walker = new Walker((issue) => assert.fail(issue.problem))
  for (const [i, bytes] of sent.entries()) {
    assert.ok(walker.open(bytes, new DataView(bytes.buffer), 0, bytes.length))
    table.datagram(walker, i * 1000, 0)
    while (walker.nextSample()) table.sample(walker)
  }
  const [summary] = summarise(table)
  assert.deepEqual(
    {
      lost: summary!.lost,
      restarts: summary!.restarts,
      flow: [summary!.flow.samples, summary!.flow.lost],
      counters: [summary!.counters.samples, summary!.counters.lost],
      discard: [summary!.discard.samples, summary!.discard.lost],
    },
    { lost: 0, restarts: 0, flow: [5000, 0], counters: [50, 0], discard: [100, 0] },
  )
})
