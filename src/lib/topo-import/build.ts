// Owns the common rules: readings of all sources → one Topology, with what was left out and what is doubtful. Knows no format.
// See topo-import.ts for the folder. Start at buildTopology; the rules are those of topology.md section 6.

import { InputError } from '../errors.ts'
import { shortName } from '../topo/check-topology.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import type { Attributes, JsonValue, Topology, TopologyLink, TopologyNode } from '../topo/topology.ts'
import { mergeHosts } from './merge-hosts.ts'
import { type NameOptions, type NamePattern, nodeNamer } from './node-names.ts'
import { oneName } from './one-for-several.ts'
import {
  type Cable,
  formatPlace,
  type NodeClass,
  type NodeFacts,
  type Place,
  type Reading,
  type Warning,
} from './reading.ts'
import { isAggregatePort } from './roles.ts'
import { idleParts, refuseNoLinks } from './switch-pattern.ts'

export interface BuildOptions extends NameOptions {
  /** What is a switch, whatever sources say. */
  readonly switches: NamePattern | undefined
  /** Links are called `leaf1:swp1-spine1:swp1`, not link1, link2. */
  readonly nameLinks: boolean
  /** Where hosts are connected goes under `hosts`. */
  readonly keepHosts: boolean
  /** Addresses that sources know of switches become their agents. */
  readonly agents: boolean
}

/** Cables by what became of them; they add up to all cables of the readings. */
export interface BuildCounts {
  nodes: number
  links: number
  /** Told again, mostly from the other side. */
  again: number
  toHosts: number
  toManagement: number
  selfLoops: number
  withoutPorts: number
}

export interface Built {
  readonly topology: Topology
  readonly counts: BuildCounts
  readonly warnings: readonly Warning[]
  readonly places: Places
}

/** Where nodes and links, by their names in the topology, were first told. */
export interface Places {
  readonly nodes: ReadonlyMap<string, { readonly place: Place }>
  readonly links: ReadonlyMap<string, Place>
}

/** `leaf1:swp1` */
interface Port {
  readonly node: string
  readonly port: string
}

/** A cable between two ports, whoever told of it. */
interface Joined {
  readonly a: Port
  readonly b: Port
  readonly first: Cable
  /** Nodes that heard it (LLDP); undefined where it is no matter of hearing. */
  readonly heardBy: Set<string> | undefined
}

/**
 * One link a cable, in the order in which cables are first told, its ends sorted. Cables to hosts are left out, those that lead back
 * to the same switch and those without ports too.
 * @throws InputError where no cable names its ports
 */
export function buildTopology(readings: readonly Reading[], options: BuildOptions): Built {
  return new Builder(readings, options).build()
}

class Builder {
  readonly #readings: readonly Reading[]
  readonly #options: BuildOptions
  readonly #name: (name: string) => string
  readonly #nodes = new Map<string, NodeFacts>()
  readonly #joined = new Map<string, Joined>()
  readonly #hosts = new Map<string, Map<string, Port>>()
  readonly #linkPlaces = new Map<string, Place>()
  readonly #warnings: Warning[] = []
  readonly #counts: BuildCounts = {
    nodes: 0,
    links: 0,
    again: 0,
    toHosts: 0,
    toManagement: 0,
    selfLoops: 0,
    withoutPorts: 0,
  }

  constructor(readings: readonly Reading[], options: BuildOptions) {
    this.#readings = readings
    this.#options = options
    const aliases = new Map(readings.flatMap((reading) => [...reading.aliases]))
    this.#name = nodeNamer(aliases, options)
  }

  build(): Built {
    for (const reading of this.#readings) {
      this.#warnings.push(...reading.warnings)
      for (const [name, facts] of reading.nodes) this.#addNode(this.#name(name), facts)
    }
    const { switches, keepHosts } = this.#options
    const names = [...this.#nodes.keys()].sort(naturalOrder)
    for (const part of idleParts(switches, names))
      this.#warn('pattern', undefined, `no node matches ${part} of --switches`)
    for (const reading of this.#readings) for (const cable of reading.cables) this.#addCable(cable)
    this.#refuseNoPorts()
    // One switch with its hosts may be what was asked for.
    if (this.#joined.size === 0 && !keepHosts) refuseNoLinks(switches, names)
    const topology = this.#topology()
    this.#checkPorts()
    this.#checkAggregates()
    this.#checkSides()
    this.#checkNames()
    this.#checkMachines()
    this.#counts.nodes = this.#nodes.size
    this.#counts.links = topology.links.size
    const places = { nodes: this.#nodes, links: this.#linkPlaces }
    return { topology, counts: this.#counts, warnings: this.#warnings, places }
  }

  /** What several sources tell of a node: the weightiest class, the first address. */
  #addNode(name: string, facts: NodeFacts): void {
    const known = this.#nodes.get(name)
    if (known === undefined) {
      this.#nodes.set(name, { ...facts, ports: new Map(facts.ports), chassis: new Set(facts.chassis) })
      return
    }
    if (facts.weight > known.weight) {
      known.cls = facts.cls
      known.weight = facts.weight
    }
    known.agent ??= facts.agent
    known.attributes ??= facts.attributes
    known.reports ||= facts.reports
    for (const id of facts.chassis) known.chassis.add(id)
    for (const [port, of] of facts.ports) if (known.ports.get(port)?.ifIndex === undefined) known.ports.set(port, of)
  }

  #classOf(name: string): NodeClass {
    const { switches } = this.#options
    const cls = this.#nodes.get(name)?.cls
    if (switches === undefined) return cls ?? 'switch'
    if (switches.matches(name)) return 'switch'
    return cls === 'management' ? cls : 'host'
  }

  #addCable(cable: Cable): void {
    const counts = this.#counts
    const [a, b] = [cable.a, cable.b].map(({ node, port }) => ({ node: this.#name(node), port }))
    const classes = [this.#classOf(a!.node), this.#classOf(b!.node)]
    if (classes.includes('management')) {
      counts.toManagement++
      return
    }
    if (classes.includes('host')) {
      counts.toHosts++
      if (classes[0] !== classes[1]) this.#addHost(classes[0] === 'host' ? [a!, b!] : [b!, a!], cable.place)
      return
    }
    if (a!.port === undefined || b!.port === undefined) {
      counts.withoutPorts++
      const which =
        a!.port === undefined && b!.port === undefined
          ? 'no ports'
          : `no port of ${(a!.port === undefined ? a! : b!).node}`
      this.#warn('no port', cable.place, `${a!.node} - ${b!.node} names ${which}, so it can't be mapped`)
      return
    }
    this.#join(a as Port, b as Port, cable)
  }

  #join(a: Port, b: Port, cable: Cable): void {
    const [first, last] = [format(a), format(b)]
    if (a.node === b.node) {
      this.#counts.selfLoops++
      this.#warn(
        'self-loop',
        cable.place,
        first === last ? `${first} is connected to itself` : `${first} leads back to the same switch, to ${last}`,
      )
      return
    }
    const sorted = naturalOrder(first, last) <= 0
    const key = sorted ? `${first}\n${last}` : `${last}\n${first}`
    const known = this.#joined.get(key)
    if (known !== undefined) {
      this.#counts.again++
      if (cable.heard === true) known.heardBy?.add(a.node)
      return
    }
    const heardBy = cable.heard === true ? new Set([a.node]) : undefined
    this.#joined.set(key, { a: sorted ? a : b, b: sorted ? b : a, first: cable, heardBy })
  }

  /** Under `hosts` by the host's port, or by that of the switch where the host does not tell. */
  #addHost(
    [host, near]: [{ node: string; port: string | undefined }, { node: string; port: string | undefined }],
    place: Place,
  ): void {
    if (!this.#options.keepHosts) return
    if (near.port === undefined) {
      this.#warn('no port', place, `${near.node} - ${host.node} names no port of ${near.node}, so it can't be mapped`)
      return
    }
    let ports = this.#hosts.get(host.node)
    if (ports === undefined) {
      ports = new Map()
      this.#hosts.set(host.node, ports)
    }
    ports.set(host.port ?? format(near as Port), near as Port)
  }

  /** A drawing, not a cabling plan: an empty topology would look like an answer. */
  #refuseNoPorts(): void {
    const { withoutPorts } = this.#counts
    if (withoutPorts === 0 || this.#joined.size > 0) return
    const { source, kind, unit } = this.#readings[0]!
    const all = this.#readings.reduce((sum, reading) => sum + reading.cables.length, 0)
    const what = this.#readings.length > 1 ? 'the sources' : source
    const of =
      withoutPorts === all
        ? `none of ${all} ${unit} names`
        : `none of ${withoutPorts} ${unit} between switches (of ${all}) names`
    throw new InputError(
      `${what}: ${of} its ports, so they can't be mapped to interfaces.`,
      kind === 'dot' ? ['Write "leaf1":"swp1" -- "spine1":"swp1", or name ports as taillabel and headlabel.'] : [],
    )
  }

  #topology(): Topology {
    const links = new Map<string, TopologyLink>()
    const joined = [...this.#joined.values()]
    const taken = new Set(joined.map(({ first }) => first.name))
    let number = 0
    for (const { a, b, first } of joined) {
      let name = this.#options.nameLinks ? `${format(a)}-${format(b)}` : first.name
      while (name === undefined || links.has(name)) {
        name = `link${++number}`
        if (taken.has(name)) name = undefined
      }
      this.#linkPlaces.set(name, first.place)
      const link = { node1: a.node, port1: a.port, node2: b.node, port2: b.port }
      links.set(name, first.attributes === undefined ? link : { ...link, attributes: first.attributes })
    }
    const attributes = this.#attributes()
    return { nodes: this.#topologyNodes(), links, ...(attributes.size > 0 ? { attributes } : {}) }
  }

  /** Switches of which more is known than the links say, or that have none. */
  #topologyNodes(): Map<string, TopologyNode> {
    const linked = new Set<string>()
    for (const { a, b } of this.#joined.values()) linked.add(a.node).add(b.node)
    const nodes = new Map<string, TopologyNode>()
    for (const [name, { agent, ports, attributes }] of this.#nodes) {
      if (this.#classOf(name) !== 'switch') continue
      const known = this.#options.agents ? agent : undefined
      if (linked.has(name) && known === undefined && ports.size === 0 && attributes === undefined) continue
      nodes.set(name, { agent: known, ports, attributes })
    }
    return nodes
  }

  #attributes(): Attributes {
    const attributes = new Map<string, JsonValue>()
    for (const reading of this.#readings) {
      for (const [name, value] of reading.attributes ?? []) {
        if (name === 'hosts') attributes.set(name, mergeHosts(attributes.get(name), value))
        else if (!attributes.has(name)) attributes.set(name, value)
      }
    }
    if (!this.#options.keepHosts || this.#hosts.size === 0) return attributes
    const hosts = [...this.#hosts]
      .sort(([a], [b]) => naturalOrder(a, b))
      .map(([name, ports]) => [
        name,
        { ports: Object.fromEntries([...ports].map(([port, near]) => [port, { node: near.node, port: near.port }])) },
      ])
    return attributes.set('hosts', mergeHosts(attributes.get('hosts'), Object.fromEntries(hosts)))
  }

  // what is doubtful

  /** sFlow counts and samples at the members, and of a bundle at both ends their indexes differ (topology.md section 2). */
  #checkAggregates(): void {
    for (const { a, b, first } of this.#joined.values()) {
      const bundles = [a, b].filter(({ port }) => isAggregatePort(port)).map(format)
      if (bundles.length === 0) continue
      const are = bundles.length === 1 ? 'is a bundle' : 'are bundles'
      this.#warn(
        'aggregate',
        first.place,
        `${bundles.join(' and ')} ${are}: links should name the physical ports in it`,
      )
    }
  }

  #checkPorts(): void {
    const uses = new Map<string, { peers: string[]; place: Place }>()
    for (const { a, b, first } of this.#joined.values()) {
      for (const [port, peer] of [
        [format(a), format(b)],
        [format(b), format(a)],
      ] as const) {
        const use = uses.get(port)
        if (use === undefined) uses.set(port, { peers: [peer], place: first.place })
        else {
          use.peers.push(peer)
          use.place = first.place
        }
      }
    }
    for (const [port, { peers, place }] of uses) {
      if (peers.length === 1) continue
      const times = peers.length === 2 ? 'twice' : `${peers.length} times`
      const shown = peers.length > 4 ? `${peers.slice(0, 4).join(', ')} ...` : peers.join(', ')
      this.#warn('port twice', place, `${port} is used ${times} (${shown})`)
    }
  }

  /** LLDP is heard from both ends, unless one is not asked, or is deaf, or the two disagree. */
  #checkSides(): void {
    const unasked = new Map<string, { links: number; place: Place }>()
    for (const { a, b, first, heardBy } of this.#joined.values()) {
      if (heardBy === undefined || heardBy.size > 1) continue
      const [near, far] = heardBy.has(a.node) ? [a, b] : [b, a]
      if (this.#nodes.get(far.node)?.reports === true) {
        this.#warn('one side', first.place, `${format(near)} hears ${format(far)}, which does not hear it`)
        continue
      }
      const known = unasked.get(far.node)
      if (known === undefined) unasked.set(far.node, { links: 1, place: first.place })
      else known.links++
    }
    for (const [node, { links, place }] of unasked) {
      const known = links === 1 ? 'its link is' : `its ${links} links are`
      this.#warn('one side', place, `${node} was not asked itself: ${known} known from the other side only`)
    }
  }

  #checkNames(): void {
    const alike = new Map<string, string[]>()
    for (const name of this.#nodes.keys()) {
      const key = shortName(name).toLowerCase()
      const names = alike.get(key)
      if (names === undefined) alike.set(key, [name])
      else names.push(name)
    }
    for (const names of alike.values()) {
      if (names.length === 1) continue
      const short = names.map((name) => shortName(name))
      const flag = new Set(short).size === 1 ? '--strip-domain makes them one' : '--strip-domain --lower make them one'
      const place = this.#nodes.get(names.at(-1)!)!.place
      this.#warn('names alike', place, `${names.slice(0, 4).join(' and ')} differ only in case or domain (${flag})`)
    }
  }

  /** Hosts may all be called localhost: without --keep-hosts they are left out. */
  #checkMachines(): void {
    const shown = [...this.#nodes].filter(([name]) => this.#options.keepHosts || this.#classOf(name) === 'switch')
    const heardAt = (name: string): string[] =>
      this.#readings.flatMap(({ cables }) =>
        cables
          .filter(({ heard, b }) => heard === true && this.#name(b.node) === name)
          .map(({ a }) => format({ node: this.#name(a.node), port: a.port ?? '' })),
      )
    this.#warnings.push(...oneName(shown, heardAt))
  }

  #warn(kind: Warning['kind'], place: Place | undefined, text: string): void {
    this.#warnings.push({ kind, place, text })
  }
}

const format = ({ node, port }: Port): string => `${node}:${port}`

/** `warning fabric.dot:41 leaf3:swp51 is used twice (spine1:swp3, spine2:swp3)` */
export function formatWarning({ place, text }: Warning): string {
  return place === undefined ? `warning ${text}` : `warning ${formatPlace(place)} ${text}`
}
