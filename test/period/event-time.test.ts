import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SendingTimes } from '../../src/lib/period/event-time.ts'
import { HoldEstimate, holdOf, isHidden, noHold, shortestBehind } from '../../src/lib/period/hold.ts'

describe('when datagrams left', () => {
  it('delay beyond the least one is taken off', () => {
    const times = new SendingTimes()
    assert.equal(times.map(10_000, 500), 10_000)
    assert.equal(times.map(10_740, 1040), 10_540)
    // 30 ms less delay than the least so far.
    assert.equal(times.map(10_970, 1500), 10_970)
    assert.equal(times.map(12_000, 2001), 11_471)
  })

  it('uptime wraps at 2^32 ms', () => {
    const times = new SendingTimes()
    assert.equal(times.map(1000, 0xffffffff), 1000)
    assert.equal(times.map(1300, 99), 1100)
  })

  it('a restart begins anew', () => {
    const times = new SendingTimes()
    times.map(1_000_000, 500_000)
    assert.equal(times.map(1_001_000, 20), 1_001_000)
    assert.equal(times.map(1_001_500, 120), 1_001_100)
  })

  it('an uptime in whole seconds does not spoil arrivals', () => {
    const times = new SendingTimes()
    let last = 0
    for (let second = 0; second < 40; second++) last = times.map(5000 + second * 1000 + 300, second * 1000)
    assert.equal(last, 44_300)
    assert.equal(times.map(45_900, 40_000), 45_900)
  })
})

describe('holding', () => {
  it('lots of samples at each second are held for up to a second', () => {
    const estimate = new HoldEstimate()
    for (let second = 0; second < 20; second++) {
      for (let n = 0; n < 14; n++) estimate.datagram(second * 1000 + n * 0.3, 7)
    }
    const hold = holdOf([estimate])
    assert.ok(hold.share > 0.9)
    assert.equal(hold.seconds, 1)
    assert.equal(shortestBehind(hold), 4)
    assert.ok(isHidden(hold, 2.33, 0.6))
    assert.ok(!isHidden(hold, 20, 0.8))
  })

  it('datagrams that leave as they are full, in bursts of 0.2 s, are not', () => {
    const estimate = new HoldEstimate()
    for (let cycle = 0; cycle < 30; cycle++) {
      for (let n = 0; n < 14; n++) estimate.datagram(cycle * 700 + n * 14, 7)
    }
    assert.equal(holdOf([estimate]).share, 0)
  })

  it('single samples at a tick of 0.5 s are held for it', () => {
    const estimate = new HoldEstimate()
    for (let n = 0; n < 60; n++) estimate.datagram((n + (n % 3)) * 500 + (n % 7), 1)
    assert.deepEqual(holdOf([estimate]), { share: 1, seconds: 0.5 })
  })

  it('nothing is known of no agents', () => {
    assert.deepEqual(holdOf([]), noHold)
    assert.equal(shortestBehind(noHold), 0)
    assert.ok(!isHidden(noHold, 0.7, 0.01))
  })
})
