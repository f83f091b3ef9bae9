import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Patience } from '../../src/lib/source/udp-patience.ts'

const MIB = 1 << 20

/** Waits that follow looks `everyMs` apart, each of which found `datagrams` of `length` bytes. */
function waits(patience: Patience, looks: number, everyMs: number, datagrams: number, length: number): number[] {
  return Array.from({ length: looks }, (_, i) => {
    if (datagrams > 0) patience.took(datagrams, datagrams * length)
    return patience.next(i * everyMs)
  })
}

describe('Patience', () => {
  it('waits a millisecond after silence, then twice as long each time, up to what is permitted', () => {
    const patience = new Patience(8 * MIB, 40)
    assert.deepEqual(waits(patience, 3, 100, 0, 0), [1, 1, 1])
    assert.deepEqual(waits(new Patience(8 * MIB, 40), 8, 40, 200, 1400), [1, 2, 4, 8, 16, 32, 40, 40])
  })

  it('starts anew after 50 ms of silence, and not in the gap between two bursts', () => {
    const patience = new Patience(8 * MIB, 40)
    waits(patience, 8, 40, 200, 1400)
    assert.equal(patience.next(320), 40)
    assert.equal(patience.silent(320), false)
    assert.equal(patience.next(331), 1)
    assert.equal(patience.silent(331), true)
  })

  it('waits no longer than a quarter of the buffer takes to fill at the rate of late', () => {
    // 200,000 a second: 1,000 in 5 ms, 5,104 bytes each; a quarter of 16 MiB holds 821 of them.
    assert.deepEqual(waits(new Patience(8 * MIB, 40), 6, 5, 1000, 1400), [1, 2, 4, 4, 4, 4])
    // 1,000,000 a second: 0.8 ms, which is no wait.
    assert.deepEqual(waits(new Patience(8 * MIB, 40), 4, 5, 5000, 1400), [1, 0, 0, 0])
  })

  it('never waits with a buffer below 1 MiB', () => {
    assert.deepEqual(waits(new Patience(MIB - 1, 40), 4, 40, 1, 1400), [0, 0, 0, 0])
  })
})
