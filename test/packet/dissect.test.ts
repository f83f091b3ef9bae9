// The rows of rows.ts: stack, end, cut or malformed, and chosen fields.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { layersOf } from '../../src/lib/packet/full.ts'
import { malformed } from '../../src/lib/packet/malformed.ts'
import { finalProtocol, stackOf } from '../../src/lib/packet/stack.ts'
import { checkPacket } from './check.ts'
import { dissectHex } from './frames.ts'
import { ip4, ip6, rows, udp } from './rows.ts'

describe('dissect', () => {
  for (const { name, hex, protocol = 1, want } of rows) {
    it(name, () => {
      const packet = dissectHex(hex, protocol)
      checkPacket(packet)
      const found = layersOf(packet)
      assert.equal(stackOf(packet), want.stack)
      assert.equal(packet.truncated, want.truncated ?? false, 'truncated')
      assert.equal(packet.malformed, malformed[want.malformed ?? 'none'], 'malformed')
      if (want.rest !== undefined) assert.equal(packet.payloadEnd - packet.payload, want.rest, 'rest')
      if (want.quoted !== undefined) assert.equal(packet.total - packet.count, want.quoted, 'quoted')
      for (const [place, fields] of Object.entries(want.fields ?? {})) {
        const [layer, nth = '0'] = place.split('#')
        const one = found.filter((x) => x.layer === layer)[Number(nth)]
        assert.ok(one !== undefined, `no layer ${place} among ${found.map((x) => x.layer).join(' ')}`)
        for (const [field, value] of Object.entries(fields))
          assert.deepEqual(one.fields[field], value, `${place} ${field}`)
      }
    })
  }
})

describe('finalProtocol', () => {
  it('is what stands behind the extension headers', () => {
    const packet = dissectHex(`${ip6(24, 0)} 3c00 010400000000 1100 010400000000 ${udp(9, 8)}`, 12)
    assert.equal(stackOf(packet), 'ip6.ip6hop.ip6dst.udp')
    assert.equal(finalProtocol(packet, 0), 17)
  })
  it('is the protocol of IPv4', () => assert.equal(finalProtocol(dissectHex(ip4(20, 89), 11), 0), 89))
  it('is -1 where that byte was cut off', () => assert.equal(finalProtocol(dissectHex('60000000 0014', 12), 0), -1))
})
