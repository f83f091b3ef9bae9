// Owns what differs between two topologies, by cables and not by names of links. See topo-import.ts for the folder.

import { naturalOrder } from '../topo/natural-order.ts'
import { nodeNames, type Topology } from '../topo/topology.ts'

export interface TopologyDiff {
  /** A line a difference: `-` only in the older one, `+` only in the newer one, `~` changed. */
  readonly lines: readonly string[]
  readonly gone: number
  readonly added: number
  readonly changed: number
}

interface Link {
  readonly name: string
  readonly ends: readonly [string, string]
}

/**
 * Compares two topologies. A port whose link leads elsewhere now is one change. Agents and ifindexes count where both tell them.
 */
export function diffTopologies(older: Topology, newer: Topology): TopologyDiff {
  const before = cablesOf(older)
  const after = cablesOf(newer)
  const gone = new Map([...before].filter(([key]) => !after.has(key)))
  const added = new Map([...after].filter(([key]) => !before.has(key)))
  const moved = moves(gone, added)
  const [oldNodes, newNodes] = [new Set(nodeNames(older)), new Set(nodeNames(newer))]
  const goneNodes = [...oldNodes].filter((name) => !newNodes.has(name))
  const addedNodes = [...newNodes].filter((name) => !oldNodes.has(name))
  const changed = [...moved, ...changedNodes(older, newer)]
  const show = (sign: string, links: Iterable<Link>): string[] =>
    [...links].map(({ name, ends }) => `${sign} link ${ends.join(' - ')} (${name})`).sort(naturalOrder)
  return {
    lines: [
      ...goneNodes.map((name) => `- node ${name}`),
      ...show('-', gone.values()),
      ...addedNodes.map((name) => `+ node ${name}`),
      ...show('+', added.values()),
      ...changed,
    ],
    gone: goneNodes.length + gone.size,
    added: addedNodes.length + added.size,
    changed: changed.length,
  }
}

function cablesOf({ links }: Topology): Map<string, Link> {
  const cables = new Map<string, Link>()
  for (const [name, { node1, port1, node2, port2 }] of links) {
    const [a, b] = [`${node1}:${port1}`, `${node2}:${port2}`].sort(naturalOrder) as [string, string]
    cables.set(`${a}\n${b}`, { name, ends: [a, b] })
  }
  return cables
}

/** Takes out of both what is one port plugged in elsewhere. */
function moves(gone: Map<string, Link>, added: Map<string, Link>): string[] {
  const byPort = new Map<string, string>()
  for (const [key, { ends }] of added) for (const end of ends) byPort.set(end, key)
  const lines: string[] = []
  for (const [key, { ends }] of gone) {
    const kept = ends.find((end) => added.has(byPort.get(end) ?? ''))
    if (kept === undefined) continue
    const now = byPort.get(kept)!
    const other = (all: readonly string[]): string => all.find((end) => end !== kept) ?? kept
    lines.push(`~ link ${kept} led to ${other(ends)}, now to ${other(added.get(now)!.ends)}`)
    gone.delete(key)
    added.delete(now)
  }
  return lines
}

function changedNodes(older: Topology, newer: Topology): string[] {
  const lines: string[] = []
  for (const [name, { agent, ports }] of older.nodes) {
    const now = newer.nodes.get(name)
    if (agent !== undefined && now?.agent !== undefined && agent !== now.agent) {
      lines.push(`~ node ${name} had agent ${agent}, now ${now.agent}`)
    }
    for (const [port, { ifIndex }] of ports) {
      const index = now?.ports.get(port)?.ifIndex
      if (ifIndex !== undefined && index !== undefined && index !== ifIndex) {
        lines.push(`~ port ${name}:${port} had ifindex ${ifIndex}, now ${index}`)
      }
    }
  }
  return lines
}
