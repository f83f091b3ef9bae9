// Owns by which ports the traffic of one group comes in, and which of them is last in its steps. See cycles.ts for the folder.
// Start at GroupPorts.add.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY } from '../agents/columns.ts'
import { EventBag } from '../period/event-bag.ts'
import { findStraggler, type Straggler } from '../period/straggler.ts'

/** Ports of a group that are followed, and events of each that are kept: 8 MiB at most. */
const MOST_PORTS = 256
const MOST_EVENTS = 2048
/** It is looked back so far, or so many steps; the period drifts over more. */
const LEAST_SECONDS = 40
const STEPS = 40
const MOST_SECONDS = 640
/** The same port so often in a row, at looks whose windows overlap. */
const IN_A_ROW = 3

/** Words of an address. */
const ADDRESS = 4

/** A port by which packets come in. */
export interface PortPlace {
  /** Slot of its agent in the AgentTable. */
  readonly slot: number
  /** Four words, IPv4 as ::ffff:a.b.c.d. */
  readonly agent: Uint32Array
  readonly ifIndex: number
}

interface Port {
  readonly place: PortPlace
  readonly name: string
  readonly agentName: string
  events: EventBag
}

export interface LastPort {
  readonly place: PortPlace
  readonly straggler: Straggler
}

export class GroupPorts {
  /** By slot of the AgentTable's sources. */
  readonly #ports = new Map<number, Port>()
  #seconds = LEAST_SECONDS
  #suspect: string | undefined
  #inARow = 0
  #last: LastPort | null = null

  /** A packet that came in by the port of this ifIndex, which is the data source of the sample that `agents` has taken. */
  add(agents: AgentTable, ifIndex: number, ms: number, weight: number): void {
    let known = this.#ports.get(agents.source)
    if (known === undefined) {
      if (this.#ports.size === MOST_PORTS) return
      const at = agents.agent * AGENT_KEY
      const agent = agents.agents.keys.slice(at, at + ADDRESS)
      known = {
        place: { slot: agents.agent, agent, ifIndex },
        name: String(agents.source),
        agentName: agent.join(),
        events: this.#bag(),
      }
      this.#ports.set(agents.source, known)
    }
    known.events.add(ms / 1000, weight)
  }

  /** The port that is last, if one is and was before. */
  get last(): LastPort | null {
    return this.#last
  }

  /**
   * @param to seconds since 1970 @param holdSeconds how wrong times of an agent may be
   */
  look(to: number, periodSeconds: number, holdSeconds: (slot: number) => number): void {
    const seconds = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, STEPS * periodSeconds))
    if (seconds > this.#seconds) {
      this.#seconds = seconds
      for (const port of this.#ports.values()) port.events = this.#bag()
      return
    }
    for (const [number, { events }] of this.#ports) {
      events.forget(to - this.#seconds)
      if (events.count === 0) this.#ports.delete(number)
    }
    const ports = [...this.#ports.values()].map(({ name, agentName, place, events }) => {
      return { port: name, agent: agentName, holdSeconds: holdSeconds(place.slot), events }
    })
    const straggler = findStraggler(ports, to - this.#seconds, this.#seconds, periodSeconds)
    const suspect = straggler?.port
    this.#inARow = suspect !== undefined && suspect === this.#suspect ? this.#inARow + 1 : 1
    this.#suspect = suspect
    const port = suspect === undefined ? undefined : this.#ports.get(Number(suspect))
    const isTold = straggler !== null && port !== undefined && this.#inARow >= IN_A_ROW
    this.#last = isTold ? { place: port.place, straggler } : null
  }

  #bag(): EventBag {
    return new EventBag(this.#seconds, MOST_EVENTS)
  }
}
