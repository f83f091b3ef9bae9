// Owns the fabric as a graph: links in both directions, distances, shortest ways. Knows no sample. See path.ts for the folder.
// Start at Fabric.

import { cablesOnce } from '../topo/cables.ts'
import type { Topology } from '../topo/topology.ts'

/** A link in one direction; the same object in each answer. */
export interface Way {
  readonly link: string
  readonly from: string
  readonly fromPort: string
  readonly to: string
  readonly toPort: string
  /** No link of the topology, but packets show it. */
  readonly isGuessed: boolean
}

const none: readonly Way[] = []

export class Fabric {
  readonly #out = new Map<string, Way[]>()
  /** By target: steps from each node. At most MOST_TARGETS. */
  readonly #distances = new Map<string, ReadonlyMap<string, number>>()

  /** @param guessed names of links that only packets show */
  constructor(topology: Topology, guessed: ReadonlySet<string> = new Set()) {
    for (const [link, { node1, port1, node2, port2 }] of cablesOnce(topology.links)) {
      const isGuessed = guessed.has(link)
      this.#add({ link, from: node1, fromPort: port1, to: node2, toPort: port2, isGuessed })
      this.#add({ link, from: node2, fromPort: port2, to: node1, toPort: port1, isGuessed })
    }
  }

  #add(way: Way): void {
    const ways = this.#out.get(way.from)
    if (ways === undefined) this.#out.set(way.from, [way])
    else ways.push(way)
  }

  /** All links that leave the node. */
  from(node: string): readonly Way[] {
    return this.#out.get(node) ?? none
  }

  /** The way over `link` that leaves `node`. */
  over(node: string, link: string): Way | undefined {
    return this.from(node).find((way) => way.link === link)
  }

  /** Equal-cost first steps of the shortest ways from `node` to `target`; none where there is no way, or it is there already. */
  towards(node: string, target: string): readonly Way[] {
    const steps = this.distancesTo(target)
    const here = steps.get(node)
    if (here === undefined || here === 0) return none
    return this.from(node).filter(({ to }) => steps.get(to) === here - 1)
  }

  /** Links on the shortest way to `target`, of each node that has one. */
  distancesTo(target: string): ReadonlyMap<string, number> {
    let steps = this.#distances.get(target)
    if (steps === undefined) {
      steps = this.#search(target)
      if (this.#distances.size >= MOST_TARGETS) this.#distances.clear()
      this.#distances.set(target, steps)
    }
    return steps
  }

  #search(target: string): ReadonlyMap<string, number> {
    const steps = new Map([[target, 0]])
    let front = [target]
    for (let step = 1; front.length > 0; step++) {
      const next: string[] = []
      for (const node of front) {
        for (const { to } of this.from(node)) {
          if (steps.has(to)) continue
          steps.set(to, step)
          next.push(to)
        }
      }
      front = next
    }
    return steps
  }
}

/** Targets whose distances are remembered: with 10,000 nodes some 50 MB. */
const MOST_TARGETS = 128
