import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findStraggler } from '../../src/lib/period/straggler.ts'
import { heldPorts, ports, SECONDS, STEP } from '../helpers/period-ports.ts'

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
      assert.equal(findStraggler(heldPorts(seed), 0, SECONDS, STEP), null)
    }
  })

  it('none by a port that has traffic of another kind in a few steps only', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const others = ports(seed, -1, 0, 0, oneAgent)
      // 24 packets late in the third step and in the tenth: a routing protocol's, not the job's.
      const events = { times: new Float64Array(24), weights: new Float64Array(24).fill(1), count: 24 }
      for (let i = 0; i < 24; i++) events.times[i] = (i < 12 ? 2.6 : 9.6) * STEP + i * 0.001
      const idle = { port: 'swp9', agent: 'leaf1', holdSeconds: 0, events }
      assert.equal(findStraggler([...others, idle], 0, SECONDS, STEP), null)
    }
  })

  it('across agents only by exact times', () => {
    const each = (port: number): string => `leaf${port}`
    assert.equal(findStraggler(ports(1, 5, 0.03, 0, each), 0, SECONDS, STEP)?.port, 'swp5')
    assert.equal(findStraggler(ports(1, 5, 0.03, 0.001, each), 0, SECONDS, STEP), null)
  })
})
