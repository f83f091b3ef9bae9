import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noHold, shortestBehind } from '../../src/lib/period/hold.ts'
import { SampleTimes } from '../../src/lib/period/sample-times.ts'

/** Twenty lots of 14 datagrams of 7 samples, a second apart, as of an agent that sends at a tick. */
function held(times: SampleTimes, agent: number): void {
  for (let second = 0; second < 20; second++) {
    for (let n = 0; n < 14; n++) {
      for (let k = 0; k < 7; k++) times.sent(agent, second * 14 + n, 5000 + second * 1000 + n * 0.3, second * 1000)
    }
  }
}

describe('times of samples', () => {
  it('are when their datagram left its agent: delay beyond the least one of that agent is taken off', () => {
    const times = new SampleTimes()
    assert.equal(times.sent(0, 1, 10_000, 500), 10_000)
    assert.equal(times.sent(0, 1, 10_000, 500), 10_000)
    assert.equal(times.sent(3, 1, 10_001, 70_000), 10_001)
    assert.equal(times.sent(0, 2, 10_740, 1040), 10_540)
    // Another agent's clock is its own.
    assert.equal(times.sent(3, 2, 10_801, 70_600), 10_601)
  })

  it('without any sample nothing is held, nor where all have times of their own', () => {
    const times = new SampleTimes()
    assert.equal(times.hold(), noHold)
    for (let i = 0; i < 100; i++) times.stamped()
    assert.equal(times.hold(), noHold)
  })

  it('of samples that come in lots a second apart nearly all are held for one', () => {
    const times = new SampleTimes()
    held(times, 0)
    const { share, seconds } = times.hold()
    assert.ok(share > 0.9, `${share}`)
    assert.equal(seconds, 1)
    assert.equal(shortestBehind(times.hold()), 4)
  })

  it('samples with times of their own count for their share', () => {
    const times = new SampleTimes()
    held(times, 0)
    // Three of four of the last 2,000 times e.
    for (let i = 0; i < 2000 * Math.log(4); i++) times.stamped()
    const { share, seconds } = times.hold()
    assert.ok(share > 0.1 && share < 0.25, `${share}`)
    assert.equal(seconds, 1)
  })
})
