import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PacketSampler } from '../../src/lib/exporter/packet-sampler.ts'

/** Numbers of the packets taken out of `packets`, from 0. */
function taken(rate: number, seed: number, packets: number): number[] {
  const sampler = new PacketSampler(rate, seed)
  const numbers: number[] = []
  for (let i = 0; i < packets; i++) if (sampler.take()) numbers.push(i)
  return numbers
}

test('the same seed takes the same packets, another one others', () => {
  assert.deepEqual(taken(100, 7, 10_000), taken(100, 7, 10_000))
  assert.notDeepEqual(taken(100, 7, 10_000), taken(100, 8, 10_000))
})

test('1 in 1 takes all', () => {
  assert.deepEqual(taken(1, 1, 5), [0, 1, 2, 3, 4])
})

for (const rate of [2, 10, 400, 50_000]) {
  test(`1 in ${rate}: as many as a binomial gives, within four standard deviations, and independent`, () => {
    const packets = rate * 4000
    const numbers = taken(rate, 42, packets)
    const p = 1 / rate
    const deviation = Math.sqrt(packets * p * (1 - p))
    assert.ok(Math.abs(numbers.length - 4000) < 4 * deviation, `${numbers.length} of ${packets}`)
    // Skips of a geometric distribution have variance (1 - p) / p²; every N-th packet would have none.
    const skips = numbers.slice(1).map((n, i) => n - numbers[i]!)
    const mean = skips.reduce((a, b) => a + b, 0) / skips.length
    const variance = skips.reduce((a, b) => a + (b - mean) ** 2, 0) / skips.length
    const ratio = variance / ((1 - p) / p ** 2)
    assert.ok(ratio > 0.8 && ratio < 1.25, `variance ${ratio} of what it should be`)
    assert.ok(Math.max(...skips) > rate * 5, 'no long skip')
  })
}

test('a rate below 1 is refused', () => {
  for (const rate of [0, -1, 1.5, Number.NaN]) assert.throws(() => new PacketSampler(rate, 1), /needed 1 or more/)
})
