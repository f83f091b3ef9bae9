import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findStraggler, type PortEvents } from '../../src/lib/period/straggler.ts'
import { burstTimes } from '../helpers/period-cases.ts'
import { deliver } from '../helpers/period-delivery.ts'

const STEP = 0.7
const SECONDS = 40

/** Eight ports whose bursts are 0.2 s long; that of `late` is longer by so much. */
function ports(
  seed: number,
  late: number,
  seconds: number,
  holdSeconds: number,
  agent: (port: number) => string,
): PortEvents[] {
  return Array.from({ length: 8 }, (_, port) => {
    const on = (0.2 + (port === late ? seconds : 0)) / STEP
    // The first step begins where the seed says: one seed, one beginning, thinned by port.
    const { times } = burstTimes(seed, {
      step: STEP,
      samplesPerStep: 400 * (on / (0.2 / STEP)),
      bursts: [{ at: 0.2, on }],
      seconds: SECONDS,
    })
    const own = times.filter((_, i) => (i * 7919 + port * 104_729) % 20 === 0)
    return {
      port: `swp${port}`,
      agent: agent(port),
      holdSeconds,
      events: { times: own, weights: own.map(() => 1), count: own.length },
    }
  })
}

const oneAgent = (): string => 'leaf1'

describe('straggler', () => {
  it('30 ms later than the others, step after step', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const found = findStraggler(ports(seed, 5, 0.03, 0, oneAgent), 0, SECONDS, STEP)
      assert.equal(found?.port, 'swp5')
      assert.ok(Math.abs(found.lagSeconds - 0.03) <= found.errorSeconds, `${found.lagSeconds} ± ${found.errorSeconds}`)
      assert.ok(found.errorSeconds < found.lagSeconds)
      assert.ok(found.often > 0.6 && found.steps > 50, `${found.often} of ${found.steps}`)
    }
  })

  it('none where there is none', () => {
    let alarms = 0
    for (let seed = 1; seed <= 40; seed++) {
      if (findStraggler(ports(seed, -1, 0, 0, oneAgent), 0, SECONDS, STEP) !== null) alarms++
    }
    assert.ok(alarms <= 1, `${alarms} of 40`)
  })

  it('none by one agent that holds for a second', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const all = ports(seed, -1, 0, 0, (port) => (port < 4 ? 'leaf1' : 'leaf2')).map((port) => {
        if (port.agent === 'leaf1') return port
        const held = deliver(seed, port.events.times, { kind: 'tick', seconds: 1, hasTimes: false })
        const times = Float64Array.from(held, ({ arrival }) => arrival)
        return { ...port, holdSeconds: 1, events: { times, weights: times.map(() => 1), count: times.length } }
      })
      assert.equal(findStraggler(all, 0, SECONDS, STEP), null)
    }
  })

  it('across agents only by exact times', () => {
    const each = (port: number): string => `leaf${port}`
    assert.equal(findStraggler(ports(1, 5, 0.03, 0, each), 0, SECONDS, STEP)?.port, 'swp5')
    assert.equal(findStraggler(ports(1, 5, 0.03, 0.001, each), 0, SECONDS, STEP), null)
  })
})
