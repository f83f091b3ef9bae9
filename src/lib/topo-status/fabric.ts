// Owns a topology with what sFlow says of its nodes and links, as one state: for `sonde topo status` and `show`. Must not know
// flags, screens or forms of output. Start at FabricEngine; what is wrong with a state is told by status.ts, its picture by
// picture.ts; addresses are located by locate.ts.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_COUNTS, AGENT_KEY, AGENT_WORDS, AgentCount, AgentWord } from '../agents/columns.ts'
import type { Engine } from '../analysis/analysis.ts'
import type { SampleView } from '../attributes/context.ts'
import type { FlowEngine } from '../flow/engine.ts'
import { PortsEngine } from '../port-rates/port-rates.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import { SILENT_MS } from '../port-rates/port-table.ts'
import { SampleKind } from '../sflow/samples.ts'
import { AgentsSay, type Contradiction } from '../topo/agents-say.ts'
import { cablesOnce } from '../topo/cables.ts'
import type { MissingLink } from '../topo/missing-links.ts'
import type { TopologyLink } from '../topo/topology.ts'
import { nodeNames, type Topology } from '../topo/topology.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { addressText } from '../wire/address-text.ts'
import { linksMissedBy, pairsEngine } from './pairs.ts'

/** What the sFlow agents of a node have sent. */
export interface NodeSight {
  readonly name: string
  /** An agent of this node is heard, and was within the last three minutes. */
  readonly monitored: boolean
  /** Flow samples since the start. */
  readonly flowSamples: number
}

/** An agent that is no node of the topology. */
export interface UnknownAgent {
  readonly agent: string
  readonly hostname: string | null
}

/** One end of a link, as far as its agent tells of it. */
export interface LinkEnd {
  readonly node: string
  readonly port: string
  /** Rates of the last interval, or of all of a capture; undefined where no agent tells of this port. */
  readonly row: PortRow | undefined
  /** The same since the start. */
  readonly soFar: PortRow | undefined
  /** Length of its last counter interval, seconds; null before the second counter sample. */
  readonly interval: number | null
}

/** `unmonitored`: fewer than the four states that sFlow has of a link are known (admin and oper, at both ends). */
export type LinkState = 'up' | 'down' | 'unmonitored'

export interface LinkSight {
  readonly name: string
  readonly link: TopologyLink
  readonly state: LinkState
  readonly ends: readonly [LinkEnd, LinkEnd]
}

/** All at one time. */
export interface FabricState {
  /** Milliseconds since 1970 of the first sample and of now; NaN before the first. */
  readonly startMs: number
  readonly nowMs: number
  readonly topology: Topology
  /** In natural order. */
  readonly nodes: readonly NodeSight[]
  /** In the order of the topology. */
  readonly links: readonly LinkSight[]
  /** By node and port, of other agents too. */
  readonly ports: readonly PortRow[]
  readonly unknown: readonly UnknownAgent[]
  /** Where agents say otherwise than the topology, and links that packets show and it lacks. */
  readonly contradictions: readonly Contradiction[]
  readonly missing: readonly MissingLink[]
}

export interface FabricOptions<T> {
  readonly topology: Topology
  /** False: what agents tell of their names is not used. */
  readonly names: boolean
  readonly ignoreCase: boolean
  /** Between two states; undefined: one state, at the end. */
  readonly everyMs: number | undefined
  /** Hold the topology against names and packets too. */
  readonly doubt: boolean
  /** What becomes of a state. */
  readonly make: (state: FabricState) => T
}

/** Feeds ports, and gives the whole fabric every so often. */
export class FabricEngine<T> implements Engine<T> {
  readonly #agents: AgentTable
  #options: FabricOptions<T>
  #index: TopologyIndex
  readonly #ports: PortsEngine
  #says: AgentsSay | undefined
  readonly #pairs: FlowEngine | undefined
  #startMs = Number.NaN
  #lastMs = Number.NaN
  #dueMs = Number.POSITIVE_INFINITY

  constructor(agents: AgentTable, options: FabricOptions<T>) {
    this.#agents = agents
    this.#options = options
    const { topology, names, ignoreCase, doubt } = options
    this.#says = names ? new AgentsSay(topology, agents, ignoreCase) : undefined
    this.#pairs = doubt ? pairsEngine(agents) : undefined
    this.#index = this.#says?.index ?? new TopologyIndex(topology, undefined, { ignoreCase })
    this.#ports = new PortsEngine(agents, {
      windowMs: 'all',
      topology: this.#index,
      filter: undefined,
      history: false,
    })
  }

  /** Another topology; what is known of ports stays. */
  setTopology(topology: Topology): void {
    const { names, ignoreCase } = this.#options
    this.#options = { ...this.#options, topology }
    this.#says = names ? new AgentsSay(topology, this.#agents, ignoreCase) : undefined
    this.#index = this.#says?.index ?? new TopologyIndex(topology, undefined, { ignoreCase })
    this.#ports.setTopology(this.#index)
  }

  /** Agents know better than a file who they are, and what their ports are called. */
  #believe(): void {
    this.#agents.settle()
    this.#index = this.#says?.index ?? this.#index
    this.#ports.setTopology(this.#index)
  }

  sample(view: SampleView): void {
    const nowMs = view.sec * 1000 + view.nsec / 1e6
    if (Number.isNaN(this.#startMs)) {
      this.#startMs = nowMs
      this.#dueMs = nowMs + (this.#options.everyMs ?? Number.POSITIVE_INFINITY)
    }
    if (!(nowMs <= this.#lastMs)) this.#lastMs = nowMs
    this.#ports.sample(view)
    if (view.walker.sampleKind === SampleKind.flow) this.#pairs?.sample(view)
  }

  advance(toMs: number): readonly T[] {
    if (toMs < this.#dueMs) return []
    this.#dueMs = toMs + this.#options.everyMs!
    return [this.peek(toMs)]
  }

  /** The last state: live of the last intervals, of a capture over all of it. */
  finish(): readonly T[] {
    if (this.#options.everyMs !== undefined) return [this.peek(this.#lastMs)]
    this.#believe()
    const { rows } = this.#ports.soFar()
    return [this.#options.make(this.#state(this.#lastMs, rows, rows, this.#ports.peek(this.#lastMs).rows))]
  }

  peek(nowMs: number): T {
    return this.#options.make(this.state(nowMs))
  }

  /** Of the last intervals. */
  state(nowMs: number): FabricState {
    this.#believe()
    const last = this.#ports.peek(nowMs).rows
    return this.#state(nowMs, last, this.#ports.soFar(nowMs).rows, last)
  }

  #state(nowMs: number, ports: readonly PortRow[], soFar: readonly PortRow[], last: readonly PortRow[]): FabricState {
    const { topology, doubt, ignoreCase } = this.#options
    const { heard, unknown } = this.#hear(nowMs)
    const missing = linksMissedBy(this.#pairs, this.#index, this.#says)
    const nodes = nodeNames(topology).map((name) => {
      const sight = heard.get(name)
      return { name, monitored: sight?.recent === true, flowSamples: sight?.flowSamples ?? 0 }
    })
    const links = linkSights(topology, linkRows(ports), linkRows(soFar), linkRows(last), ignoreCase)
    return {
      startMs: this.#startMs,
      nowMs,
      topology,
      nodes,
      links,
      ports,
      unknown,
      contradictions: doubt ? (this.#says?.contradictions ?? []) : [],
      missing,
    }
  }

  /** Agents by their nodes, sub-agents together. */
  #hear(nowMs: number) {
    const { agents, agentCounts, agentWords } = this.#agents
    const heard = new Map<string, { recent: boolean; flowSamples: number }>()
    const unknown = new Map<string, UnknownAgent>()
    for (const agent of agents.slots()) {
      const words = agents.keys.subarray(agent * AGENT_KEY, agent * AGENT_KEY + 4)
      const lastMs = agentWords[agent * AGENT_WORDS + AgentWord.lastSec]! * 1000
      if (!this.#index.isNode(words)) {
        const address = addressText(words, 0) ?? '::'
        unknown.set(address, { agent: address, hostname: this.#agents.hostName(agent) ?? null })
        continue
      }
      const node = this.#index.node(words, 0)!
      const sight = heard.get(node) ?? { recent: false, flowSamples: 0 }
      sight.recent ||= !(nowMs - lastMs > SILENT_MS)
      sight.flowSamples += agentCounts[agent * AGENT_COUNTS + AgentCount.samples + SampleKind.flow]!
      heard.set(node, sight)
    }
    return { heard, unknown: [...unknown.values()] }
  }
}

/** Rows of core ports, by node: a port may be in several links. */
function linkRows(rows: readonly PortRow[]): ReadonlyMap<string, readonly PortRow[]> {
  return Map.groupBy(
    rows.filter(({ link }) => link !== null),
    ({ node }) => node,
  )
}

function linkSights(
  { links }: Topology,
  now: ReadonlyMap<string, readonly PortRow[]>,
  soFar: ReadonlyMap<string, readonly PortRow[]>,
  last: ReadonlyMap<string, readonly PortRow[]>,
  ignoreCase: boolean,
): LinkSight[] {
  const fold = (name: string): string => (ignoreCase ? name.toLowerCase() : name)
  const find = (rows: ReadonlyMap<string, readonly PortRow[]>, node: string, port: string): PortRow | undefined =>
    rows
      .get(node)
      ?.filter((row) => fold(row.port ?? '') === fold(port))
      // A node may have changed its agent's address: who told last is right.
      .sort((a, b) => (a.counterAge ?? Number.POSITIVE_INFINITY) - (b.counterAge ?? Number.POSITIVE_INFINITY))[0]
  return [...cablesOnce(links)].map(([name, link]) => {
    const end = (node: string, port: string): LinkEnd => ({
      node,
      port,
      row: find(now, node, port),
      soFar: find(soFar, node, port),
      interval: find(last, node, port)?.seconds ?? null,
    })
    const ends = [end(link.node1, link.port1), end(link.node2, link.port2)] as const
    return { name, link, state: stateOf(ends), ends }
  })
}

function stateOf(ends: readonly [LinkEnd, LinkEnd]): LinkState {
  const states = ends.flatMap(({ row }) => {
    const isOld = row?.counterAge == null || row.counterAge * 1000 > SILENT_MS
    return isOld ? [null] : [row.admin, row.oper]
  })
  if (states.includes(null)) return 'unmonitored'
  return states.includes('down') ? 'down' : 'up'
}

/** The busier end and direction of a link, 0 to 1; null where neither end knows. */
export function loadOf({ ends }: LinkSight): number | null {
  const known = ends.flatMap(({ row }) => [row?.in.utilization ?? null, row?.out.utilization ?? null])
  return known.reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null)
}
