import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CountedPool } from '../../src/lib/kernel/counted-pool.ts'
import type { InterfaceCounters } from '../../src/lib/kernel/link-message.ts'

const counters = (packets: number, bytes: number): InterfaceCounters => {
  const zero = 0n
  return {
    rxPackets: BigInt(packets),
    rxBytes: BigInt(bytes),
    txPackets: 7n,
    txBytes: 7n,
    rxErrors: zero,
    txErrors: zero,
    rxDropped: zero,
    txDropped: zero,
    multicast: zero,
    collisions: zero,
    rxLengthErrors: zero,
    rxOverErrors: zero,
    rxCrcErrors: zero,
    rxFrameErrors: zero,
    rxFifoErrors: zero,
    rxMissedErrors: zero,
    txAbortedErrors: zero,
    txCarrierErrors: zero,
    txFifoErrors: zero,
    txHeartbeatErrors: zero,
    txWindowErrors: zero,
  }
}

/** 300 buffers of 20 segments (1,500 bytes each), and 1,000 single packets of 100 bytes: 7,000 packets, 9.1 MB. */
const seen = (pool: CountedPool) => {
  // Taken with 20/100 and 1/100.
  for (let k = 0; k < 60; k++) pool.see(30_000, 20, 0.2)
  for (let k = 0; k < 10; k++) pool.see(100, 1, 0.01)
}

test('a driver that counts segments is taken at its word', () => {
  const pool = new CountedPool('ingress')
  pool.begin(counters(1000, 50_000))
  seen(pool)
  pool.count(counters(8000, 9_150_000))
  assert.equal(pool.packets, 7000)
})

test('of a driver that counts buffers, the samples say how many packets they are', () => {
  const pool = new CountedPool('ingress')
  pool.begin(counters(1000, 50_000))
  seen(pool)
  pool.count(counters(2300, 9_150_000))
  assert.equal(pool.packets, 7000)
  // Never less than before, whatever comes then.
  for (let k = 0; k < 10_000; k++) pool.see(100, 1, 0.01)
  pool.count(counters(2300, 9_150_000))
  assert.equal(pool.packets, 7000)
})

test('without segments the counter is the pool; a reset and an interface that is gone are survived', () => {
  const pool = new CountedPool('ingress')
  pool.begin(counters(10, 1000))
  pool.see(100, 1, 0.5)
  pool.count(counters(15, 1500))
  pool.count(undefined)
  assert.equal(pool.packets, 5)
  pool.count(counters(3, 300))
  assert.equal(pool.packets, 8)
})

test('the other direction has the other counters', () => {
  const pool = new CountedPool('egress')
  pool.begin(undefined)
  pool.count(counters(500, 500))
  assert.equal(pool.packets, 7)
})
