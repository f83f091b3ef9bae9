// The classic BPF program of packet sockets, run by a small machine here, and what its packets stand for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFilter } from '../../src/lib/kernel/tap/random-filter.ts'

const OUTGOING = 4
const HOST = 0

/** Runs classic BPF as far as the filter needs it. @returns bytes taken */
function run(program: Uint8Array, packet: { type: number; length: number; random: number }): number {
  const view = new DataView(program.buffer, program.byteOffset)
  let a = 0
  let x = 0
  for (let at = 0; at < program.length; at += 8) {
    const code = view.getUint16(at, true)
    const k = view.getUint32(at + 4, true)
    const jump = (isTrue: boolean) => {
      at += 8 * view.getUint8(at + (isTrue ? 2 : 3))
    }
    if (code === 0x20 && k === 0xfffff004) a = packet.type
    else if (code === 0x20 && k === 0xfffff038) a = packet.random
    else if (code === 0x80) a = packet.length
    else if (code === 0x00) a = k
    else if (code === 0x34) a = Math.floor(a / k)
    else if (code === 0x24) {
      assert.ok(a * k < 2 ** 32, 'the product fits')
      a *= k
    } else if (code === 0x07) x = a
    else if (code === 0x15) jump(a === k)
    else if (code === 0x25) jump(a > k)
    else if (code === 0x3d) jump(a >= x)
    else if (code === 0x06) return k
    else assert.fail(`code ${code}`)
  }
  return assert.fail('no end')
}

for (const direction of ['ingress', 'egress'] as const) {
  for (const rate of [1, 2, 10, 1000, 1e6, 4e9]) {
    test(`${direction}, 1 in ${rate}: taken as often as told, by length`, () => {
      const threshold = Math.max(1, Math.round(2 ** 32 / rate))
      const filter = randomFilter(threshold, direction, 100, 1514)
      const [mine, other] = direction === 'ingress' ? [HOST, OUTGOING] : [OUTGOING, HOST]
      for (const length of [60, 1514, 3027, 3028, 9000, 65_226, 524_000]) {
        const probability = filter.probability(length)
        // The last value of 32 random bits that takes it, and the first that does not.
        const bound = Math.round(probability * 2 ** 32)
        assert.equal(run(filter.program, { type: mine, length, random: bound - 1 }), 100)
        if (bound < 2 ** 32) assert.equal(run(filter.program, { type: mine, length, random: bound }), 0)
        assert.equal(run(filter.program, { type: other, length, random: 0 }), 0)
        assert.ok(probability >= filter.ratio && probability <= 1)
      }
      assert.equal(filter.ratio, threshold / 2 ** 32)
    })
  }
}

test('longer buffers are taken more often, by their number of usual packets', () => {
  const { probability } = randomFilter(2 ** 32 / 1024, 'ingress', 128, 1514)
  const times = [60, 1514, 3027, 3028, 15_140, 65_226].map((length) => probability(length) * 1024)
  assert.deepEqual(times, [1, 1, 1, 2, 10, 43])
  assert.equal(randomFilter(2 ** 32 / 16, 'ingress', 128, 1514).probability(65_226), 1)
})
