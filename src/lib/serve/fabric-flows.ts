// Owns which flows are elephants, and which links are busy because of them: the rules of sFlow-RT's Fabric Metrics, by rates that
// are given each second. Knows no engine. See serve.ts for the folder. Start at FabricFlows.

/** A flow of at least this share of the speed of the edge port where it comes in is an elephant. */
const ELEPHANT_SHARE = 0.1
/** A link is busy from this share of its speed on. */
const BUSY_SHARE = 0.8
/** It is over when it was smaller for longer than that. */
const PATIENCE_MS = 1000
/** Durations and rates are means over so many that ended last. */
const MOST_ENDED = 100

/** A flow at a port now, bytes a second; `port` is the agent and its data source. */
export interface PortFlow {
  readonly flow: string
  readonly port: string
  readonly side: 'ingress' | 'egress'
  readonly rate: number
}

/** One direction of a port. */
export interface PortLoad {
  readonly port: string
  readonly side: 'ingress' | 'egress'
  /** Bytes a second. */
  readonly rate: number
}

export interface KnownPort {
  readonly place: 'edge' | 'core'
  /** Bit/s. */
  readonly speed: number
  /** Of core ports: a name of the link's direction, the same for both of its ends. */
  readonly ways: Readonly<Record<'ingress' | 'egress', string>> | undefined
}

export interface FlowPoints {
  readonly current: number
  /** Since the second before. */
  readonly arrivals: number
  readonly departures: number
  /** Of those that are elephants now. */
  readonly bitsPerSecond: number
  /** Means of those that ended; null before the first. */
  readonly duration: number | null
  readonly rate: number | null
  /** Directions of links that are busy: with no elephant, one, or several. */
  readonly busy: { readonly mice: number; readonly elephant: number; readonly collision: number }
}

interface Elephant {
  readonly port: string
  readonly startMs: number
  /** Bytes a second from which on it is one. */
  readonly threshold: number
  lastMs: number
  /** Sum and number of its rates. */
  rates: number
  seconds: number
}

export class FabricFlows {
  readonly #elephants = new Map<string, Elephant>()
  /** Duration in seconds, bit/s; oldest first. */
  readonly #ended: { readonly seconds: number; readonly rate: number }[] = []

  /** @param nowMs a second after the call before */
  take(
    flows: readonly PortFlow[],
    loads: readonly PortLoad[],
    ports: ReadonlyMap<string, KnownPort>,
    nowMs: number,
  ): FlowPoints {
    let arrivals = 0
    let bytesPerSecond = 0
    for (const { flow, port, side, rate } of flows) {
      const at = ports.get(port)
      if (side !== 'ingress' || at?.place !== 'edge') continue
      const threshold = (at.speed * ELEPHANT_SHARE) / 8
      if (!(rate >= threshold)) continue
      let elephant = this.#elephants.get(flow)
      if (elephant === undefined) {
        elephant = { port, threshold, startMs: nowMs, lastMs: nowMs, rates: 0, seconds: 0 }
        this.#elephants.set(flow, elephant)
        arrivals++
        // It is an elephant where it was seen first.
      } else if (elephant.port !== port) continue
      elephant.lastMs = nowMs
      elephant.rates += rate
      elephant.seconds++
      bytesPerSecond += rate
    }
    const departures = this.#end(nowMs)
    return {
      current: this.#elephants.size,
      arrivals,
      departures,
      bitsPerSecond: bytesPerSecond * 8,
      duration: mean(this.#ended.map(({ seconds }) => seconds)),
      rate: mean(this.#ended.map(({ rate }) => rate)),
      busy: this.#busy(flows, loads, ports),
    }
  }

  #end(nowMs: number): number {
    let departures = 0
    for (const [flow, { startMs, lastMs, rates, seconds }] of this.#elephants) {
      if (nowMs - lastMs <= PATIENCE_MS) continue
      this.#elephants.delete(flow)
      departures++
      this.#ended.push({ seconds: Math.max(1, (lastMs - startMs) / 1000), rate: (rates / seconds) * 8 })
      if (this.#ended.length > MOST_ENDED) this.#ended.shift()
    }
    return departures
  }

  #busy(
    flows: readonly PortFlow[],
    loads: readonly PortLoad[],
    ports: ReadonlyMap<string, KnownPort>,
  ): FlowPoints['busy'] {
    /** Elephants of each busy direction; both of its ends may see the same. */
    const busy = new Map<string, Set<string>>()
    for (const { port, side, rate } of loads) {
      const at = ports.get(port)
      if (at?.ways !== undefined && rate >= (at.speed * BUSY_SHARE) / 8) busy.set(at.ways[side], new Set())
    }
    if (busy.size > 0) {
      for (const { flow, port, side, rate } of flows) {
        const way = ports.get(port)?.ways?.[side]
        const elephant = this.#elephants.get(flow)
        if (way !== undefined && elephant !== undefined && rate >= elephant.threshold) busy.get(way)?.add(flow)
      }
    }
    const sizes = [...busy.values()].map(({ size }) => size)
    return {
      mice: sizes.filter((size) => size === 0).length,
      elephant: sizes.filter((size) => size === 1).length,
      collision: sizes.filter((size) => size > 1).length,
    }
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length
}
