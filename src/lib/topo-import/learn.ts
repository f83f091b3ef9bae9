// Owns finding agents and ifindexes of a topology's nodes in sFlow: host names (0:2000) and port names (0:1005). See
// topo-import.ts for the folder.

import { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY, SOURCE_KEY } from '../agents/columns.ts'
import { AGENT_ITSELF } from '../agents/names.ts'
import { openNdjson } from '../ndjson/ndjson-source.ts'
import { Walker } from '../sflow/walker.ts'
import { Inputs } from '../source/inputs.ts'
import { shortName } from '../topo/check-topology.ts'
import { nodeNames, type Topology, type TopologyNode, type TopologyPort } from '../topo/topology.ts'
import { formatIp } from '../wire/json.ts'
import type { ImportReport } from './options.ts'

/** An agent that told its host name. */
export interface LearnedAgent {
  readonly host: string
  readonly agent: string
  /** Port name → ifIndex. */
  readonly ports: ReadonlyMap<string, number>
}

/** Data source type of ports. */
const PORT = 0

/**
 * Reads captures to their end for the names in them.
 * @returns agents in the order of their addresses, and the exit code that the inputs deserve
 * @throws InputError as Inputs.open
 */
export async function learnAgents(
  captures: readonly string[],
  ports: readonly number[],
  report: ImportReport,
  signal: AbortSignal,
): Promise<{ agents: LearnedAgent[]; code: number }> {
  const inputs = await Inputs.open(captures, { ports, ndjson: openNdjson, signal }, report)
  const table = new AgentTable()
  const walker = new Walker(ignoreIssue)
  try {
    for await (const batch of inputs.source.batches()) {
      if (signal.aborted) break
      for (let i = 0; i < batch.count; i++) {
        if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
        table.datagram(walker, batch.sec[i]!, batch.nsec[i]!)
        while (walker.nextSample()) table.sample(walker)
      }
      const { bytesRead, bytesTotal } = inputs.source.report()
      report.progress(inputs.source.name, bytesRead, bytesTotal, `${table.agents.count} agents`)
    }
  } finally {
    await inputs.close()
  }
  return { agents: agentsOf(table), code: inputs.conclude(signal.aborted) }
}

/** Damage of samples does not matter here: names are learned from what is whole. */
function ignoreIssue(): void {}

function agentsOf(table: AgentTable): LearnedAgent[] {
  const { agents, sources, names } = table
  const ports = new Map<string, Map<string, number>>()
  for (const slot of sources.slots().sort((a, b) => a - b)) {
    const agent = sources.keys[slot * SOURCE_KEY]! >>> 2
    const type = sources.keys[slot * SOURCE_KEY + 1]!
    const index = sources.keys[slot * SOURCE_KEY + 2]!
    const name = type === PORT ? names.get(agents.keys, agent * AGENT_KEY, PORT, index) : undefined
    if (name === undefined) continue
    const address = addressOf(agents.keys, agent * AGENT_KEY)
    let of = ports.get(address)
    if (of === undefined) {
      of = new Map()
      ports.set(address, of)
    }
    if (!of.has(name)) of.set(name, index)
  }
  const learned = new Map<string, LearnedAgent>()
  for (const slot of agents.slots()) {
    const host = names.get(agents.keys, slot * AGENT_KEY, AGENT_ITSELF, 0)
    const agent = addressOf(agents.keys, slot * AGENT_KEY)
    // Sub-agents share address and names.
    if (host !== undefined) learned.set(agent, { host, agent, ports: ports.get(agent) ?? new Map() })
  }
  return [...learned.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1))
}

function addressOf(keys: Uint32Array, at: number): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < 4; i++) view.setUint32(i * 4, keys[at + i]!)
  const mapped = keys[at] === 0 && keys[at + 1] === 0 && keys[at + 2] === 0xffff
  return formatIp(mapped ? bytes.subarray(12) : bytes)
}

export interface Learned {
  readonly topology: Topology
  /** Nodes that an agent was found for, and those that none was. */
  readonly found: number
  readonly missing: readonly string[]
  /** Clauses on what does not fit. */
  readonly problems: readonly string[]
}

/**
 * The topology with agents and ifindexes as the agents themselves tell them, which outweighs what sources say. A node is found by
 * its name, or by its first label where that leaves one.
 */
export function applyLearned(topology: Topology, agents: readonly LearnedAgent[]): Learned {
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
  const problems: string[] = []
  for (const name of nodeNames(topology)) {
    const heard = byName.get(name) ?? byName.get(`.${shortName(name)}`) ?? []
    const agent = heard[0]
    if (agent === undefined) missing.push(name)
    else if (heard.length > 1) {
      problems.push(
        `${name} is the host name of ${heard.length} agents (${heard.map((one) => one.agent).join(', ')}), so none is taken`,
      )
      missing.push(name)
    } else {
      const node = nodes.get(name)
      if (node?.agent !== undefined && node.agent !== agent.agent) {
        problems.push(`${name} sends sFlow as ${agent.agent}, the source says ${node.agent}`)
      }
      nodes.set(name, withAgent(node, agent))
    }
  }
  const unknown = [...topology.links.values()].flatMap(({ node1, port1, node2, port2 }) => [
    [node1, port1] as const,
    [node2, port2] as const,
  ])
  for (const [node, port] of unknown) {
    const ports = nodes.get(node)?.ports
    if (ports !== undefined && !missing.includes(node) && ports.size > 0 && ports.get(port)?.ifIndex === undefined) {
      problems.push(`${node} has no port ${port} among the ${ports.size} that it names in sFlow`)
    }
  }
  return { topology: { ...topology, nodes }, found: nodeNames(topology).length - missing.length, missing, problems }
}

function withAgent(node: TopologyNode | undefined, { agent, ports }: LearnedAgent): TopologyNode {
  const all = new Map<string, TopologyPort>(node?.ports)
  for (const [port, ifIndex] of ports) all.set(port, { ...all.get(port), ifIndex })
  return { ...node, agent, ports: all }
}
