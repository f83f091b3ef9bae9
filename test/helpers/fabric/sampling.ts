// Owns random packet sampling of a generated fabric's ports, and what each port has carried up to a time. Knows no sFlow.
// Start at drawSamples.

import type { Random } from '../../bench/random.ts'
import type { Layout } from './layout.ts'
import { before, eachShape, hopsEntered, hopsLeft, octetsAfter, type Train, timeOf } from './train.ts'

/** A train at a port. */
export interface Passage {
  readonly train: Train
  readonly hop: number
}

/** What passes a port; entries by the start of their trains. */
export interface PortTraffic {
  readonly input: readonly Passage[]
  readonly output: readonly Passage[]
  /** Trains that end here: before the switch chose a port, and in this port's queue. */
  readonly inputDrops: readonly Passage[]
  readonly outputDrops: readonly Passage[]
}

/** By the port's id. */
export function trafficOfPorts(layout: Layout, trains: readonly Train[]): readonly PortTraffic[] {
  const ports = layout.ports.map(() => ({
    input: [] as Passage[],
    output: [] as Passage[],
    inputDrops: [] as Passage[],
    outputDrops: [] as Passage[],
  }))
  for (const train of trains.toSorted((a, b) => a.start - b.start)) {
    const left = hopsLeft(train)
    for (let hop = 0; hop < hopsEntered(train); hop++) {
      const { input, output } = train.hops[hop]!
      ports[input]!.input.push({ train, hop })
      if (hop < left) ports[output]!.output.push({ train, hop })
      else if (train.drop!.side === 'egress') ports[output]!.outputDrops.push({ train, hop })
      else ports[input]!.inputDrops.push({ train, hop })
    }
  }
  return ports
}

/** A packet that was sampled. */
export interface SampledPacket {
  readonly time: number
  readonly port: number
  readonly train: Train
  readonly hop: number
  readonly k: number
  /** Sampled as it left the port. */
  readonly isBehind: boolean
}

/** One packet in `rate`, each by itself: geometrically distributed skips, carried on from train to train. */
export function drawSamples(
  passages: readonly Passage[],
  port: number,
  isBehind: boolean,
  rate: number,
  random: Random,
  take: (sample: SampledPacket) => void,
): void {
  const perLog = rate > 1 ? 1 / Math.log1p(-1 / rate) : 0
  const skip = () => Math.floor(Math.log(1 - random.unit()) * perLog)
  let next = skip()
  for (const { train, hop } of passages) {
    for (; next < train.packets; next += 1 + skip()) {
      take({ time: timeOf(train, next), port, train, hop, k: next, isBehind })
    }
    next -= train.packets
  }
}

/** What passed until a time that never goes back. */
export class Sweep {
  packets = 0
  octets = 0
  readonly #passages: readonly Passage[]
  /** 1 where packets are counted as they leave. */
  readonly #behind: number
  #next = 0
  #donePackets = 0
  #doneOctets = 0
  #running: Passage[] = []

  constructor(passages: readonly Passage[], isBehind: boolean) {
    this.#passages = passages
    this.#behind = isBehind ? 1 : 0
  }

  advance(time: number): void {
    for (; this.#next < this.#passages.length && this.#passages[this.#next]!.train.start <= time; this.#next++) {
      this.#running.push(this.#passages[this.#next]!)
    }
    this.packets = this.#donePackets
    this.octets = this.#doneOctets
    let hasEnded = false
    for (const { train, hop } of this.#running) {
      const passed = before(train, time)
      const { packets, octets } = this
      this.packets += passed
      eachShape(train, 0, passed, (shape, n) => {
        this.octets += n * octetsAfter(train, shape, hop + this.#behind)
      })
      if (train.end > time) continue
      hasEnded = true
      this.#donePackets += this.packets - packets
      this.#doneOctets += this.octets - octets
    }
    if (hasEnded) this.#running = this.#running.filter(({ train }) => train.end > time)
  }
}
