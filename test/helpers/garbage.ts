// Owns datagrams that no collector should trip over.

import { Random } from '../bench/random.ts'
import { bytes, datagram, flow, header } from './cards.ts'
import { synPacket } from './sflow-captures.ts'

/**
 * What is no sFlow version 5, or broken, without end: empty, short, random, other versions, cut, claims beyond the end.
 * Agents that can be read in it are 192.0.2.66, with a number that never moves, or random.
 */
export function* garbage(seed: number): Generator<Uint8Array> {
  const random = new Random(seed)
  const noise = (length: number) => Uint8Array.from({ length }, () => random.below(256))
  const other = datagram([flow([header(synPacket)])], { agent: { type: 1, bytes: bytes('c0000242') } })
  for (;;) {
    yield new Uint8Array()
    yield noise(1 + random.below(27))
    const random5 = noise(28 + random.below(1400))
    new DataView(random5.buffer).setUint32(0, 5)
    yield random5
    yield noise(28 + random.below(1400))
    const old = other.slice()
    old[3] = 2 + random.below(3)
    yield old
    yield other.slice(0, 28 + random.below(other.length - 28))
    const claims = other.slice()
    new DataView(claims.buffer).setUint32(24, 0xffffffff)
    yield claims
    const flipped = other.slice()
    flipped[28 + random.below(flipped.length - 28)] = random.below(256)
    yield flipped
  }
}
