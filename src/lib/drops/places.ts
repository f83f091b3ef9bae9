// Owns from what agents tell to places: node, port, direction. See drops.ts for the folder. Start at Places.of.

import { type AddressWords, parseAddress } from '../parse/address.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import type { Told } from './keys.ts'
import type { Place } from './snapshot.ts'

/** More agents than any network has. */
const MOST_AGENTS = 65_536

/** Which agents tell of their ports, and of which. */
export class KnownPorts {
  /**
   * Those that have had time to tell of all their ports: of one they sent counters twice. Agents send those of all their ports one after
   * the other, so before that a port may just not have had its turn.
   */
  readonly #agents = new Set<string>()
  /** `AGENT IFINDEX` of the last rows. */
  #ports: ReadonlySet<string> = new Set()

  /** Rows of a window: a port is known where there were counters of it, or it was sampled itself. */
  see(rows: Iterable<PortRow>): void {
    const ports = new Set<string>()
    for (const row of rows) {
      if (row.seconds !== null && this.#agents.size < MOST_AGENTS) this.#agents.add(row.agent)
      const isSampled = row.in.sampledBy === 'own' || (row.out.sampledBy === 'own' && row.out.samples > 0)
      if (row.counterAge !== null || isSampled) ports.add(row.id)
    }
    this.#ports = ports
  }

  /** The agent has told of all its ports. */
  isHeard(agent: string): boolean {
    return this.#agents.has(agent)
  }

  /** Null: not known. */
  has(agent: string, ifIndex: number): boolean | null {
    if (this.#ports.has(`${agent} ${ifIndex}`)) return this.isHeard(agent) ? true : null
    return this.isHeard(agent) ? false : null
  }
}

const noAddress: AddressWords = [0, 0, 0, 0]

export class Places {
  readonly #topology: TopologyIndex
  readonly #words = new Map<string, AddressWords>()

  constructor(topology: TopologyIndex) {
    this.#topology = topology
  }

  /** @param known undefined: `isKnown` is not asked for */
  of({ agent = '::', input, output }: Pick<Told, 'agent' | 'input' | 'output'>, known?: KnownPorts): Place {
    const ifIndex = output ?? input
    const direction = output !== undefined ? 'out' : input !== undefined ? 'in' : null
    const words = this.#wordsOf(agent)
    const topology = this.#topology
    const node = topology.node(words, ifIndex ?? 0) ?? agent
    const base = { id: `${agent} ${ifIndex ?? '-'} ${direction ?? '-'}`, node, agent, direction } as const
    if (ifIndex === undefined) return { ...base, port: null, ifIndex: null, isKnown: null, link: null }
    const port = topology.ifname(words, ifIndex) ?? null
    return {
      ...base,
      port,
      ifIndex,
      isKnown: port !== null ? true : (known?.has(agent, ifIndex) ?? null),
      link: topology.link(words, ifIndex) ?? null,
    }
  }

  /** Without a topology it says nothing of agents that are no nodes of it. */
  get hasTopology(): boolean {
    const { nodes, links } = this.#topology.topology
    return nodes.size + links.size > 0
  }

  /** The agent is a node of the topology. */
  isNode(agent: string): boolean {
    return this.#topology.isNode(this.#wordsOf(agent))
  }

  #wordsOf(agent: string): AddressWords {
    let words = this.#words.get(agent)
    if (words === undefined) {
      words = parseAddress(agent) ?? noAddress
      this.#words.set(agent, words)
    }
    return words
  }
}
