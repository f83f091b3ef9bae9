// The packets that test/helpers/fabric makes, as tshark reads them: that they are RoCEv2, and say what their train says. Nothing
// of src takes part. Skipped with a printed line where tshark is absent.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { pcap, type TestPacket } from '../helpers/capture-bytes.ts'
import { generateFabric } from '../helpers/fabric/fabric.ts'
import { PacketWriter } from '../helpers/fabric/packet-bytes.ts'
import { dropsThreeForms, incast, labLike, trainingJobs } from '../helpers/fabric/presets.ts'
import { isMarked, isTrimmed, octetsAfter, psnOf, shapeOf } from '../helpers/fabric/train.ts'
import { temporaryFile } from '../helpers/read-captures.ts'

const FIELDS = [
  ...['frame.len', 'ip.src', 'ip.dst', 'ip.len', 'ip.ttl', 'ip.dsfield.dscp', 'ip.dsfield.ecn', 'ip.checksum.status'],
  ...['udp.dstport', 'infiniband.bth.opcode', 'infiniband.bth.destqp', 'infiniband.bth.psn', 'infiniband.reth.dmalen'],
  ...['infiniband.aeth.syndrome', 'ipv6.src', 'tcp.dstport', 'arp.opcode'],
]

/** A row a packet; undefined where there is no tshark. */
function rowsOf(path: string): string[] | undefined {
  const wanted = FIELDS.flatMap((field) => ['-e', field])
  const { error, stdout } = spawnSync(
    'tshark',
    ['-r', path, '-o', 'ip.check_checksum:TRUE', '-T', 'fields', '-E', 'occurrence=f', ...wanted],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  return error === undefined ? stdout.replace(/\n$/, '').split('\n') : undefined
}

for (const [name, preset] of Object.entries({ labLike, trainingJobs, incast, dropsThreeForms })) {
  test(`${name}: tshark reads each packet as its train says, before and behind every switch`, (t) => {
    const { layout, trains } = generateFabric({ ...preset(1), poll: 0 })
    const writer = new PacketWriter(layout)
    const packets: TestPacket[] = []
    const expected: string[] = []
    for (const train of trains.slice(0, 400)) {
      for (const k of new Set([0, 1, Math.floor(train.packets / 2), train.packets - 1])) {
        if (k >= train.packets) continue
        for (let crossed = 0; crossed <= train.hops.length; crossed++) {
          writer.write(train, k, Math.max(0, crossed - 1), crossed > 0)
          packets.push({ frame: writer.bytes.slice(0, writer.captured), original: writer.octets - 4 })
          const shape = shapeOf(train, k)
          const octets = octetsAfter(train, shape, crossed)
          const common = [octets - 4]
          if (shape.kind === 'arp') {
            expected.push([...common, ...Array<string>(FIELDS.length - 2).fill(''), 2].join('\t'))
            continue
          }
          const dscp = isTrimmed(train, crossed) ? 11 : train.dscp
          const ecn = isMarked(train, crossed) ? 3 : train.ecn
          const ip = [layout.hostText(train.src), layout.hostText(train.dst), octets - 18, 64 - crossed, dscp, ecn, 1]
          const v6 = train.isIpv6 === true ? `2001:db8::${(train.src + 1).toString(16)}` : ''
          const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`
          const ib = [
            ...[4791, shape.opcode, hex(train.destinationQp, 6), shape.opcode === 0x81 ? 0 : psnOf(train, k)],
            shape.dma > 0 ? shape.dma : '',
            shape.syndrome ?? '',
          ]
          const tcp = shape.kind === 'tcp'
          expected.push(
            [...common, ...(v6 === '' ? ip : Array<string>(7).fill('')), ...(tcp ? Array<string>(6).fill('') : ib)]
              .concat([v6, tcp ? 443 : '', ''])
              .join('\t'),
          )
        }
      }
    }
    const rows = rowsOf(temporaryFile(pcap(packets), 'packets.pcap'))
    if (rows === undefined) {
      t.skip('tshark is not there')
      return
    }
    assert.ok(rows.length > 10)
    assert.equal(rows.length, expected.length)
    for (const [i, row] of rows.entries()) assert.equal(row, expected[i])
  })
}
