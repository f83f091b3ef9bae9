// Owns what is believed of a topology: corrected by what agents say of themselves, and with links that packets show and it lacks.
// Knows no way. See path.ts for the folder. Start at Trust.of.

import type { AgentTable } from '../agents/agents.ts'
import type { FlowWindow } from '../flow/rows.ts'
import { AgentsSay, type Contradiction } from '../topo/agents-say.ts'
import { type MissingLink, missingLinks } from '../topo/missing-links.ts'
import { sightingsOf } from '../topo/sightings.ts'
import type { Topology, TopologyLink } from '../topo/topology.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { Fabric } from './fabric.ts'

/** What a path is made with. */
export interface Trusted {
  readonly index: TopologyIndex
  readonly fabric: Fabric
  readonly missing: readonly MissingLink[]
  readonly contradictions: readonly Contradiction[]
}

/** The same objects as long as nothing else is known, so that what they remember stays. */
export class Trust {
  readonly #agents: AgentTable
  readonly #ignoreCase: boolean
  readonly #given: TopologyIndex
  readonly #says: AgentsSay
  #index: TopologyIndex
  #fabric: Fabric
  #key = ''
  #guessed: Pick<Trusted, 'index' | 'fabric'> | undefined

  constructor(given: TopologyIndex, agents: AgentTable, ignoreCase: boolean) {
    this.#agents = agents
    this.#ignoreCase = ignoreCase
    this.#given = given
    this.#says = new AgentsSay(given.topology, agents, ignoreCase)
    this.#index = given
    this.#fabric = new Fabric(given.topology)
  }

  /** @param hosts packets by pairs of hosts, of the window that is asked about */
  of(hosts: FlowWindow | undefined): Trusted {
    const { contradictions, corrected, index } = this.#says
    if (corrected !== this.#index.topology) {
      this.#index = corrected === this.#given.topology ? this.#given : index
      this.#fabric = new Fabric(corrected)
      this.#key = ''
    }
    const missing = this.#says.explain(missingLinks(sightingsOf(hosts?.rows ?? [], this.#index)))
    const links = linksOf(missing)
    const key = JSON.stringify([...links.values()])
    if (links.size === 0) return { index: this.#index, fabric: this.#fabric, missing, contradictions }
    if (this.#guessed === undefined || key !== this.#key) {
      this.#key = key
      const topology = { ...corrected, links: new Map([...corrected.links, ...links]) }
      this.#guessed = { index: this.#indexOf(topology), fabric: new Fabric(topology, new Set(links.keys())) }
    }
    return { ...this.#guessed, missing, contradictions }
  }

  #indexOf(topology: Topology): TopologyIndex {
    return new TopologyIndex(topology, this.#agents.names, { ignoreCase: this.#ignoreCase })
  }
}

/** Under names that no topology has; a link whose one port is not known can't be drawn. */
function linksOf(missing: readonly MissingLink[]): Map<string, TopologyLink> {
  const links = new Map<string, TopologyLink>()
  for (const { node, port, from, fromPort } of missing) {
    if (from === null || fromPort === null) continue
    links.set(`\u0000${from}:${fromPort} - ${node}:${port}`, { node1: from, port1: fromPort, node2: node, port2: port })
  }
  return links
}
