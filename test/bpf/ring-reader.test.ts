// Tests of src/lib/kernel that need no root are in this folder: test/kernel is the suite of those that do.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RingReader } from '../../src/lib/kernel/bpf/ring-buffer.ts'

const SIZE = 64
const BUSY = 0x8000_0000
const DISCARDED = 0x4000_0000

/** A ring in plain memory. `put` writes as the kernel does: a header, the record, then the producer's position. */
class FakeRing {
  readonly consumer: BigInt64Array
  readonly producer: BigInt64Array
  readonly #memory = new ArrayBuffer(SIZE * 2 + 8)
  readonly #view = new DataView(this.#memory)
  readonly reader: RingReader

  constructor(position = 0n) {
    this.consumer = BigInt64Array.of(position)
    this.producer = BigInt64Array.of(position)
    // Not at the beginning: the kernel's page of positions stands before the data.
    this.reader = new RingReader(this.consumer, this.producer, this.#memory, 8, SIZE)
  }

  /** @returns where the header is */
  put(length: number, value: number, bits = 0): number {
    const at = Number(this.producer[0]! % BigInt(SIZE))
    this.#both(at, (length | bits) >>> 0)
    this.#both(at + 8, value)
    this.producer[0] = this.producer[0]! + BigInt(Math.ceil((length + 8) / 8) * 8)
    return at
  }

  finish(at: number, length: number, bits = 0): void {
    this.#both(at, (length | bits) >>> 0)
  }

  /** The same place in both halves. */
  #both(at: number, value: number): void {
    this.#view.setUint32(8 + (at % SIZE), value, true)
    this.#view.setUint32(8 + (at % SIZE) + SIZE, value, true)
  }

  drain(): [at: number, length: number, value: number][] {
    const taken: [number, number, number][] = []
    const count = this.reader.drain((at, length) => taken.push([at, length, this.#view.getUint32(8 + at, true)]))
    assert.equal(count, taken.length)
    return taken
  }
}

test('records come in order, with their lengths, and the room is given back', () => {
  const ring = new FakeRing()
  ring.put(4, 11)
  ring.put(9, 22)
  assert.equal(ring.reader.waiting(), 40)
  assert.deepEqual(ring.drain(), [
    [8, 4, 11],
    [24, 9, 22],
  ])
  assert.equal(ring.consumer[0], 40n)
  assert.equal(ring.reader.waiting(), 0)
  assert.deepEqual(ring.drain(), [])
})

test('a record that wraps lies in one piece behind the end', () => {
  const ring = new FakeRing()
  ring.put(40, 1)
  ring.drain()
  ring.put(24, 2)
  assert.deepEqual(ring.drain(), [[56, 24, 2]])
  assert.equal(ring.consumer[0], 80n)
  ring.put(4, 3)
  assert.deepEqual(ring.drain(), [[24, 4, 3]])
})

test('a record that is still being written stops the reader, also for those behind it', () => {
  const ring = new FakeRing()
  ring.put(8, 1)
  const busy = ring.put(8, 2, BUSY)
  ring.put(8, 3)
  assert.deepEqual(ring.drain(), [[8, 8, 1]])
  assert.equal(ring.consumer[0], 16n)
  assert.equal(ring.reader.waiting(), 32)
  ring.finish(busy, 8)
  assert.deepEqual(ring.drain(), [
    [24, 8, 2],
    [40, 8, 3],
  ])
})

test('discarded records are passed over and not counted', () => {
  const ring = new FakeRing()
  ring.put(8, 1, DISCARDED)
  ring.put(8, 2)
  ring.put(8, 3, DISCARDED)
  assert.deepEqual(ring.drain(), [[24, 8, 2]])
  assert.equal(ring.consumer[0], 48n)
})

for (const [what, position] of [
  ['2^31', 2n ** 31n - 24n],
  ['2^32', 2n ** 32n - 24n],
  ['2^40', 2n ** 40n - 24n],
] as const) {
  test(`positions go on over ${what}`, () => {
    const ring = new FakeRing(position)
    for (let i = 0; i < 10; i++) {
      ring.put(8, i)
      // 64 - 24 is where it begins in the ring; each takes 16.
      assert.deepEqual(ring.drain(), [[((40 + 16 * i) % 64) + 8, 8, i]])
    }
    assert.equal(ring.consumer[0], position + 160n)
  })
}

test('room is given back while the ring is read, not only at the end', () => {
  const ring = new FakeRing()
  for (let i = 0; i < 4; i++) ring.put(8, i)
  const seen: bigint[] = []
  ring.reader.drain(() => seen.push(ring.consumer[0]!))
  // An eighth of the ring is 8 bytes: after each record.
  assert.deepEqual(seen, [0n, 16n, 32n, 48n])
})

test('records that arrive meanwhile wait for the next time', () => {
  const ring = new FakeRing()
  ring.put(8, 1)
  let count = 0
  ring.reader.drain(() => {
    count++
    if (count < 3) ring.put(8, 2)
  })
  assert.equal(count, 1)
  assert.deepEqual(ring.drain(), [[24, 8, 2]])
})

test('a taker that throws has taken its record', () => {
  const ring = new FakeRing()
  ring.put(8, 1)
  ring.put(8, 2)
  assert.throws(() =>
    ring.reader.drain(() => {
      throw new RangeError('no')
    }),
  )
  assert.deepEqual(ring.drain(), [[24, 8, 2]])
})
