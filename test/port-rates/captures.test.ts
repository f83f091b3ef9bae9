// Real captures against sums that are made here from decoded objects, without the engine, the agents' table or the lean reader.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { DecodedRecord } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { sharedPath } from '../helpers/shared.ts'
import { Watch } from './watch.ts'

interface Counted {
  readonly time: number
  /** Number of the sample in the file: a datagram has several at one time. */
  readonly serial: number
  readonly uptime: number
  readonly fields: Readonly<Record<string, number | bigint>>
}
interface Sampled {
  readonly serial: number
  readonly bytes: number
}

interface Port {
  readonly counted: Counted[]
  /** Samples of the port itself, in and out, times their rate. */
  readonly in: Sampled[]
  readonly out: Sampled[]
}

/** All that a capture tells of each port, `AGENT IFINDEX` → ; agents in hex. */
async function readPorts(path: string): Promise<Map<string, Port>> {
  const ports = new Map<string, Port>()
  let serial = 0
  const source = await openCapture(path)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      const { datagram } = decodeDatagram(batch.bytes.slice(at, at + batch.length[i]!))
      if (datagram === undefined) continue
      const time = batch.sec[i]! + batch.nsec[i]! / 1e9
      const port = (ifIndex: number): Port => {
        const key = `${Buffer.from(datagram.agent.bytes).toString('hex')} ${ifIndex}`
        const known = ports.get(key) ?? { counted: [], in: [], out: [] }
        ports.set(key, known)
        return known
      }
      for (const sample of datagram.samples) {
        serial++
        if (sample.kind === 'counters') {
          const fields = fieldsOf(sample.records, 1)
          if (fields) port(sample.source_id_index).counted.push({ time, serial, uptime: datagram.uptime, fields })
        } else if (sample.kind === 'flow') {
          const fields = fieldsOf(sample.records, 1)
          if (!fields) continue
          const bytes = Number(fields.frame_length) * sample.sampling_rate
          const { source_id_type: type, source_id_index: index, input_value: input, output_value: output } = sample
          if (type === 0 && index === input) port(input).in.push({ serial, bytes })
          else if (type === 0 && index === output) port(output).out.push({ serial, bytes })
          else if (type === 2) port(input).in.push({ serial, bytes })
        }
      }
    }
  }
  await source.close()
  return ports
}

function fieldsOf(records: readonly DecodedRecord[], tag: number): Counted['fields'] | undefined {
  const found = records.find((one) => one.tag === tag && 'fields' in one)
  return found && 'fields' in found ? (found.fields as Counted['fields']) : undefined
}

const files: readonly (readonly [string, number])[] = [
  ['captures/agents/lab-rocev2.pcap', 10],
  ['captures/agents/ovs.pcap', 5],
  ['captures/agents/drops-dropmon-1.pcap', 2],
  ['captures/sflow/overflowd-1-600.pcap', 52],
  ['captures/sflow/tcpdump-sflow-print-v6.pcap', 15],
  ['captures/sflow/tcpdump-multiple-counter-30-pdus.pcap', 48],
]

for (const [file, withCounters] of files) {
  const path = sharedPath(file)
  describe(file, { skip: path === undefined ? 'no ../shared' : false }, () => {
    test('octets, packets, errors, seconds and samples of every port', async () => {
      const [window, ...others] = await new Watch().capture(path!)
      assert.equal(others.length, 0)
      const rows = new Map(window!.rows.map((row) => [`${hexOf(row.agent)} ${row.ifIndex}`, row]))
      let compared = 0
      for (const [key, { counted, in: received, out: sent }] of await readPorts(path!)) {
        const row = rows.get(key)
        assert.ok(row, key)
        if (counted.length < 2) continue
        const first = counted[0]!
        const last = counted.at(-1)!
        // No restart in any of these files.
        assert.ok(counted.every((one, i) => i === 0 || one.uptime >= counted[i - 1]!.uptime))
        const grown = (name: string): number => Number(last.fields[name]!) - Number(first.fields[name]!)
        assert.equal(row.in.bytes, grown('ifInOctets'), key)
        assert.equal(row.out.bytes, grown('ifOutOctets'), key)
        assert.equal(row.in.errors, grown('ifInErrors'), key)
        assert.equal(row.out.discards, grown('ifOutDiscards'), key)
        assert.equal(row.in.packets, packets('In', grown, first), key)
        assert.equal(row.out.packets, packets('Out', grown, first), key)
        assert.ok(Math.abs(row.seconds! - (last.time - first.time)) < 1e-6, key)
        const inside = (one: Sampled): boolean => one.serial > first.serial && one.serial <= last.serial
        const sum = (list: readonly Sampled[]): number => list.filter(inside).reduce((all, one) => all + one.bytes, 0)
        // By the rate that samples say; where the pool measures, by how far it is from that, which each interval knows for itself.
        const scale = row.effectiveRate === null ? 1 : row.effectiveRate / row.samplingRate!
        const exact = scale === 1 ? 1e-6 : 0.02
        for (const [side, list] of [
          [row.in, received],
          [row.out, sent],
        ] as const) {
          if (side.sampledBy !== 'own') continue
          const found = (side.sampledBitsPerSecond! * row.seconds!) / 8
          const expected = sum(list) * scale
          assert.ok(Math.abs(found - expected) <= exact * expected, `${key}: ${found}, expected ${expected}`)
        }
        compared++
      }
      assert.equal(compared, withCounters)
    })
  })
}

function packets(side: string, grown: (name: string) => number, first: Counted): number {
  const kinds = ['Ucast', 'Multicast', 'Broadcast'].map((kind) => `if${side}${kind}Pkts`)
  return kinds.filter((name) => first.fields[name] !== 0xffffffff).reduce((sum, name) => sum + grown(name), 0)
}

/** `c0a80101` of `192.168.1.1`; of IPv6 only what these files have. */
function hexOf(agent: string): string {
  if (agent === '30::1:1:1') return '00300000000000000000000100010001'
  return Buffer.from(agent.split('.').map(Number)).toString('hex')
}

const lab = sharedPath('captures/agents/lab-rocev2.pcap')
test('lab-rocev2: ports as they were configured, the job on its path, sampling rates true', {
  skip: !lab,
}, async () => {
  const topology = readTopology(
    readFileSync(sharedPath('captures/agents/lab-rocev2.topology.json')!, 'utf8'),
    'lab-rocev2.topology.json',
  )
  const [window] = await new Watch({ topology }).capture(lab!)
  assert.deepEqual(
    window!.rows.map((row) => `${row.node} ${row.port} ${row.ifIndex} ${row.link ?? row.place}`),
    [
      'leaf1 eth1 11 link1',
      'leaf1 eth2 12 link2',
      'leaf1 eth3 13 edge',
      'leaf2 eth1 21 link3',
      'leaf2 eth2 22 link4',
      'leaf2 eth3 23 edge',
      'spine1 eth1 31 link1',
      'spine1 eth2 32 link3',
      'spine2 eth1 41 link2',
      'spine2 eth2 42 link4',
    ],
  )
  // 640,192 packets of the job, and the little that routing needs.
  const onPath = window!.rows.filter((row) => Math.max(row.in.packets!, row.out.packets!) > 1000)
  assert.deepEqual(
    onPath.map((row) => row.ifIndex),
    [11, 13, 21, 23, 31, 32],
  )
  for (const row of onPath) {
    const most = Math.max(row.in.packets!, row.out.packets!)
    assert.ok(most >= 640_192 * 0.9 && most < 640_192 + 200, `${row.id}: ${most}`)
    assert.ok(row.ratio!.low < 1.01 && row.ratio!.high > 0.99 && !row.ratio!.off, row.id)
  }
  assert.ok(window!.rows.every((row) => row.ratio?.off !== true))
})
