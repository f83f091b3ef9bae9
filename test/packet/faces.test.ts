// Every header of every capture: no throw, offsets inside, and the generated writer says what the interpreter reads.

import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import { layersOf } from '../../src/lib/packet/full.ts'
import { malformedReasons } from '../../src/lib/packet/malformed.ts'
import { Packet } from '../../src/lib/packet/packet.ts'
import { stackOf } from '../../src/lib/packet/stack.ts'
import { sharedPath } from '../helpers/shared.ts'
import { checkPacket } from './check.ts'
import { capturesIn, dissectHeader, framesOf, type Header, sampledHeadersOf } from './frames.ts'

/** Dissects all, checks each, and gives the packets by stack. */
function checkAll(headers: readonly Header[]): Map<string, number> {
  const packet = new Packet()
  const stacks = new Map<string, number>()
  for (const header of headers) {
    checkPacket(dissectHeader(header, packet))
    const stack = stackOf(packet)
    stacks.set(stack, (stacks.get(stack) ?? 0) + 1)
  }
  return stacks
}

for (const folder of ['packets', 'roce', 'malformed']) {
  const path = sharedPath(`captures/${folder}`)
  describe(`frames of captures/${folder}`, { skip: path === undefined }, () => {
    for (const file of path === undefined ? [] : capturesIn(path)) {
      it(basename(file), async (t) => {
        const headers = await framesOf(file).catch((error: unknown) => {
          assert.ok(error instanceof Error && error.name === 'InputError', String(error))
          return undefined
        })
        if (headers === undefined) t.diagnostic('not a capture that can be opened')
        else checkAll(headers)
      })
    }
  })
}

const sflow = sharedPath('captures/sflow')
describe('sampled headers of captures/sflow', { skip: sflow === undefined }, () => {
  for (const file of sflow === undefined ? [] : capturesIn(sflow)) {
    it(basename(file), async () => {
      checkAll(await sampledHeadersOf(file))
    })
  }
})

/** Fields of the first layer of this name. */
function fieldsOf(packet: Packet, name: string) {
  return layersOf(packet).find((x) => x.layer === name)?.fields
}

describe('sampled headers of captures/agents', () => {
  const lab = sharedPath('captures/agents/lab-rocev2.pcap')
  it('lab-rocev2: operations in the shares that were sent', { skip: lab === undefined }, async () => {
    const headers = await sampledHeadersOf(lab!)
    checkAll(headers.filter((_, i) => i % 8 === 0))
    const operations = new Map<string, number>()
    const packet = new Packet()
    for (const header of headers) {
      dissectHeader(header, packet)
      const bth = fieldsOf(packet, 'infiniband.bth')
      if (bth === undefined) continue
      const name = String(bth['infiniband.bth.opcode_name'])
      operations.set(name, (operations.get(name) ?? 0) + 1)
      if (name === 'RC RDMA WRITE First')
        assert.equal(fieldsOf(packet, 'infiniband.reth')?.['infiniband.reth.dmalen'], 32_768)
      if (name === 'RC Acknowledge') {
        const aeth = fieldsOf(packet, 'infiniband.aeth')
        assert.equal(aeth?.['infiniband.aeth.syndrome'], 7)
        assert.equal(aeth?.['infiniband.aeth.syndrome.opcode_name'], 'ACK')
        assert.equal(aeth?.['infiniband.aeth.credits'], 12)
      }
      if (name === 'CNP') assert.equal(layersOf(packet).at(-1)?.layer, 'infiniband.bth')
    }
    // Sent: WRITE First, ACK and CNP one seventh each, WRITE Middle four sevenths (lab-rocev2.truth.json).
    const total = [...operations.values()].reduce((a, b) => a + b, 0)
    // Of 38,341 samples, 9 are BGP and neighbour discovery of the switches.
    assert.equal(total, 38_332)
    const share = (name: string) => (operations.get(name) ?? 0) / total
    assert.deepEqual([...operations.keys()].sort(), [
      'CNP',
      'RC Acknowledge',
      'RC RDMA WRITE First',
      'RC RDMA WRITE Middle',
    ])
    assert.ok(Math.abs(share('RC RDMA WRITE Middle') - 4 / 7) < 0.01, String(share('RC RDMA WRITE Middle')))
    for (const name of ['RC RDMA WRITE First', 'RC Acknowledge', 'CNP']) {
      assert.ok(Math.abs(share(name) - 1 / 7) < 0.01, `${name} ${share(name)}`)
    }
  })

  const ovs = sharedPath('captures/agents/ovs.pcap')
  it('ovs: payload that looks like a BTH on other ports is payload', { skip: ovs === undefined }, async () => {
    const stacks = checkAll(await sampledHeadersOf(ovs!))
    assert.deepEqual(
      [...stacks.keys()].filter((x) => x.includes('ibbt')),
      [],
    )
    assert.deepEqual(Object.fromEntries(stacks), { 'eth.ip.udp': 1830, 'eth.ip6.udp': 300, 'eth.ip6.icmp6': 1 })
  })

  const drops = sharedPath('captures/agents/drops-dropmon-1.pcap')
  it('drops: broken headers are said to be', { skip: drops === undefined }, async () => {
    const headers = await sampledHeadersOf(drops!)
    checkAll(headers)
    const packet = new Packet()
    const reasons = new Map<string, number>()
    for (const header of headers) {
      dissectHeader(header, packet)
      const reason = packet.truncated ? 'truncated' : malformedReasons[packet.malformed]!
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    // The 6 frames with header length 16, and 7 whose IP length says more than was sent.
    assert.deepEqual(Object.fromEntries(reasons), {
      '': 764,
      truncated: 7,
      'IPv4 header length is below 20 bytes (RFC 791, 3.1)': 6,
    })
  })
})
