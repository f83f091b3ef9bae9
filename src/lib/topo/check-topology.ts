// Owns what is doubtful in a topology that can be read. See topology.ts for the folder. Start at checkTopology.

import { naturalOrder } from './natural-order.ts'
import { nodeNames, type Topology } from './topology.ts'

export interface TopologyWarning {
  readonly kind: 'port twice' | 'self-loop' | 'link twice' | 'agent twice' | 'ifindex twice' | 'names alike'
  /** A sentence without a full stop: `leaf3:swp51 is used twice (link4 to spine1:swp3, link9 to spine2:swp3)`. */
  readonly text: string
}

/**
 * What makes a topology doubtful: a port in two links, a link from a node to itself, a link told twice, an agent or ifindex
 * that two nodes or ports have, names that differ only in case or domain. In stable order; at most a warning a fault.
 * @see topology.md sections 5 and 6
 */
export function checkTopology(topology: Topology): TopologyWarning[] {
  return [...checkLinks(topology), ...checkNodes(topology), ...checkNames(topology)]
}

function checkLinks({ links }: Topology): TopologyWarning[] {
  const warnings: TopologyWarning[] = []
  const uses = new Map<string, string[]>()
  const cables = new Map<string, string[]>()
  for (const [name, { node1, port1, node2, port2 }] of links) {
    const a = `${node1}:${port1}`
    const b = `${node2}:${port2}`
    if (node1 === node2) {
      const other = a === b ? 'itself' : `${b}, the same node`
      warnings.push({ kind: 'self-loop', text: `${name} joins ${a} with ${other}` })
      continue
    }
    const cable = a < b ? `${a} - ${b}` : `${b} - ${a}`
    push(cables, cable, name)
    // A link told twice is one fault, not two ports used twice.
    if (cables.get(cable)!.length > 1) continue
    push(uses, a, `${name} to ${b}`)
    push(uses, b, `${name} to ${a}`)
  }
  for (const [cable, names] of cables) {
    if (names.length > 1) warnings.push({ kind: 'link twice', text: `${cable} is in ${names.join(' and ')}` })
  }
  for (const [port, of] of uses) {
    if (of.length > 1) {
      const times = of.length === 2 ? 'twice' : `${of.length} times`
      warnings.push({ kind: 'port twice', text: `${port} is used ${times} (${of.join(', ')})` })
    }
  }
  return warnings
}

function checkNodes({ nodes }: Topology): TopologyWarning[] {
  const warnings: TopologyWarning[] = []
  const agents = new Map<string, string[]>()
  for (const [name, { agent, ports }] of nodes) {
    if (agent !== undefined) push(agents, agent, name)
    const indexes = new Map<number, string[]>()
    for (const [port, { ifIndex }] of ports) if (ifIndex !== undefined) push(indexes, ifIndex, port)
    for (const [ifIndex, of] of indexes) {
      if (of.length > 1) {
        warnings.push({ kind: 'ifindex twice', text: `${name} gives ifindex ${ifIndex} to ${of.join(' and ')}` })
      }
    }
  }
  for (const [agent, of] of agents) {
    if (of.length > 1) warnings.push({ kind: 'agent twice', text: `agent ${agent} is of ${of.join(' and ')}` })
  }
  return warnings
}

function checkNames(topology: Topology): TopologyWarning[] {
  const alike = new Map<string, string[]>()
  for (const name of nodeNames(topology)) push(alike, shortName(name).toLowerCase(), name)
  return [...alike.values()]
    .filter((names) => names.length > 1)
    .sort(([a], [b]) => naturalOrder(a!, b!))
    .map((names) => ({ kind: 'names alike', text: `${names.join(' and ')} differ only in case or domain` }))
}

/** The first label of a host name: `leaf1` of `leaf1.example.net`; an address is kept. */
export function shortName(name: string): string {
  return /^[\d.]+$/.test(name) || name.includes(':') ? name : name.replace(/\..*$/s, '')
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
