// Owns how samples of one agent reach a collector: jitter, delay, holding. Knows no method. Start at deliver.

import { Random } from '../bench/random.ts'

/** What happens to samples between the packet and the collector. Seconds. */
export type Delivery =
  | { readonly kind: 'prompt' }
  /** Each is late by up to `seconds`, and nothing tells. */
  | { readonly kind: 'jitter'; readonly seconds: number }
  /** Each datagram is late by up to `seconds`; its uptime is that of when it left. */
  | { readonly kind: 'delay'; readonly seconds: number }
  /** The agent sends what it has at each tick, in datagrams of 7 samples; uptime is that of when they leave. */
  | { readonly kind: 'tick'; readonly seconds: number; readonly hasTimes: boolean }

/** A sample as the collector sees it; seconds. */
export interface Delivered {
  readonly arrival: number
  /** Milliseconds of the agent's clock. */
  readonly uptimeMs: number
  /** When it was taken, by record 0:1043; NaN without one. */
  readonly taken: number
  /** Samples of the datagram that begins with this one; 0 inside of one. */
  readonly datagram: number
}

const PER_DATAGRAM = 7
/** Datagrams of one tick leave this far apart. */
const APART = 0.0002
/** Uptime when the first sample is taken. */
const UPTIME = 123_456_789

/** In the order of arrival. */
export function deliver(seed: number, times: Float64Array, delivery: Delivery): Delivered[] {
  const random = new Random(seed ^ 0x5eed)
  const uptime = (t: number): number => Math.floor(UPTIME + t * 1000)
  const all: Delivered[] = []
  const { kind } = delivery
  if (kind !== 'tick') {
    for (const t of times) {
      const late = kind === 'prompt' ? 0 : random.unit() * delivery.seconds
      all.push({ arrival: t + late, uptimeMs: uptime(t), taken: Number.NaN, datagram: 1 })
    }
  } else {
    const phase = random.unit() * delivery.seconds
    let tick = Number.NaN
    let n = 0
    for (const t of times) {
      const next = Math.ceil((t - phase) / delivery.seconds) * delivery.seconds + phase
      n = next === tick ? n + 1 : 0
      tick = next
      const left = tick + Math.floor(n / PER_DATAGRAM) * APART
      all.push({
        arrival: left + 0.002 * random.unit() * APART,
        uptimeMs: uptime(left),
        taken: delivery.hasTimes ? t : Number.NaN,
        datagram: n % PER_DATAGRAM === 0 ? PER_DATAGRAM : 0,
      })
    }
  }
  return all.sort((a, b) => a.arrival - b.arrival)
}
