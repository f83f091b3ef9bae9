// Owns from what agents tell to places: node, port, direction. See drops.ts for the folder. Start at Places.of.

import { type AddressWords, parseAddress } from '../parse/address.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import type { Told } from './keys.ts'
import type { Place } from './snapshot.ts'

/** Which agents tell of their ports, and of which. */
export interface KnownPorts {
  readonly agents: ReadonlySet<string>
  /** `AGENT IFINDEX` */
  readonly ports: ReadonlySet<string>
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
      isKnown: port !== null ? true : known?.agents.has(agent) ? known.ports.has(`${agent} ${ifIndex}`) : null,
      link: topology.link(words, ifIndex) ?? null,
    }
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

/** A port is known where there were counters of it, or it was sampled itself. */
export function knownPorts(rows: Iterable<PortRow>): KnownPorts {
  const agents = new Set<string>()
  const ports = new Set<string>()
  for (const row of rows) {
    const isSampled = row.in.sampledBy === 'own' || (row.out.sampledBy === 'own' && row.out.samples > 0)
    if (row.counterAge === null && !isSampled) continue
    ports.add(row.id)
    if (row.counterAge !== null) agents.add(row.agent)
  }
  return { agents, ports }
}
