// Owns made-up samples of eight ports that carry one job. Knows no method. Start at ports.

import type { PortEvents } from '../../src/lib/period/straggler.ts'
import { burstTimes } from './period-cases.ts'
import { deliver } from './period-delivery.ts'

export const STEP = 0.7
export const SECONDS = 40

/** Eight ports whose bursts are 0.2 s long; that of `late` is longer by so much. */
export function ports(
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

/** Ports without a straggler, half of them of an agent that holds its samples for up to a second. */
export function heldPorts(seed: number): PortEvents[] {
  return ports(seed, -1, 0, 0, (port) => (port < 4 ? 'leaf1' : 'leaf2')).map((port) => {
    if (port.agent === 'leaf1') return port
    const held = deliver(seed, port.events.times, { kind: 'tick', seconds: 1, hasTimes: false })
    const times = Float64Array.from(held, ({ arrival }) => arrival)
    return { ...port, holdSeconds: 1, events: { times, weights: times.map(() => 1), count: times.length } }
  })
}
