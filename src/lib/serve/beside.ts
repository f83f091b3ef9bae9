// Owns what stands beside the main engine: engines made by questions and dropped when nobody asks any more, and the topology that
// all of them use. See serve.ts for the folder. Start at Beside.

import type { Companion } from '../analysis/companion.ts'
import type { Places } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { noData } from '../expression/data.ts'
import { emptyTopology, type Topology } from '../topo/topology.ts'
import { TopologyIndex } from '../topo/topology-index.ts'

const nowhere: Places = Object.freeze({ topology: undefined, names: true, ignoreCase: false, data: noData })

/** What nobody has asked for so long is dropped: as sFlow-RT's flow exporter (exports.md 1.1). */
export const KEPT_MS = 300_000

/** The part of a Reading that is used here. */
export type Fed = Pick<Reading<unknown>, 'agents' | 'companions'>

export class Beside {
  readonly fed: Fed
  readonly nowMs: () => number
  /** Grows with every topology: what was made for another one is made anew. */
  version = 0
  #places: Places
  #index: TopologyIndex | undefined
  readonly #sweeps: (() => void)[] = []

  /** @param nowMs the clock by which samples are timed */
  constructor(fed: Fed, places: Places = nowhere, nowMs: () => number = Date.now) {
    this.fed = fed
    this.nowMs = nowMs
    this.#places = places
  }

  get places(): Places {
    return this.#places
  }

  /** Of no nodes where there is none. */
  get topology(): Topology {
    return this.#places.topology ?? emptyTopology
  }

  setTopology(topology: Topology): void {
    this.#places = { ...this.#places, topology }
    this.#index = undefined
    this.version++
  }

  /** Of the present topology and of what agents tell. */
  get index(): TopologyIndex {
    const { topology, names, ignoreCase } = this.#places
    this.#index ??= new TopologyIndex(topology, names ? this.fed.agents.names : undefined, { ignoreCase })
    return this.#index
  }

  /** From the next datagram on. */
  add(companion: Companion): void {
    this.fed.companions = [...this.fed.companions, companion]
  }

  remove(companion: Companion): void {
    this.fed.companions = this.fed.companions.filter((one) => one !== companion)
  }

  /** @param sweep drops what nobody has asked for; called by each `tick` */
  onTick(sweep: () => void): void {
    this.#sweeps.push(sweep)
  }

  /** Now and then: the cost of each sample that an engine has goes with it. */
  tick(): void {
    for (const sweep of this.#sweeps) sweep()
  }
}

/** An engine that a question makes, and that is dropped when nobody has asked for KEPT_MS. */
export class OnDemand<T extends Companion> {
  readonly #beside: Beside
  readonly #make: () => T
  #made: T | undefined
  #askedMs = 0

  constructor(beside: Beside, make: () => T) {
    this.#beside = beside
    this.#make = make
    beside.onTick(() => this.#sweep())
  }

  /** For a question: made where it is not there, and then it has seen nothing yet. */
  get(): T {
    this.#sweep()
    this.#askedMs = this.#beside.nowMs()
    if (this.#made === undefined) {
      this.#made = this.#make()
      this.#beside.add(this.#made)
    }
    return this.#made
  }

  #sweep(): void {
    if (this.#made === undefined || this.#beside.nowMs() - this.#askedMs <= KEPT_MS) return
    this.#beside.remove(this.#made)
    this.#made = undefined
  }
}
