// Owns what a topology's nodes get from the agents that were heard: addresses and ifindexes, and what does not fit. See
// topo-import.ts for the folder; learn-sflow.ts listens to the agents.

import { shortName } from '../topo/check-topology.ts'
import { nodeNames, type Topology, type TopologyNode, type TopologyPort } from '../topo/topology.ts'
import type { Places } from './build.ts'
import type { LearnedAgent } from './learn-sflow.ts'
import type { Place, Warning } from './reading.ts'

export interface Learned {
  readonly topology: Topology
  /** Nodes that an agent was found for, and those that none was. */
  readonly found: number
  readonly missing: readonly string[]
  /** What does not fit. */
  readonly problems: readonly Warning[]
  /** Every node has its agent, and every port of a link its ifindex: listening on finds no more. */
  readonly complete: boolean
}

/**
 * The topology with agents and ifindexes as the agents themselves tell them, which outweighs what sources say. A node is found by
 * its name, or by its first label where that leaves one.
 * @param from captures or addresses in which the agents were heard, for messages
 * @param places where the topology is from, for messages
 */
export function applyLearned(
  topology: Topology,
  agents: readonly LearnedAgent[],
  from: string,
  places: Places,
): Learned {
  const byName = new Map<string, LearnedAgent[]>()
  const add = (name: string, agent: LearnedAgent): void => {
    const list = byName.get(name)
    if (list === undefined) byName.set(name, [agent])
    else if (!list.includes(agent)) list.push(agent)
  }
  for (const agent of agents) {
    add(agent.host, agent)
    add(`.${shortName(agent.host)}`, agent)
  }
  const nodes = new Map<string, TopologyNode>(topology.nodes)
  const missing: string[] = []
  const problems: Warning[] = []
  const problem = (place: Place | undefined, text: string): void => void problems.push({ kind: 'source', place, text })
  for (const name of nodeNames(topology)) {
    const heard = byName.get(name) ?? byName.get(`.${shortName(name)}`) ?? []
    const agent = heard[0]
    if (agent === undefined) missing.push(name)
    else if (heard.length > 1) {
      problem(
        { source: from, line: undefined },
        `${name} is the host name of ${heard.length} agents (${heard.map((one) => one.agent).join(', ')}), so none is taken`,
      )
      missing.push(name)
    } else {
      const node = nodes.get(name)
      if (node?.agent !== undefined && node.agent !== agent.agent) {
        problem(
          places.nodes.get(name)?.place,
          `${name} sends sFlow as ${agent.agent} in ${from}, the source says ${node.agent}`,
        )
      }
      nodes.set(name, withAgent(node, agent))
    }
  }
  const unknown = [...topology.links].flatMap(([link, { node1, port1, node2, port2 }]) => [
    [link, node1, port1] as const,
    [link, node2, port2] as const,
  ])
  let complete = missing.length === 0
  for (const [link, node, port] of unknown) {
    const ports = nodes.get(node)?.ports
    if (ports?.get(port)?.ifIndex === undefined) complete = false
    if (ports !== undefined && !missing.includes(node) && ports.size > 0 && ports.get(port)?.ifIndex === undefined) {
      problem(places.links.get(link), `${node} has no port ${port} among the ${ports.size} that it names in ${from}`)
    }
  }
  return {
    topology: { ...topology, nodes },
    found: nodeNames(topology).length - missing.length,
    missing,
    problems,
    complete,
  }
}

function withAgent(node: TopologyNode | undefined, { agent, ports }: LearnedAgent): TopologyNode {
  const all = new Map<string, TopologyPort>(node?.ports)
  for (const [port, ifIndex] of ports) all.set(port, { ...all.get(port), ifIndex })
  return { ...node, agent, ports: all }
}
