// Owns where agents contradict the topology by what they tell of themselves: host names (0:2000), port names (0:1005). Knows no
// sample of a packet. See topology.ts for the folder. Start at AgentsSay.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY } from '../agents/columns.ts'
import { formatCount } from '../errors.ts'
import { parseAddress } from '../parse/address.ts'
import { addressText } from '../wire/address-text.ts'
import { shortName } from './check-topology.ts'
import type { MissingLink } from './missing-links.ts'
import { naturalOrder } from './natural-order.ts'
import { nodeNames, type Topology, type TopologyLink, type TopologyNode } from './topology.ts'
import { TopologyIndex } from './topology-index.ts'

export interface Contradiction {
  /** `agent`: an agent's address is another node's. `ifindex`: a port's ifIndex is another port's. `names`, `ports`: spelt otherwise. */
  readonly kind: 'agent' | 'ifindex' | 'names' | 'ports'
  /** Null where it is of several. */
  readonly node: string | null
  readonly port: string | null
  readonly agent: string | null
  /** The other nodes that it is about: those that an agent may be by what it says. */
  readonly others: readonly string[]
  /** A sentence without a full stop; names are not made safe for a terminal. */
  readonly text: string
}

/** Of one kind, where they are told beside an answer. */
const MOST_ALIKE = 3

/** Sentences that say which side is believed, a few of them. */
export function contradictionNotes(contradictions: readonly Contradiction[]): string[] {
  const isBelieved = (kind: Contradiction['kind']) => kind === 'agent' || kind === 'ifindex'
  return fewNotes(
    contradictions.map(({ kind, text }) => `${capital(text)}${isBelieved(kind) ? ': the agent is believed' : ''}.`),
  )
}

/** The first three; how many more there are is said behind. */
export function fewNotes(notes: readonly string[]): string[] {
  const shown = notes.slice(0, MOST_ALIKE)
  const more = notes.length - shown.length
  return more > 0 ? [...shown, `${formatCount(more)} more like this: sonde topo status names all.`] : shown
}

/** Names are left as they are spelt. */
export function capital(text: string): string {
  return /^(the|links|packets) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
}

/** Names in a sentence. */
const MOST_NAMED = 3

interface Told {
  readonly words: Uint32Array
  readonly address: string
  host: string | undefined
  /** ifIndex → name. */
  readonly ports: Map<number, string>
}

/** Type of a data source that is a port. */
const PORT = 0

const lower = (text: string): string => text.toLowerCase()

/**
 * Contradictions, found again when a name is learned or changes. Careful, since vendors have several names for a port and devices
 * have host names that nobody set: what an agent says counts only where it is another node's or port's name in this topology.
 */
export class AgentsSay {
  readonly #topology: Topology
  readonly #agents: AgentTable
  readonly #ignoreCase: boolean
  #version = Number.NaN
  #all: readonly Contradiction[] = []
  #corrected: Topology
  #index: TopologyIndex

  constructor(topology: Topology, agents: AgentTable, ignoreCase: boolean) {
    this.#topology = topology
    this.#agents = agents
    this.#ignoreCase = ignoreCase
    this.#corrected = topology
    this.#index = this.#indexOf(topology)
  }

  /** In the order of the topology's nodes; those of names last. */
  get contradictions(): readonly Contradiction[] {
    this.#look()
    return this.#all
  }

  /** The topology without the agents and ifIndexes that are contradicted; the same object where none is. */
  get corrected(): Topology {
    this.#look()
    return this.#corrected
  }

  /** Of the corrected topology; the same object as long as that is the same. */
  get index(): TopologyIndex {
    const { corrected } = this
    if (this.#index.topology !== corrected) this.#index = this.#indexOf(corrected)
    return this.#index
  }

  /** With what agents say of the ports that the topology has between the same two nodes, where they have no such ports. */
  explain(missing: readonly MissingLink[]): readonly MissingLink[] {
    if (missing.length === 0) return missing
    const { index, corrected } = this
    const names = new Map<string, readonly string[]>()
    for (const { words, ports } of this.#told().values()) {
      if (ports.size > 0 && index.isNode(words))
        names.set(index.node(words, 0)!, [...ports.values()].sort(naturalOrder))
    }
    return missing.map((link) => {
      const hint = [...corrected.links.values()].flatMap((known) => this.#unnamed(link, known, names))
      return hint.length === 0 ? link : { ...link, hint: hint.slice(0, MOST_ALIKE).join(', ') }
    })
  }

  #unnamed(missing: MissingLink, link: TopologyLink, names: ReadonlyMap<string, readonly string[]>): string[] {
    const { node1, port1, node2, port2 } = link
    const isBetween = (a: string, b: string): boolean => missing.node === a && missing.from === b
    // Agents tell names one by one: of one that has not named the port where packets pass nothing is known yet.
    const seen = new Map([
      [missing.node, missing.port],
      [missing.from, missing.fromPort],
    ])
    if (!isBetween(node1, node2) && !isBetween(node2, node1)) return []
    const ends = [
      [node1, port1],
      [node2, port2],
    ] as const
    return ends.flatMap(([node, port]) => {
      const said = names.get(node)
      const isMapped = this.corrected.nodes.get(node)?.ports.get(port)?.ifIndex !== undefined
      if (said === undefined || isMapped || !said.includes(seen.get(node) ?? '')) return []
      return said.some((name) => lower(name) === lower(port))
        ? []
        : [`${node} names ${listed(said)} and has no ${port}`]
    })
  }

  #indexOf(topology: Topology): TopologyIndex {
    return new TopologyIndex(topology, this.#agents.names, { ignoreCase: this.#ignoreCase })
  }

  #look(): void {
    const version = this.#agents.names.changes * 65_536 + this.#agents.agents.count
    if (version === this.#version) return
    this.#version = version
    const told = this.#told()
    const wrongAgents = this.#wrongAgents(told)
    // Whose ports they are is looked for with the right agents.
    const index = this.#indexOf(this.#without(wrongAgents, [], told))
    const wrongPorts = this.#wrongPorts(told, index)
    const all = [...wrongAgents, ...wrongPorts, ...this.#spelling(told, index)]
    // A name that changes nothing makes no new topology: who has an index of it keeps that.
    if (JSON.stringify(all) === JSON.stringify(this.#all)) return
    this.#all = all
    this.#corrected = this.#without(wrongAgents, wrongPorts, told)
  }

  /** By address; sub-agents have the same names. */
  #told(): Map<string, Told> {
    const all = new Map<string, Told>()
    const { agents, names } = this.#agents
    for (const slot of agents.slots()) {
      const words = agents.keys.slice(slot * AGENT_KEY, slot * AGENT_KEY + 4)
      const key = words.join(' ')
      if (all.has(key)) continue
      const host = this.#agents.hostName(slot)
      all.set(key, { words, address: addressText(words, 0) ?? '::', host, ports: new Map() })
    }
    names.forEach((keys, at, name) => {
      if (keys[at + 4] !== PORT) return
      all.get(`${keys[at]} ${keys[at + 1]} ${keys[at + 2]} ${keys[at + 3]}`)?.ports.set(keys[at + 5]!, name)
    })
    return all
  }

  #wrongAgents(told: ReadonlyMap<string, Told>): Contradiction[] {
    const names = nodesByName(this.#topology)
    const found: Contradiction[] = []
    for (const [node, { agent }] of this.#topology.nodes) {
      const said = agent === undefined ? undefined : told.get(keyOf(agent))
      if (said?.host === undefined) continue
      const other = names(said.host)
      if (other.length === 0 || other.includes(node)) continue
      const text = `the topology says that agent ${agent} is ${node}, the agent says that it is ${said.host}`
      found.push({ kind: 'agent', node, port: null, agent: agent!, others: other, text })
    }
    return found
  }

  #wrongPorts(told: ReadonlyMap<string, Told>, index: TopologyIndex): Contradiction[] {
    const linked = linkedPorts(this.#topology)
    const found: Contradiction[] = []
    for (const { words, address, ports } of told.values()) {
      if (ports.size === 0 || !index.isNode(words)) continue
      const node = index.node(words, 0)!
      const inTopology = this.#topology.nodes.get(node)?.ports
      if (inTopology === undefined) continue
      const known = new Set([...inTopology.keys(), ...(linked.get(node) ?? [])].map(lower))
      const saidIndexes = indexesByName(ports)
      for (const [port, { ifIndex }] of inTopology) {
        if (ifIndex === undefined) continue
        const said = ports.get(ifIndex)
        if (said !== undefined && lower(said) === lower(port)) continue
        const own = saidIndexes.get(lower(port)) ?? []
        // A name that several ports have says nothing of one that is not named.
        if (said === undefined && own.length !== 1) continue
        // Of names that neither side has otherwise, it may be one port with two names.
        if (said !== undefined && !known.has(lower(said)) && own.length === 0) continue
        const isSaid = said === undefined ? `${port} is ifindex ${own[0]}` : `ifindex ${ifIndex} is ${said}`
        const text = `the topology says that ${node} ${port} is ifindex ${ifIndex}, the agent says that ${isSaid}`
        found.push({ kind: 'ifindex', node, port, agent: address, others: [], text })
      }
    }
    return found.sort((a, b) => naturalOrder(a.node!, b.node!) || naturalOrder(a.port!, b.port!))
  }

  /** Nodes and ports that would be found if they were spelt alike. */
  #spelling(told: ReadonlyMap<string, Told>, index: TopologyIndex): Contradiction[] {
    const names = nodesByName(this.#topology)
    const heard = new Set<string>()
    const strangers: Told[] = []
    for (const one of told.values()) {
      if (index.isNode(one.words)) heard.add(index.node(one.words, 0)!)
      else if (one.host !== undefined) strangers.push(one)
    }
    const nodes: { node: string; said: string }[] = []
    const found: Contradiction[] = []
    for (const { host, address } of strangers) {
      const alike = names(host!).filter((node) => !heard.has(node))
      if (alike.length === 1) nodes.push({ node: alike[0]!, said: host! })
      else if (alike.length > 1) {
        const text = `agent ${address} calls itself ${host}, which may be ${alike.slice(0, MOST_NAMED).join(' or ')}: "agent" in the topology's nodes says which`
        found.push({ kind: 'names', node: null, port: null, agent: address, others: alike, text })
      }
    }
    if (nodes.length > 0) {
      nodes.sort((a, b) => naturalOrder(a.node, b.node))
      const flags = nodes.some(({ node, said }) => shortName(node) === node && shortName(said) === said)
        ? '--lower'
        : '--strip-domain --lower'
      const [are, agents] = nodes.length === 1 ? ['is', 'an agent calls itself'] : ['are', 'agents call themselves']
      const text = `${listed(nodes.map(({ node }) => node))} ${are} not heard, but ${agents} ${listed(nodes.map(({ said }) => said))}: use --ignore-case, or import with sonde topo import ${flags}`
      found.push({
        kind: 'names',
        node: nodes.length === 1 ? nodes[0]!.node : null,
        port: null,
        agent: null,
        others: [],
        text,
      })
    }
    return [...found, ...(this.#ignoreCase ? [] : this.#portSpelling(told, index))]
  }

  #portSpelling(told: ReadonlyMap<string, Told>, index: TopologyIndex): Contradiction[] {
    const linked = linkedPorts(this.#topology)
    const ends: { end: string; said: string }[] = []
    for (const { words, ports } of told.values()) {
      const node = index.isNode(words) ? index.node(words, 0)! : undefined
      if (node === undefined) continue
      const saidNames = new Map([...ports.values()].map((name) => [lower(name), name]))
      for (const port of linked.get(node) ?? []) {
        const said = saidNames.get(lower(port))
        const isMapped = this.#topology.nodes.get(node)?.ports.get(port)?.ifIndex !== undefined
        if (said === undefined || said === port || isMapped) continue
        if (![...ports.values()].includes(port)) ends.push({ end: `${node}:${port}`, said })
      }
    }
    if (ends.length === 0) return []
    ends.sort((a, b) => naturalOrder(a.end, b.end))
    const text = `links name ${listed(ends.map(({ end }) => end))}, but agents call ${ends.length === 1 ? 'that port' : 'these ports'} ${listed([...new Set(ends.map(({ said }) => said))])}: use --ignore-case`
    return [{ kind: 'ports', node: null, port: null, agent: null, others: [], text }]
  }

  /** What agents say of themselves is newer than a file. */
  #without(
    agents: readonly Contradiction[],
    ports: readonly Contradiction[],
    told: ReadonlyMap<string, Told>,
  ): Topology {
    if (agents.length + ports.length === 0) return this.#topology
    const nodes = new Map<string, TopologyNode>(this.#topology.nodes)
    for (const { node } of agents) nodes.set(node!, { ...nodes.get(node!)!, agent: undefined })
    for (const { agent, others } of agents) {
      const [other] = others
      const of: TopologyNode = nodes.get(other!) ?? { ports: new Map() }
      // A node whose own agent is heard keeps that; host names lead to it from both.
      const isFree = of.agent === undefined || !told.has(keyOf(of.agent))
      if (others.length === 1 && isFree) nodes.set(other!, { ...of, agent: agent! })
    }
    for (const { node, port } of ports) {
      const of = nodes.get(node!)!
      nodes.set(node!, { ...of, ports: new Map([...of.ports].filter(([name]) => name !== port)) })
    }
    return { ...this.#topology, nodes }
  }
}

function keyOf(agent: string): string {
  return (parseAddress(agent) ?? []).join(' ')
}

/** Nodes by a host name: that name, else those with the same first label, in any case. */
function nodesByName(topology: Topology): (host: string) => readonly string[] {
  const whole = new Map<string, string[]>()
  const labels = new Map<string, string[]>()
  for (const name of nodeNames(topology)) {
    push(whole, lower(name), name)
    push(labels, lower(shortName(name)), name)
  }
  return (host) => whole.get(lower(host)) ?? labels.get(lower(shortName(host))) ?? []
}

function indexesByName(ports: ReadonlyMap<number, string>): ReadonlyMap<string, readonly number[]> {
  const indexes = new Map<string, number[]>()
  for (const [ifIndex, name] of ports) push(indexes, lower(name), ifIndex)
  return indexes
}

function linkedPorts({ links }: Topology): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, string[]>()
  for (const { node1, port1, node2, port2 } of links.values()) {
    push(ports, node1, port1)
    push(ports, node2, port2)
  }
  return ports
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** `a, b, c and 4 more` */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ')
  return names.length > MOST_NAMED ? `${shown} and ${formatCount(names.length - MOST_NAMED)} more` : shown
}
