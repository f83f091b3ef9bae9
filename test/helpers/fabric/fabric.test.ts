// The generator of fabrics: its truth against numbers done by hand, its captures against its truth, by src's decoder.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTopology } from '../../../src/lib/topo/read-topology.ts'
import { decoded, flowSamples, headerOf } from './decoded.ts'
import { generateFabric } from './fabric.ts'
import { roce } from './packet-bytes.ts'
import { dropsThreeForms, incast, labLike, lastHopMarks, trainingJobs } from './presets.ts'
import { fiveNumbers, ingressBps } from './summary.ts'
import type { Train } from './train.ts'

const presets = { labLike, trainingJobs, lastHopMarks, incast, dropsThreeForms }

for (const [name, preset] of Object.entries(presets)) {
  test(`${name}: decodes without an issue, numbers follow each other, rates are those that were asked for`, () => {
    const fabric = generateFabric(preset(3))
    const all = decoded(fabric)
    assert.ok(all.length > 100)
    assert.equal(fabric.pcap.length, 24 + all.length * 58 + fabric.datagrams.reduce((n, x) => n + x.bytes.length, 0))
    const sequences = new Map<string, number>()
    const next = (key: string, value: number) => {
      assert.equal(value, (sequences.get(key) ?? 0) + 1, key)
      sequences.set(key, value)
    }
    const last = new Map<string, { samples: number; pool: number }>()
    for (const { agent, sequence_number, samples } of all) {
      const from = agent.bytes.join('.')
      next(`datagram ${from}`, sequence_number)
      for (const sample of samples) {
        if (!('sequence_number' in sample)) assert.fail(sample.kind)
        next(`${sample.kind} ${from} ${sample.source_id_type}:${sample.source_id_index}`, sample.sequence_number)
        if (sample.kind !== 'flow') continue
        const known = last.get(`${from} ${sample.source_id_index}`)
        assert.ok(sample.sample_pool >= (known?.pool ?? 0))
        last.set(`${from} ${sample.source_id_index}`, { samples: sample.sequence_number, pool: sample.sample_pool })
      }
    }
    const { rate, egress = 'none' } = fabric.options
    for (const port of fabric.layout.ports) {
      const truth = fabric.truth.ports.get(fabric.layout.portText(port.id))!
      const both = egress === 'all' || (egress === 'edge' && !port.isCore)
      const sum = (a: Float64Array) => a.reduce((x, y) => x + y, 0)
      const packets = sum(truth.inPackets) + (both ? sum(truth.outPackets) : 0)
      const own = fabric.layout.switches[port.switchId]!
      const { samples, pool } = last.get(`${own.agent} ${port.ifIndex}`) ?? { samples: 0, pool: 0 }
      assert.ok(pool <= packets, `${pool} of ${packets}`)
      const sigma = Math.sqrt(packets / rate)
      assert.ok(Math.abs(samples - packets / rate) <= 4.5 * sigma + 1, `${samples} of ${packets / rate}`)
    }
    assert.equal(flowSamples(all).length, fabric.samples)
    const topology = readTopology(JSON.stringify(fabric.topology), name)
    assert.equal(topology.links.size, fabric.layout.options.leaves * fabric.layout.options.spines)
  })
}

test('the truth of a few packets, by hand', () => {
  const common = { start: 0.5, end: 2.5, src: 0, dst: 2, sourcePort: 50_000, destinationQp: 7, dscp: 26, ecn: 2 }
  const fabric = generateFabric({
    ...{ leaves: 2, spines: 1, hostsPerLeaf: 2, seconds: 3, rate: 1, poll: 0, egress: 'edge' },
    trains: (layout): Train[] => {
      const hops = layout.route(0, 2, 0)
      const pattern = [
        { shape: roce(0x06, 4096, { dma: 10_000 }), packets: 1 },
        { shape: roce(0x07, 4096), packets: 1 },
        { shape: roce(0x08, 1808), packets: 1 },
      ]
      return [
        // 12 packets: times 0.583, 0.75, ... 2.417; four messages.
        { ...common, hops, pattern, packets: 12, psn: 100, psnSpan: 12, mark: 2 },
        // 2 packets dropped by the spine, at 1.0 and 2.0.
        {
          ...{ ...common, hops, packets: 2, psn: 112, psnSpan: 2, pattern: [pattern[1]!] },
          drop: { hop: 1, reason: 258, side: 'ingress', form: 'mod' },
        },
        // 4 acknowledges back with codes 4 (4 credits), 31, 4, 31.
        {
          ...{ ...common, src: 2, dst: 0, hops: layout.route(2, 0, 0), packets: 4, psn: 0, psnSpan: 4 },
          pattern: [4, 31].map((code) => ({ shape: roce(0x11, 0, { syndrome: code }), packets: 1 })),
        },
      ]
    },
  })
  const { whole, perSecond, ports, drops } = fabric.truth
  // WRITE First 4174, Middle 4158, Last 1870; acknowledge 66.
  assert.equal(roce(0x06, 4096).octets, 14 + 20 + 8 + 12 + 16 + 4096 + 4 + 4)
  assert.equal(whole.packets, 18)
  assert.equal(whole.octets, 4 * (4174 + 4158 + 1870) + 2 * 4158 + 4 * 66)
  assert.deepEqual(
    [...whole.opcodes],
    [
      [0x06, 4],
      [0x07, 6],
      [0x08, 4],
      [0x11, 4],
    ],
  )
  assert.deepEqual(whole.reth, { packets: 4, bytes: 40_000 })
  assert.deepEqual(whole.credits, { counted: 2, sum: 8, min: 4, max: 4, without: 2 })
  assert.deepEqual(whole.ce, { received: 12, seenAtLastInput: 0, allInputs: 0 })
  assert.deepEqual([...whole.drops], [[258, 2]])
  assert.deepEqual(
    perSecond.map(({ packets, ce, drops: of }) => [packets, ce.received, of.get(258) ?? 0]),
    [
      [4, 3, 0],
      [9, 6, 1],
      [5, 3, 1],
    ],
  )
  assert.deepEqual([...ports.get('spine1 swp1')!.inPackets], [3, 7, 4])
  assert.deepEqual([...ports.get('spine1 swp2')!.outPackets], [3, 6, 3])
  assert.deepEqual([...ports.get('leaf2 swp1')!.outPackets], [3, 6, 3])
  assert.equal(ports.get('leaf1 swp1')!.outOctets[1], 2 * 66)
  assert.deepEqual(fabric.truth.psn.get('198.51.100.3 7'), { advance: 14, again: 0 })
  assert.deepEqual(drops, [
    {
      ...{ node: 'spine1', inPort: 'swp1', outPort: 'swp2', side: 'ingress', reason: 258, form: 'mod' },
      ...{ src: '198.51.100.1', dst: '198.51.100.3', packets: 2 },
    },
  ])
  assert.equal(ingressBps(fabric.truth, ['leaf1 swp1'], 0, 3)[0], ((whole.octets - 4 * 66) * 8) / 3)
  assert.deepEqual(fiveNumbers([4, 1, 2, 10]), [1, 1.75, 3, 5.5, 10])

  // Every packet is a sample where one in one is sampled: at each input, and where it leaves an edge port.
  const samples = flowSamples(decoded(fabric)).filter(({ sample }) => sample.source_id_index === 3)
  const ofHost = samples.filter(({ agent }) => agent === '192.0.2.2')
  const marks = ofHost.map(({ sample }) => {
    const { header } = headerOf(sample)
    return [sample.input_value, sample.output_value, header[15]! & 3, header[22], header[42]].join(' ')
  })
  // Leaves port 3 (swp1) with CE and TTL 61; the answers enter by it with TTL 64 and ECT(0).
  assert.equal(marks.filter((mark) => /^5 3 3 61 [678]$/.test(mark)).length, 12)
  assert.equal(marks.filter((mark) => mark === '3 5 2 64 17').length, 4)
  assert.equal(marks.length, 16)
})

test('labLike: each port samples both directions and names itself only', () => {
  const fabric = generateFabric(labLike(1))
  const seen = new Set(
    flowSamples(decoded(fabric)).map(({ agent, sample }) =>
      [agent, sample.source_id_index, sample.input_value, sample.output_value].join(' '),
    ),
  )
  const internal = 0x3fffffff
  assert.deepEqual([...seen].sort(), [
    `192.0.2.1 3 3 ${internal}`,
    `192.0.2.1 4 ${internal} 4`,
    `192.0.2.2 3 ${internal} 3`,
    `192.0.2.2 4 4 ${internal}`,
    `192.0.2.201 3 3 ${internal}`,
    `192.0.2.201 4 ${internal} 4`,
  ])
  const { opcodes, packets, reth, ce } = fabric.truth.whole
  assert.deepEqual(
    [0x06, 0x07, 0x11, 0x81].map((opcode) => opcodes.get(opcode)! / packets),
    [1 / 7, 4 / 7, 1 / 7, 1 / 7],
  )
  assert.equal(reth.bytes / reth.packets, 32_768)
  assert.equal(ce.allInputs, 3 * ce.received)
  assert.ok(Math.abs(ce.received / packets - 0.1) < 0.001)
})

test('what is sampled of packets that enter estimates what was counted: opcodes, octets, RETH', () => {
  const fabric = generateFabric(trainingJobs(5))
  const { rate } = fabric.options
  const { whole } = fabric.truth
  const edge = new Set(
    fabric.layout.ports
      .filter((port) => !port.isCore)
      .map((port) => `${fabric.layout.switches[port.switchId]!.agent} ${port.ifIndex}`),
  )
  const counted = new Map<number, number>()
  let octets = 0
  let packets = 0
  let lengths = 0
  let reths = 0
  for (const { agent, sample } of flowSamples(decoded(fabric))) {
    if (!edge.has(`${agent} ${sample.source_id_index}`)) continue
    const { header, frame_length } = headerOf(sample)
    packets++
    octets += frame_length
    if (header[12] !== 8 || header[13] !== 0 || header[23] !== 17) continue
    const opcode = header[42]!
    counted.set(opcode, (counted.get(opcode) ?? 0) + 1)
    if (opcode !== 0x06 && opcode !== 0x0c) continue
    reths++
    lengths += new DataView(header.buffer, header.byteOffset).getUint32(66)
  }
  const near = (samples: number, truth: number, what: string) => {
    const sigma = Math.sqrt(truth / rate)
    assert.ok(Math.abs(samples - truth / rate) < 4.5 * sigma, `${what}: ${samples} for ${truth / rate}`)
  }
  near(packets, whole.packets, 'packets')
  assert.ok(Math.abs((octets * rate) / whole.octets - 1) < 0.05)
  near(reths, whole.reth.packets, 'RETH')
  assert.ok(Math.abs(lengths / reths / (whole.reth.bytes / whole.reth.packets) - 1) < 0.5)
  for (const [opcode, truth] of whole.opcodes) near(counted.get(opcode) ?? 0, truth, `opcode ${opcode}`)
})

test('drops: each told once, or counted where the limit was reached', () => {
  const fabric = generateFabric(dropsThreeForms(2))
  const told = new Map<string, number>()
  const untold = new Map<string, number>()
  for (const { agent, samples } of decoded(fabric)) {
    for (const sample of samples) {
      if (sample.kind !== 'discard') continue
      const key = `${agent.bytes.join('.')} ${sample.reason} in ${sample.inputifindex} out ${sample.outputifindex}`
      const records = sample.records.map(({ tag }) => tag).join()
      told.set(`${key}: ${records}`, (told.get(`${key}: ${records}`) ?? 0) + 1)
      untold.set(`${agent.bytes.join('.')} ${sample.source_id_index}`, sample.drops)
    }
  }
  assert.deepEqual([...told].sort(), [
    ['192.0.2.1 258 in 4 out 0: 1,1037,1043', 250],
    ['192.0.2.2 0 in 4 out 0: 1,1038,1042,1043', 25],
    ['192.0.2.2 256 in 4711 out 0: 1,1038,1042,1043', 30],
    ['192.0.2.2 258 in 3 out 0: 1,1038,1042,1043', 40],
    ['192.0.2.202 269 in 3 out 0: 1,1041,1043', 60],
    ['192.0.2.3 259 in 6 out 4: 1,1036,1043', 600],
  ])
  // 500 a second are dropped, 100 told: after the last one told 400 more were not.
  assert.equal(untold.get('192.0.2.3 6'), 2000)
  assert.deepEqual(
    fabric.notifications.map(({ told: n, limited }) => [n, limited]),
    [
      [250, 0],
      [95, 0],
      [600, 2400],
      [0, 0],
      [60, 0],
    ],
  )
})

test('the same seed gives the same bytes, another one others', () => {
  const bytes = (seed: number) => Buffer.from(generateFabric(labLike(seed)).pcap)
  assert.ok(bytes(7).equals(bytes(7)))
  assert.ok(!bytes(7).equals(bytes(8)))
})
