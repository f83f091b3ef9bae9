// Owns what samples say of each node: rows of the flow engines, by node and port. Knows no way between nodes. See path.ts for
// the folder. Start at seenNodes.

import { amountOf, sumOf } from '../flow/amount.ts'
import type { FlowRow, FlowWindow } from '../flow/rows.ts'
import { type AddressWords, parseAddress } from '../parse/address.ts'
import { portIndex } from '../topo/sightings.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import type { Hosts, Mean, Traffic } from './snapshot.ts'
import type { Trusted } from './trust.ts'

/** Keys and values of the flow engines; seenNodes reads rows by their places in these. */
export const pathKeys = 'inputifindex,outputifindex,null:queueindex:-'
export const pathValues = 'frames,bytes,avg:ipttl,avg:transitdelay,avg:queuedepth'
/** Where nothing is smoothed. */
export const pathExtremes = 'min:ipttl,max:ipttl,max:transitdelay,max:queuedepth'
export const dropKeys = 'inputifindex,reason'

/** Hosts that are named at a port. */
const MOST_HOSTS = 3

/** A port of a node: its name, or its ifIndex as text where it has none. */
export interface Port {
  readonly name: string
  readonly link: string | null
  readonly isEdge: boolean
}

/** Samples of one node that came in and left the same way. */
export interface Seen {
  /** Which port was sampled. */
  readonly side: 'in' | 'out' | 'untold'
  readonly input: Port | null
  readonly output: Port | null
  readonly isDiscarded: boolean
  readonly queue: string | null
  readonly traffic: Traffic
  readonly ttl: Mean | null
  readonly ttlMin: number | null
  readonly delay: Mean | null
  readonly depth: Mean | null
}

export interface SeenNode {
  /** Name in the topology, else what no other agent has. */
  readonly key: string
  readonly name: string
  readonly agent: string
  readonly isInTopology: boolean
  readonly seen: Seen[]
  /** By port, of packets that enter and leave there. */
  readonly sources: Map<string, Map<string, number>>
  readonly targets: Map<string, Map<string, number>>
  readonly drops: { readonly input: Port | null; readonly reason: string; readonly packets: Traffic['packets'] }[]
}

/** The three windows of the same time. */
export interface SeenWindows {
  readonly paths: FlowWindow
  readonly hosts: FlowWindow | undefined
  readonly drops: FlowWindow | undefined
}

/** @param least samples that a row must have: smoothed ones fade and never end */
export function seenNodes(
  windows: SeenWindows,
  { index, missing }: Pick<Trusted, 'index' | 'missing'>,
  least: number,
): Map<string, SeenNode> {
  const nodes = new Nodes(index, new Set(missing.map(({ node, port }) => `${node}\n${port}`)))
  for (const row of windows.paths.rows) {
    if (row.samples < least) continue
    const at = nodes.of(row)
    if (at !== undefined) at.node.seen.push(seenOf(row, at, nodes))
  }
  for (const row of windows.hosts?.rows ?? []) {
    const at = row.samples < least ? undefined : nodes.of(row)
    if (at === undefined) continue
    const input = nodes.port(at.words, row.key[0])
    const output = nodes.port(at.words, row.key[1])
    if (input?.isEdge) addHost(at.node.sources, input.name, row.key[2], row.samples)
    if (output?.isEdge) addHost(at.node.targets, output.name, row.key[3], row.samples)
  }
  for (const row of windows.drops?.rows ?? []) {
    const at = row.samples < least ? undefined : nodes.of(row)
    if (at === undefined) continue
    const packets = amountOf(row.samples, row.values[0]!)
    at.node.drops.push({ input: nodes.port(at.words, row.key[0]), reason: String(row.key[1]), packets })
  }
  return nodes.byKey
}

interface At {
  readonly node: SeenNode
  readonly words: AddressWords
}

/** Nodes and ports by their agents, looked up once. */
class Nodes {
  readonly byKey = new Map<string, SeenNode>()
  readonly #byAgent = new Map<string, At>()
  readonly #topology: TopologyIndex
  /** Ports without a link where packets come in from another switch. */
  readonly #fed: ReadonlySet<string>

  constructor(topology: TopologyIndex, fed: ReadonlySet<string>) {
    this.#topology = topology
    this.#fed = fed
  }

  of({ agent }: FlowRow): At | undefined {
    const words = agent === null ? undefined : parseAddress(agent)
    if (agent === null || words === undefined) return undefined
    let at = this.#byAgent.get(agent)
    if (at !== undefined) return at
    const topology = this.#topology
    const isInTopology = topology.isNode(words)
    const name = topology.node(words, 0) ?? agent
    const key = isInTopology ? name : `agent ${agent}`
    let node = this.byKey.get(key)
    if (node === undefined) {
      node = { key, name, agent, isInTopology, seen: [], sources: new Map(), targets: new Map(), drops: [] }
      this.byKey.set(key, node)
    }
    at = { node, words }
    this.#byAgent.set(agent, at)
    return at
  }

  /** @param ifIndex as the flow engine has it: a number, or what is no port as text */
  port(words: AddressWords, ifIndex: unknown): Port | null {
    const index = portIndex(ifIndex)
    if (index === undefined) return null
    const topology = this.#topology
    const name = topology.ifname(words, index) ?? String(index)
    return {
      name,
      link: topology.link(words, index) ?? null,
      isEdge: topology.isEdge(words, index) && !this.#fed.has(`${topology.node(words, index)}\n${name}`),
    }
  }
}

function seenOf(row: FlowRow, { words }: At, nodes: Nodes): Seen {
  const [frames, bytes, ttl, delay, depth, ttlMin, ttlMax, delayMax, depthMax] = row.values
  const source = /^0:(\d+)$/.exec(row.dataSource ?? '')?.[1]
  const input = portIndex(row.key[0])
  const output = portIndex(row.key[1])
  const ofPort = source === undefined ? undefined : Number(source)
  const mean = (value: FlowRow['values'][number] | undefined, max: FlowRow['values'][number] | undefined) =>
    value?.total == null ? null : { mean: value.total, errorPct: value.errorPct, max: max?.total ?? null }
  return {
    side: ofPort === undefined ? 'untold' : ofPort === input ? 'in' : ofPort === output ? 'out' : 'untold',
    input: nodes.port(words, row.key[0]),
    output: nodes.port(words, row.key[1]),
    isDiscarded: row.key[1] === 'discard',
    queue: row.key[2] === '-' ? null : String(row.key[2]),
    traffic: { packets: amountOf(row.samples, frames!), bytes: amountOf(row.samples, bytes!) },
    ttl: mean(ttl, ttlMax),
    ttlMin: ttlMin?.total ?? null,
    delay: mean(delay, delayMax),
    depth: mean(depth, depthMax),
  }
}

function addHost(ports: Map<string, Map<string, number>>, port: string, host: unknown, samples: number): void {
  let hosts = ports.get(port)
  if (hosts === undefined) {
    hosts = new Map()
    ports.set(port, hosts)
  }
  const name = String(host)
  hosts.set(name, (hosts.get(name) ?? 0) + samples)
}

/** Of some ports together; null where none is known. */
export function hostsOf(ports: ReadonlyMap<string, ReadonlyMap<string, number>>, of: readonly string[]): Hosts | null {
  const all = new Map<string, number>()
  for (const port of of) {
    for (const [host, samples] of ports.get(port) ?? []) all.set(host, (all.get(host) ?? 0) + samples)
  }
  if (all.size === 0) return null
  const names = [...all].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name)
  return { names: names.slice(0, MOST_HOSTS), more: Math.max(0, names.length - MOST_HOSTS) }
}

/**
 * What passed a port in one direction: its own samples; where it is not sampled in that direction, those that other ports
 * took of what came from it, or went to it. Both together would count packets twice. Where others saw more for sure, what the
 * port itself sampled is no more than a part, as what the switch sends itself.
 */
export function atPort(seen: readonly Seen[], of: 'input' | 'output', port: string): readonly Seen[] {
  const here = seen.filter((one) => one[of]?.name === port)
  const side = of === 'input' ? 'in' : 'out'
  const own = here.filter((one) => one.side === side)
  if (own.length === 0 || own.length === here.length) return own.length > 0 ? own : here
  const others = here.filter((one) => one.side !== side)
  return trafficOf(others).packets.low > trafficOf(own).packets.high ? others : own
}

export function trafficOf(seen: readonly Seen[]): Traffic {
  return {
    packets: sumOf(seen.map(({ traffic }) => traffic.packets)),
    bytes: sumOf(seen.map(({ traffic }) => traffic.bytes)),
  }
}

/** The mean over all that have it, by packets; errors of the parts add in quadrature. */
export function meanOver(seen: readonly Seen[], of: (one: Seen) => Mean | null): Mean | null {
  let weights = 0
  let sum = 0
  let squares = 0
  let known = false
  let max: number | null = null
  for (const one of seen) {
    const value = of(one)
    if (value === null) continue
    const { packets } = one.traffic
    const weight = packets.total > 0 ? packets.total : packets.samples
    weights += weight
    sum += weight * value.mean
    if (value.errorPct !== null) {
      known = true
      squares += ((weight * value.mean * value.errorPct) / 100) ** 2
    }
    if (value.max !== null) max = Math.max(max ?? 0, value.max)
  }
  if (weights === 0) return null
  return { mean: sum / weights, errorPct: known && sum > 0 ? (100 * Math.sqrt(squares)) / sum : null, max }
}
