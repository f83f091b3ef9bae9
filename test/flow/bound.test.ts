// More keys than a table may keep: what is said of the error holds, and nothing is lost from the sum.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Distinct } from '../../src/lib/flow/distinct.ts'
import { median } from '../../src/lib/flow/table.ts'
import { Texts } from '../../src/lib/flow/texts.ts'
import { Random, Zipf } from '../bench/random.ts'
import { Feed } from './feed.ts'

const T = 1_767_225_600_000
const address = (flow: number) => `10.${1 + (flow >> 16)}.${(flow >> 8) & 255}.${flow & 255}`

test('50 times more keys than fit: heavy ones are found, errors are within the bound, the bound is within 2 N / m', () => {
  const most = 2000
  const feed = new Feed({
    keys: 'ipdestination',
    values: 'bytes,frames,count:ipdestination',
    scale: 'configured',
    agg: 'sum',
    maxFlows: most,
  })
  const random = new Random(7)
  const zipf = new Zipf(1000, 1)
  const truth = new Map<number, number>()
  let number = 0
  let sum = 0
  for (let i = 0; i < 40_000; i++) {
    const packets = []
    for (let k = 0; k < 5; k++) {
      number++
      // Every second one is of a key that comes but once or twice.
      const flow = k % 2 === 0 ? zipf.draw(random) : 1000 + random.below(99_000)
      const length = 64 + random.below(1400)
      truth.set(flow, (truth.get(flow) ?? 0) + length * 100)
      sum += length * 100
      packets.push({ flow, number, pool: number * 101, length })
    }
    feed.datagram(1, T + i, packets)
  }
  const [window] = feed.finish()
  const { bound, rows, other, total } = window!
  assert.ok(truth.size > 40_000, `${truth.size} keys`)
  assert.equal(bound.hit, true)
  assert.equal(bound.maxFlows, most)
  assert.ok(
    bound.errorBound > 0 && bound.errorBound <= (2 * sum) / most,
    `${bound.errorBound}, 2 N / m ${(2 * sum) / most}`,
  )
  assert.equal(total.values[0]!.total, sum)
  assert.equal(total.values[1]!.total, number * 100)
  const got = new Map(rows.map((x) => [x.key[0], x.values[0]!.total!]))
  for (const [flow, bytes] of truth) {
    const found = got.get(address(flow)) ?? 0
    assert.ok(found <= bytes && bytes - found <= bound.errorBound, `${flow}: ${found} of ${bytes}`)
  }
  // The heaviest are there from the start: they are exact.
  assert.deepEqual(
    rows.slice(0, 5).map((x) => x.values[0]!.total),
    [0, 1, 2, 3, 4].map((flow) => truth.get(flow)),
  )
  assert.ok(other.samples > 0)
  assert.equal(rows.reduce((n, x) => n + x.values[1]!.total!, 0) + other.values[1]!.total!, number * 100)
  // Flows that were given up are counted with (other).
  assert.equal(total.values[2]!.total, truth.size)
})

test('distinct values beyond the bound: a part is counted for the whole', () => {
  const set = new Distinct(4096)
  const random = new Random(3)
  const values = Array.from({ length: 200_000 }, () => [random.u32() | 0, random.u32() | 0] as const)
  for (const [high, low] of values) {
    set.add(1, high, low)
    set.add(1, high, low)
  }
  for (const [high, low] of values.slice(0, 50_000)) set.add(2, high, low)
  const kept = [0, 0, 0]
  set.each((owner) => {
    kept[owner]! += 1
  })
  assert.ok(set.count <= 4096 && set.level > 0)
  for (const [owner, truth] of [
    [1, 200_000],
    [2, 50_000],
  ] as const) {
    const estimate = kept[owner]! * 2 ** set.level
    assert.ok(Math.abs(estimate - truth) < (4 * truth) / Math.sqrt(kept[owner]!), `${estimate} of ${truth}`)
  }
})

test('texts beyond the bound are refused, known ones are still known', () => {
  const texts = new Texts(1, { texts: 100, bytes: 1000 })
  const bytes = new TextEncoder().encode('abcdefghijklmnopqrstuvwxyz'.repeat(20))
  const numbers = Array.from({ length: 80 }, (_, i) => texts.intern(bytes, i, 12))
  assert.equal(texts.hit, false)
  // The alphabet repeats: 26 different ones.
  assert.equal(texts.count, 26)
  assert.deepEqual(numbers.slice(26, 52), numbers.slice(0, 26))
  assert.equal(texts.text(2), 'cdefghijklmn')
  assert.equal(texts.intern(bytes, 0, 400), 26)
  assert.equal(texts.bytes(26).length, 255)
  for (let i = 0; i < 200; i++) texts.intern(bytes, i, 13 + (i % 8))
  assert.equal(texts.hit, true)
  assert.equal(texts.intern(bytes, 3, 12), 3)
})

test('median', () => {
  const random = new Random(5)
  for (let n = 1; n < 200; n++) {
    const values = Float64Array.from({ length: n }, () => random.below(n % 7 === 0 ? 3 : 1000))
    const want = values.toSorted()[(n - 1) >> 1]
    assert.equal(median(values), want)
  }
})
