// Owns the rules by which cables become a topology: one link a cable, hosts left out, names as asked for. Knows no format.
// See import.ts for the folder. Start at buildTopology.

import { parseAddress } from '../../parse/address.ts'
import { checkTopology, shortName } from '../check-topology.ts'
import { naturalOrder } from '../natural-order.ts'
import type { JsonValue, Topology, TopologyLink, TopologyNode } from '../topology.ts'
import type { CableEnd, Cabling, Device, ImportWarning } from './cabling.ts'

export interface BuildOptions {
  /** `leaf1.example.net` is leaf1. */
  readonly stripDomain: boolean
  readonly lower: boolean
  /** Names of switches; all others are hosts, whatever the source says. */
  readonly switches: RegExp | undefined
  /** link1, link2 ... in the order of the input, or `leaf1:swp1-spine1:swp1`. */
  readonly linkNames: 'numbered' | 'ports'
  /** Links to hosts are kept, under `hosts` and not in `links`: there they would make access ports core ports. */
  readonly keepHosts: boolean
  /** Addresses that the source knows become agents of nodes. */
  readonly agents: boolean
}

export const buildDefaults: BuildOptions = {
  stripDomain: false,
  lower: false,
  switches: undefined,
  linkNames: 'numbered',
  keepHosts: false,
  agents: true,
}

export interface ImportResult {
  readonly topology: Topology
  readonly warnings: readonly ImportWarning[]
  /** Cables of the input, each once. */
  readonly cables: number
  /** Of them, to hosts. */
  readonly hostCables: number
  /** Left out for other reasons, with counts. */
  readonly left: ReadonlyMap<string, number>
}

/**
 * Hosts by their names, where nothing else tells: h1, host-3, server01, client2, pc1, gpu7. Told as a warning, since a switch
 * may be called so.
 */
const hostName = /^(h|host|server|srv|client|pc|vm|gpu|compute)[-_]?\d+$/i

/** Applies the rules of topology.md section 6 to what was read. Never fails: what is doubtful is a warning. */
export function buildTopology(cabling: Cabling, options: BuildOptions = buildDefaults): ImportResult {
  return new Builder(cabling, options).build()
}

interface Joined {
  readonly a: CableEnd
  readonly b: CableEnd
  readonly where: string
  readonly toldBy: Set<string>
}

class Builder {
  readonly #cabling: Cabling
  readonly #options: BuildOptions
  readonly #warnings: ImportWarning[]
  readonly #devices = new Map<string, Device>()

  constructor(cabling: Cabling, options: BuildOptions) {
    this.#cabling = cabling
    this.#options = options
    this.#warnings = [...cabling.warnings]
  }

  build(): ImportResult {
    for (const [name, device] of this.#cabling.devices) this.#addDevice(this.#named(name), device)
    const joined = this.#join()
    const hosts = this.#hosts(joined)
    const isLink = ({ a, b }: Joined): boolean => !hosts.has(a.node) && !hosts.has(b.node)
    const links = joined.filter(isLink)
    const toHosts = joined.filter((cable) => !isLink(cable))
    this.#checkPorts(links)
    this.#checkSides(links)
    const attributes = this.#options.keepHosts && toHosts.length > 0 ? this.#hostAttribute(toHosts, hosts) : undefined
    const topology = {
      nodes: this.#nodes(links, hosts),
      links: this.#links(links),
      ...(attributes === undefined ? {} : { attributes }),
    }
    for (const warning of checkTopology(topology)) {
      if (warning.kind === 'names alike') this.#warnings.push({ kind: warning.kind, text: warning.text })
    }
    return {
      topology,
      warnings: this.#warnings,
      cables: joined.length,
      hostCables: toHosts.length,
      left: this.#cabling.left,
    }
  }

  #named(name: string): string {
    const short = this.#options.stripDomain ? shortName(name) : name
    return this.#options.lower ? short.toLowerCase() : short
  }

  /** Two names may become one. */
  #addDevice(name: string, device: Device): void {
    const known = this.#devices.get(name)
    if (known === undefined) {
      this.#devices.set(name, { ...device, ports: new Map(device.ports) })
      return
    }
    known.role ??= device.role
    known.why ??= device.why
    known.agent ??= device.agent
    for (const [port, ifIndex] of device.ports) known.ports.set(port, known.ports.get(port) ?? ifIndex)
  }

  /** Each cable once, whichever end told of it, in the order of the input; without those from a device to itself, which join no switches. */
  #join(): Joined[] {
    const byKey = new Map<string, Joined>()
    const loops = new Set<string>()
    for (const { a, b, where, toldBy } of this.#cabling.cables) {
      const from = { node: this.#named(a.node), port: a.port }
      const to = { node: this.#named(b.node), port: b.port }
      if ([from.node, from.port, to.node, to.port].some((text) => text.trim() === '')) {
        this.#warn('no ports', `${where} has an empty name`)
        continue
      }
      const keys = [portKey(from), portKey(to)].sort()
      if (from.node === to.node) {
        if (loops.has(keys.join())) continue
        loops.add(keys.join())
        this.#warn('self-loop', `${where} ${portKey(from)} is joined with ${portKey(to)}, the same device: left out`)
        continue
      }
      const key = JSON.stringify(keys)
      const known = byKey.get(key)
      const joined = known ?? { a: from, b: to, where, toldBy: new Set<string>() }
      if (toldBy !== undefined) joined.toldBy.add(this.#named(toldBy))
      if (known === undefined) byKey.set(key, joined)
    }
    return [...byKey.values()]
  }

  #hosts(cables: readonly Joined[]): Set<string> {
    const { switches } = this.#options
    const hosts = new Set<string>()
    const names = new Set([...this.#devices.keys(), ...cables.flatMap(({ a, b }) => [a.node, b.node])])
    const guessed: string[] = []
    for (const name of names) {
      if (switches !== undefined) {
        if (!switches.test(name)) hosts.add(name)
        continue
      }
      const role = this.#devices.get(name)?.role
      if (role === 'host') hosts.add(name)
      else if (role === undefined && hostName.test(name)) {
        hosts.add(name)
        guessed.push(name)
      }
    }
    if (guessed.length > 0) {
      const list =
        guessed.length > 4 ? `${guessed.slice(0, 3).join(', ')} and ${guessed.length - 3} more` : guessed.join(', ')
      this.#warn('guessed', `${list}: taken for hosts by their names; --switches says which names are switches`)
    }
    return hosts
  }

  #checkPorts(links: readonly Joined[]): void {
    const uses = new Map<string, Joined[]>()
    for (const link of links) {
      for (const end of [link.a, link.b]) {
        const key = portKey(end)
        const of = uses.get(key)
        if (of === undefined) uses.set(key, [link])
        else of.push(link)
      }
    }
    for (const [port, of] of uses) {
      if (of.length < 2) continue
      const others = of.map(({ a, b }) => (portKey(a) === port ? portKey(b) : portKey(a)))
      const times = of.length === 2 ? 'twice' : `${of.length} times`
      this.#warn('port twice', `${of[1]!.where} ${port} is used ${times} (${others.join(', ')})`)
    }
  }

  /** Both devices tell of their neighbours, and only one of them of this cable. */
  #checkSides(links: readonly Joined[]): void {
    const reporters = new Set([...this.#cabling.reporters].map((name) => this.#named(name)))
    for (const { a, b, where, toldBy } of links) {
      if (toldBy.size !== 1 || !reporters.has(a.node) || !reporters.has(b.node)) continue
      const silent = toldBy.has(a.node) ? b : a
      const teller = silent === a ? b : a
      this.#warn('one-sided', `${where} ${portKey(teller)} sees ${portKey(silent)}, which does not see it`)
    }
  }

  /** Only what the source knows of nodes beside links: agents, ifindexes, nodes without links. */
  #nodes(links: readonly Joined[], hosts: ReadonlySet<string>): Map<string, TopologyNode> {
    const linked = new Set(links.flatMap(({ a, b }) => [a.node, b.node]))
    const nodes = new Map<string, TopologyNode>()
    for (const [name, { agent: address, ports, role }] of this.#devices) {
      const agent = this.#options.agents ? this.#agent(name, address) : undefined
      if (hosts.has(name) || name.trim() === '') continue
      const isKnown = agent !== undefined || ports.size > 0
      if (!isKnown && (linked.has(name) || role !== 'switch')) continue
      const told = new Map([...ports].map(([port, ifIndex]) => [port, { ifIndex }]))
      nodes.set(name, { ...(agent === undefined ? {} : { agent }), ports: told })
    }
    return nodes
  }

  #agent(name: string, address: string | undefined): string | undefined {
    if (address === undefined || parseAddress(address) !== undefined) return address
    this.#warn('not understood', `${name} has the address ${JSON.stringify(address)}, which is none: left out`)
    return undefined
  }

  #links(links: readonly Joined[]): Map<string, TopologyLink> {
    const named = new Map<string, TopologyLink>()
    for (const [i, { a, b }] of links.entries()) {
      const name = this.#options.linkNames === 'ports' ? `${portKey(a)}-${portKey(b)}` : `link${i + 1}`
      named.set(name, { node1: a.node, port1: a.port, node2: b.node, port2: b.port })
    }
    return named
  }

  /** `{"h1": {"ports": {"eth1": {"node": "leaf1", "port": "swp3"}}}}` */
  #hostAttribute(cables: readonly Joined[], hosts: ReadonlySet<string>): ReadonlyMap<string, JsonValue> {
    const byHost = new Map<string, [string, JsonValue][]>()
    const add = (host: CableEnd, to: CableEnd): void => {
      byHost.set(host.node, [...(byHost.get(host.node) ?? []), [host.port, { node: to.node, port: to.port }]])
    }
    for (const { a, b } of cables) {
      if (hosts.has(a.node)) add(a, b)
      else add(b, a)
    }
    const list = [...byHost].sort(([x], [y]) => naturalOrder(x, y))
    return new Map([
      ['hosts', Object.fromEntries(list.map(([name, ports]) => [name, { ports: Object.fromEntries(ports) }]))],
    ])
  }

  #warn(kind: ImportWarning['kind'], text: string): void {
    this.#warnings.push({ kind, text })
  }
}

function portKey({ node, port }: CableEnd): string {
  return `${node}:${port}`
}
