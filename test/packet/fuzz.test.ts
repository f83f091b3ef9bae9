// Random and mutated headers of every header_protocol: nothing throws, offsets stay inside, both faces agree, and the
// text keeps within its bound; also for the densest stacks there are.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dissect } from '../../src/lib/packet/dissect.ts'
import { MAX_LAYERS, Packet } from '../../src/lib/packet/packet.ts'
import { stackOf } from '../../src/lib/packet/stack.ts'
import { checkPacket } from './check.ts'
import { dissectHex, textOf } from './frames.ts'
import { randomNumbers, seeds } from './headers.ts'

const ROUNDS = 400
/** Room around the header whose bytes must not matter: the view throws only at its own end. */
const MARGIN = 3

/** Checks a header that lies inside a larger buffer, and gives its text. */
function check(bytes: Uint8Array, protocol: number, packet: Packet): string {
  const around = new Uint8Array(bytes.length + 2 * MARGIN).fill(0xff)
  around.set(bytes, MARGIN)
  dissect(around, new DataView(around.buffer), MARGIN, MARGIN + bytes.length, protocol, packet)
  checkPacket(packet)
  return textOf(packet)
}

describe('headers of every kind', () => {
  for (const { name, protocol, hex } of seeds) {
    const whole = Uint8Array.from(Buffer.from(hex, 'hex'))
    assert.equal(whole.length * 2, hex.length, name)
    it(`${name}: as it is, and cut at every byte`, () => {
      const packet = new Packet()
      for (let length = 0; length <= whole.length; length++) {
        const cut = whole.slice(0, length)
        const text = check(cut, protocol, packet)
        // The same bytes at the very end of their memory: nothing behind them is read.
        dissect(cut, new DataView(cut.buffer), 0, length, protocol, packet)
        assert.equal(textOf(packet), text)
      }
    })
    it(`${name}: mutated`, () => {
      const random = randomNumbers(name.length * 7919 + hex.length)
      const packet = new Packet()
      for (let round = 0; round < ROUNDS; round++) {
        const bytes = whole.slice(0, whole.length - random(4) * random(20))
        for (let k = random(4); k >= 0; k--) {
          const at = random(bytes.length)
          bytes[at] = random(3) === 0 ? bytes[at]! ^ (1 << random(8)) : random(256)
        }
        check(bytes, protocol, packet)
      }
    })
  }
})

describe('random bytes', () => {
  for (let protocol = 0; protocol <= 19; protocol++) {
    it(`as header_protocol ${protocol}`, () => {
      const random = randomNumbers(protocol + 1)
      const packet = new Packet()
      for (let round = 0; round < ROUNDS; round++) {
        check(
          Uint8Array.from({ length: random(160) }, () => random(256)),
          protocol,
          packet,
        )
      }
    })
  }
})

describe('dense stacks', () => {
  const eth = '020000000002020000000001'
  const stacks: { name: string; hex: string; protocol: number }[] = [
    { name: 'VLAN tags', protocol: 1, hex: `${eth}8100${'ffff8100'.repeat(400)}` },
    { name: 'MPLS labels', protocol: 13, hex: '00001eff'.repeat(400) },
    { name: 'IPv4 in IPv4', protocol: 11, hex: '4500000012344000ff040000ffffffffffffffff'.repeat(200) },
    {
      name: 'IPv6 extension headers',
      protocol: 12,
      hex: `60000000000000ff${'f'.repeat(64)}${'0000050200000100'.repeat(300)}`,
    },
    {
      name: 'TCP no-operations',
      protocol: 11,
      hex: `450000001234400040060000c0000201c6336402${'f'.repeat(24)}f0ff${'f'.repeat(12)}${'01'.repeat(40)}`,
    },
    {
      name: 'GRE in GRE',
      protocol: 11,
      hex: '4500000012344000ff2f0000ffffffffffffffff00000800'.repeat(200),
    },
    {
      name: 'DNS name of control characters',
      protocol: 11,
      hex: `450000001234400040110000c0000201c63364020035003500000000ffffffff0001000000000000${`3f${'01'.repeat(63)}`.repeat(4)}00`,
    },
  ]
  for (const { name, hex, protocol } of stacks) {
    it(`${name} keep within the bound of text`, () => {
      const packet = dissectHex(hex, protocol)
      checkPacket(packet)
      assert.ok(packet.count > 1)
    })
  }
  it('more layers than MAX_LAYERS are said to be there', () => {
    const packet = dissectHex('00001eff'.repeat(400), 13)
    assert.equal(packet.count, MAX_LAYERS)
    assert.equal(packet.deeper, true)
    assert.equal(stackOf(packet), Array(MAX_LAYERS).fill('mpls').join('.'))
  })
})
