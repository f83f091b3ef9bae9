// Owns the way from telemetry to names: (agent address, ifIndex) → node, port, link, and whether that is the fabric's edge or
// core. See topology.ts for the folder. Start at TopologyIndex.find.

import type { LearnedNames } from '../agents/names.ts'
import { AGENT_ITSELF } from '../agents/names.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from '../agents/slots.ts'
import type { PortDirectory } from '../expression/data.ts'
import { parseAddress } from '../parse/address.ts'
import { shortName } from './check-topology.ts'
import { emptyTopology, nodeNames, type Topology } from './topology.ts'

export interface TopologyIndexOptions {
  /** `Leaf1` is `leaf1`. */
  readonly ignoreCase?: boolean
  /** Most (agent, ifIndex) that are remembered. */
  readonly maxPorts?: number
}

/** Four big-endian words, IPv4 as ::ffff:a.b.c.d: AddressWords, or the keys of AgentTable.agents. */
type Words = ArrayLike<number>

/** An ifIndex is 1 to 0x3ffffffe: 0 is not known, 0x3fffffff the device itself (sflow_version_5.txt, erratum on interfaces). */
const INTERNAL = 0x3fffffff

/** Data source type of ports. */
const PORT = 0

const NEITHER = 0
const EDGE = 1
const CORE = 2

/**
 * Names and places of ports, out of a topology and out of what agents tell of themselves. In this order of authority
 * (topology.md section 2): `agent` and `ifindex` of the topology's nodes; else the agent's host name (0:2000), equal to the
 * node's name or, where that leaves one node only, to its first label; else port names (0:1005). A node is found by host name
 * also where the topology gives it another address: devices have several. Where the topology says nothing,
 * learned names are names all the same.
 *
 * An answer is found once and kept in columns, until a name is learned or changes; look-ups then cost one hash of five
 * words. Bounded.
 */
export class TopologyIndex implements PortDirectory, SlotUser {
  readonly topology: Topology
  readonly #names: LearnedNames | undefined
  readonly #fold: (name: string) => string
  readonly #byAgent = new Map<string, string>()
  /** Nodes by name and by first label; undefined where several have that label. */
  readonly #byHost = new Map<string, string>()
  readonly #byLabel = new Map<string, string | undefined>()
  /** Node → ifIndex → port, and node → port → link. */
  readonly #ports = new Map<string, Map<number, string>>()
  readonly #links = new Map<string, Map<string, string>>()

  readonly #slots: Slots
  #known = new Float64Array(FIRST_CAPACITY)
  #place = new Uint8Array(FIRST_CAPACITY)
  #inside = new Uint8Array(FIRST_CAPACITY)
  #node: (string | undefined)[] = new Array(FIRST_CAPACITY)
  #port: (string | undefined)[] = new Array(FIRST_CAPACITY)
  #link: (string | undefined)[] = new Array(FIRST_CAPACITY)

  /** @param names what was learned from samples, AgentTable.names; without it the topology alone answers */
  constructor(topology: Topology | undefined, names?: LearnedNames, options: TopologyIndexOptions = {}) {
    this.topology = topology ?? emptyTopology
    this.#names = names
    this.#fold = options.ignoreCase === true ? (name) => name.toLowerCase() : (name) => name
    this.#slots = new Slots(5, options.maxPorts ?? 262_144, this)
    this.#fillNodes()
    this.#fillLinks()
  }

  grown(capacity: number): void {
    const known = new Float64Array(capacity)
    known.set(this.#known)
    this.#known = known
    const place = new Uint8Array(capacity)
    place.set(this.#place)
    this.#place = place
    const inside = new Uint8Array(capacity)
    inside.set(this.#inside)
    this.#inside = inside
    this.#node.length = capacity
    this.#port.length = capacity
    this.#link.length = capacity
  }

  evicted(): void {}

  /** Goes up with every name that is learned, changes or is forgotten: answers hold until then. */
  get version(): number {
    return this.#names?.changes ?? 0
  }

  // In all of these `find` comes first: it may make the columns longer, which makes them others.

  /** The topology's node of this agent, else the host name that it told, else undefined. */
  node(agent: Words, ifIndex: number, at = 0): string | undefined {
    const slot = this.find(agent, ifIndex, at)
    return this.#node[slot]
  }

  /** Name of the port: the topology's, else the one that the agent told, else undefined. */
  ifname(agent: Words, ifIndex: number, at = 0): string | undefined {
    const slot = this.find(agent, ifIndex, at)
    return this.#port[slot]
  }

  /** Name of the link at this port; undefined where it is no core port. */
  link(agent: Words, ifIndex: number, at = 0): string | undefined {
    const slot = this.find(agent, ifIndex, at)
    return this.#link[slot]
  }

  /** The port is an end of a link. */
  isCore(agent: Words, ifIndex: number, at = 0): boolean {
    const slot = this.find(agent, ifIndex, at)
    return this.#place[slot] === CORE
  }

  /**
   * The port is of a node of the topology, and no end of a link. Ports of other agents are neither edge nor core. Only real
   * ports should be asked for: management ports, VLAN interfaces and LAGs look like edge (if_counters.ifType tells them).
   */
  isEdge(agent: Words, ifIndex: number, at = 0): boolean {
    const slot = this.find(agent, ifIndex, at)
    return this.#place[slot] === EDGE
  }

  /** The agent is a node of the topology. */
  isNode(agent: Words, at = 0): boolean {
    const slot = this.find(agent, 0, at)
    return this.#inside[slot] === 1
  }

  /**
   * Where the answers for (agent, ifIndex) are kept.
   * @param agent its address in four words from `at` on
   * @param ifIndex 0 asks for the agent alone
   */
  find(agent: Words, ifIndex: number, at = 0): number {
    const slots = this.#slots
    const { probe } = slots
    probe[0] = agent[at]!
    probe[1] = agent[at + 1]!
    probe[2] = agent[at + 2]!
    probe[3] = agent[at + 3]!
    probe[4] = ifIndex
    const changes = this.version
    let slot = slots.find()
    if (slot >= 0) {
      if (this.#known[slot] === changes) return slot
      slots.touch(slot)
    } else {
      slot = slots.insert()
    }
    this.#known[slot] = changes
    this.#resolve(slot, ifIndex)
    return slot
  }

  #resolve(slot: number, ifIndex: number): void {
    const { probe } = this.#slots
    const names = this.#names
    const host = names?.get(probe, 0, AGENT_ITSELF, 0)
    const node = this.#byAgent.get(addressKey(probe)) ?? (host === undefined ? undefined : this.#nodeOfHost(host))
    const isPort = ifIndex > 0 && ifIndex < INTERNAL
    const learned = isPort ? names?.get(probe, 0, PORT, ifIndex) : undefined
    const told = node === undefined ? undefined : this.#ports.get(node)?.get(ifIndex)
    const link = node === undefined || !isPort ? undefined : this.#linkOf(node, told, learned)
    this.#node[slot] = node ?? host
    this.#port[slot] = told ?? learned
    this.#link[slot] = link
    this.#inside[slot] = node === undefined ? 0 : 1
    this.#place[slot] = link !== undefined ? CORE : node !== undefined && isPort ? EDGE : NEITHER
  }

  #nodeOfHost(host: string): string | undefined {
    const name = this.#fold(host)
    return this.#byHost.get(name) ?? this.#byLabel.get(shortName(name))
  }

  /** A port whose ifindex the topology tells is not looked for by name: another one may have taken the name over. */
  #linkOf(node: string, told: string | undefined, learned: string | undefined): string | undefined {
    const links = this.#links.get(node)
    if (links === undefined) return undefined
    if (told !== undefined) return links.get(this.#fold(told))
    if (learned === undefined) return undefined
    const port = this.topology.nodes.get(node)?.ports.get(learned)
    return port?.ifIndex === undefined ? links.get(this.#fold(learned)) : undefined
  }

  #fillNodes(): void {
    const { topology } = this
    for (const name of nodeNames(topology)) {
      const node = topology.nodes.get(name)
      const words = node?.agent === undefined ? undefined : parseAddress(node.agent)
      if (words !== undefined) this.#byAgent.set(addressKey(words), this.#byAgent.get(addressKey(words)) ?? name)
      const folded = this.#fold(name)
      this.#byHost.set(folded, this.#byHost.get(folded) ?? name)
      const label = shortName(folded)
      this.#byLabel.set(label, this.#byLabel.has(label) ? undefined : name)
      const ports = new Map<number, string>()
      for (const [port, { ifIndex }] of node?.ports ?? []) {
        if (ifIndex !== undefined && !ports.has(ifIndex)) ports.set(ifIndex, port)
      }
      this.#ports.set(name, ports)
    }
  }

  #fillLinks(): void {
    for (const [name, { node1, port1, node2, port2 }] of this.topology.links) {
      this.#addLink(node1, port1, name)
      this.#addLink(node2, port2, name)
    }
  }

  /** The first link of a port that is in two (checkTopology warns of it). */
  #addLink(node: string, port: string, name: string): void {
    let links = this.#links.get(node)
    if (links === undefined) {
      links = new Map()
      this.#links.set(node, links)
    }
    const folded = this.#fold(port)
    if (!links.has(folded)) links.set(folded, name)
  }
}

function addressKey(words: Words): string {
  return `${words[0]} ${words[1]} ${words[2]} ${words[3]}`
}
