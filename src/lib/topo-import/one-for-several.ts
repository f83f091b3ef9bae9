// Owns doubts whether one node is several machines, or several nodes are one: names and agents that are there more than once.
// Knows no format. See topo-import.ts for the folder.

import { naturalOrder } from '../topo/natural-order.ts'
import type { Topology } from '../topo/topology.ts'
import type { NodeFacts, Place, Warning } from './reading.ts'

/** What machines are called before anybody names them. */
const noName = /^(localhost(\.localdomain)?|\(none\))$/i

/** Of a list in a message. */
const SHOWN = 4

const listed = (names: readonly string[]): string =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} ...` : names.join(', ')

/**
 * Nodes that are heard as several chassis, or that have a name which is none and are heard at several ports.
 * @param heardAt at which ports neighbours hear a node of that name
 */
export function oneName(
  nodes: Iterable<readonly [string, NodeFacts]>,
  heardAt: (name: string) => readonly string[],
): Warning[] {
  const warnings: Warning[] = []
  for (const [name, { chassis, place }] of nodes) {
    if (chassis.size > 1) {
      const ids = listed([...chassis].sort(naturalOrder))
      const text = `${name} is heard as ${chassis.size} chassis (${ids}): if these are several machines, they became one node; give each a name of its own`
      warnings.push({ kind: 'one name', place, text })
    } else if (chassis.size === 0 && noName.test(name) && heardAt(name).length > 1) {
      const text = `${name} is heard at ${heardAt(name).length} ports (${listed(heardAt(name))}): if these are several machines, they became one node; give each a name of its own`
      warnings.push({ kind: 'one name', place, text })
    }
  }
  return warnings
}

/** Agents of several nodes: what one of them sends would count for all, or for none. */
export function oneAgent({ nodes }: Topology, placeOf: (node: string) => Place | undefined): Warning[] {
  const byAgent = new Map<string, string[]>()
  for (const [name, { agent }] of nodes) {
    if (agent === undefined) continue
    const names = byAgent.get(agent.toLowerCase())
    if (names === undefined) byAgent.set(agent.toLowerCase(), [name])
    else names.push(name)
  }
  return [...byAgent]
    .filter(([, names]) => names.length > 1)
    .map(([agent, names]) => ({
      kind: 'one agent',
      place: placeOf(names[1]!),
      text: `${agent} is the agent of ${names.length} nodes (${listed(names)}): sFlow of one can't be told from the others' (--no-agents leaves addresses out, --learn finds them in sFlow)`,
    }))
}
