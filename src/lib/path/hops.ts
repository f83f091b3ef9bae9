// Owns hops and drops in their order, out of what was seen and the ways between. See path.ts for the folder. Start at pathRows.

import { type noAmount, type Share, shareOf } from '../flow/amount.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import type { Way } from './fabric.ts'
import { hopNumbers } from './order.ts'
import { atPort, hostsOf, meanOver, type Seen, type SeenNode, trafficOf } from './seen.ts'
import type { PathDrop, PathHop, Traffic } from './snapshot.ts'
import { addTraffic, busiest, noTraffic, type Ways, weightOf } from './ways.ts'

export interface PathRows {
  readonly hops: readonly PathHop[]
  readonly drops: readonly PathDrop[]
  readonly entering: Traffic
}

/** A way out of a node, before its share is known. */
type Exit = Pick<
  PathHop,
  'outPort' | 'link' | 'to' | 'toPort' | 'hosts' | 'state' | 'traffic' | 'branches' | 'branchShare' | 'expectedSamples'
>

/** @param agentOf address that the topology has of a node without samples */
export function pathRows(
  nodes: ReadonlyMap<string, SeenNode>,
  ways: Ways,
  agentOf: (node: string) => string | null,
): PathRows {
  const names = ways.names
  const ttls = new Map([...nodes].map(([key, node]) => [key, ttlOf(node)]))
  const numbers = hopNumbers(names, ways, (node) => ttls.get(node)?.mean)
  const weights = new Map(names.map((name) => [name, weightOf(passing(name, nodes.get(name), ways))]))
  names.sort((a, b) => numbers.get(a)! - numbers.get(b)! || weights.get(b)! - weights.get(a)! || naturalOrder(a, b))
  const entering = enteringOf(names, nodes, ways)
  const hops: PathHop[] = []
  const drops: PathDrop[] = []
  for (const name of names) {
    const node = nodes.get(name)
    const hop = numbers.get(name)!
    if (node !== undefined) drops.push(...dropsOf(node, hop))
    const isSilent = node === undefined || node.seen.length === 0
    if (isSilent && ways.into(name).length === 0 && ways.outOf(name).length === 0) continue
    const inPorts = inPortsOf(name, node, ways)
    const entries = ways.entering(name)
    const edgePorts = inPorts.filter((port) => entries.has(port))
    const from = node === undefined ? null : hostsOf(node.sources, edgePorts)
    const exits = exitsOf(name, node, ways)
    for (const exit of exits) {
      hops.push({
        id: `${name}\n${exit.outPort ?? ''}`,
        hop,
        node: node?.name ?? name,
        agent: node?.agent ?? agentOf(name),
        isSilent,
        inPorts,
        edgePorts,
        from,
        ...exit,
        share: shareAmong(
          exit,
          exits.filter((other) => other !== exit),
        ),
        ofAll: weightOf(entering) > 0 ? weightOf(exit.traffic) / weightOf(entering) : null,
        ttl: ttls.get(name) ?? null,
        ...transitOf(node?.seen ?? [], exit.outPort),
      })
    }
  }
  return { hops, drops, entering }
}

/** What comes in; where that is not known, what goes out. */
function passing(name: string, node: SeenNode | undefined, ways: Ways): Traffic {
  const input = ways.comingIn(name)
  if (weightOf(input) > 0) return input
  const output = ways.goingOut(name)
  if (weightOf(output) > 0 || node === undefined) return output
  return trafficOf(ownSide(node.seen))
}

/** Each packet once, where one side of the node is sampled. */
function ownSide(seen: readonly Seen[]): readonly Seen[] {
  const input = seen.filter(({ side }) => side !== 'out')
  return input.length > 0 ? input : seen
}

/**
 * Into the fabric; else what comes out of nodes that nobody saw it go into, silent ones that stand before those that sample; else
 * through the first hop. Where more leaves for sure than enters, what comes out of silent nodes entered too.
 */
function enteringOf(names: readonly string[], nodes: ReadonlyMap<string, SeenNode>, ways: Ways): Traffic {
  const edges = names.flatMap((name) => [...ways.entering(name).values()])
  const { roots } = ways
  if (edges.length > 0) {
    const known = addTraffic(edges)
    const left = addTraffic([noTraffic, ...names.flatMap((name) => [...ways.leaving(name).values()])])
    const silent = roots.filter((name) => !nodes.has(name))
    if (silent.length === 0 || !(left.packets.low > known.packets.high)) return known
    return addTraffic([known, ...silent.map((name) => ways.goingOut(name))])
  }
  if (roots.length > 0) return addTraffic(roots.map((name) => ways.goingOut(name)))
  const [first] = names
  return first === undefined ? noTraffic : passing(first, nodes.get(first), ways)
}

function ttlOf({ seen }: SeenNode): PathHop['ttl'] {
  const own = ownSide(seen)
  const ttl = meanOver(own, (one) => one.ttl)
  if (ttl === null) return null
  const least = own.flatMap(({ ttlMin }) => (ttlMin === null ? [] : [ttlMin]))
  // Means of equal numbers are that number.
  return { mean: Number(ttl.mean.toPrecision(9)), min: least.length === 0 ? null : Math.min(...least), max: ttl.max }
}

/** The busiest first. */
function inPortsOf(name: string, node: SeenNode | undefined, ways: Ways): string[] {
  const ports = new Map<string, Traffic>(ways.entering(name))
  for (const { way, traffic } of ways.into(name)) ports.set(way.toPort, traffic)
  for (const { input } of node?.seen ?? []) {
    if (input !== null && !ports.has(input.name)) {
      ports.set(input.name, trafficOf(atPort(node!.seen, 'input', input.name)))
    }
  }
  return [...ports].sort((a, b) => busiest(a[1], b[1]) || naturalOrder(a[0], b[0])).map(([port]) => port)
}

function exitsOf(name: string, node: SeenNode | undefined, ways: Ways): Exit[] {
  const sets = ways.branches(name)
  const used = new Map(ways.outOf(name).map((flow) => [flow.way, flow]))
  const usedPorts = new Set([...used.keys()].map(({ fromPort }) => fromPort))
  // Where nobody would see traffic, none seen says nothing; of a port in two links, packets take the one that shows them.
  const isBranch = (way: Way) => used.has(way) || (ways.isWatched(way) && !usedPorts.has(way.fromPort))
  const setOf = new Map<Way, readonly Way[]>(sets.flatMap((set) => set.map((way) => [way, set] as const)))
  const alone = {
    link: null,
    to: null,
    toPort: null,
    hosts: null,
    branches: 1,
    branchShare: null,
    expectedSamples: null,
  }
  const exits: Exit[] = []
  for (const way of new Set([...used.keys(), ...setOf.keys()])) {
    const flow = used.get(way)
    if (!isBranch(way)) continue
    const set = (setOf.get(way) ?? [way]).filter(isBranch)
    const flows = set.map((one) => used.get(one)).filter((one) => one !== undefined)
    const samples = flows.reduce((sum, { traffic }) => sum + traffic.packets.samples, 0)
    const others = flows.filter((one) => one !== flow)
    exits.push({
      ...alone,
      outPort: way.fromPort,
      link: way.isGuessed ? null : way.link,
      to: way.to,
      toPort: way.toPort,
      state: flow?.state ?? 'unused',
      traffic: flow?.traffic ?? noTraffic,
      branches: set.length,
      branchShare: set.length > 1 ? shareAmong(flow, others) : null,
      expectedSamples: set.length > 1 ? samples / set.length : null,
    })
  }
  for (const [port, traffic] of ways.leaving(name)) {
    const hosts = node === undefined ? null : hostsOf(node.targets, [port])
    exits.push({ ...alone, outPort: port, hosts, state: 'measured', traffic })
  }
  const known = new Set(exits.map(({ outPort }) => outPort))
  for (const { output } of node?.seen ?? []) {
    if (output === null || known.has(output.name)) continue
    known.add(output.name)
    const traffic = trafficOf(atPort(node!.seen, 'output', output.name))
    exits.push({ ...alone, outPort: output.name, state: 'measured', traffic })
  }
  if (exits.length === 0) {
    const state = node === undefined || node.seen.length === 0 ? 'neighbour' : 'measured'
    exits.push({ ...alone, outPort: null, state, traffic: passing(name, node, ways) })
  }
  return exits.sort((a, b) => busiest(a.traffic, b.traffic) || naturalOrder(a.outPort ?? '', b.outPort ?? ''))
}

/** Bounds are of samples; what was inferred has none. */
function shareAmong(
  one: Pick<Exit, 'traffic' | 'state'> | undefined,
  others: readonly Pick<Exit, 'traffic' | 'state'>[],
): Share | null {
  const rest = addTraffic([noTraffic, ...others.map(({ traffic }) => traffic)])
  const share = shareOf((one?.traffic ?? noTraffic).packets, rest.packets)
  if (share === null || [one, ...others].every((x) => x?.state !== 'inferred')) return share
  return { value: share.value, low: Number.NaN, high: Number.NaN }
}

/** Of the samples that tell by which port they left; where none does, of all of the node. */
function transitOf(seen: readonly Seen[], port: string | null): Pick<PathHop, 'delay' | 'depth' | 'queues'> {
  const isTold = ({ delay, depth, queue }: Seen) => delay !== null || depth !== null || queue !== null
  const told = seen.filter(isTold)
  const here = told.filter(({ output }) => output?.name === port)
  const isUntold = told.every(({ output }) => output === null)
  const of = here.length > 0 ? here : isUntold ? told : []
  const queues = new Map<string, number>()
  for (const { queue, traffic } of of) {
    if (queue !== null) queues.set(queue, (queues.get(queue) ?? 0) + traffic.packets.samples)
  }
  return {
    delay: meanOver(of, (one) => one.delay),
    depth: meanOver(of, (one) => one.depth),
    queues: [...queues].sort((a, b) => b[1] - a[1] || naturalOrder(a[0], b[0])).map(([queue]) => queue),
  }
}

function dropsOf({ key, name, agent, drops, seen }: SeenNode, hop: number): PathDrop[] {
  const rows = drops.map(
    ({ input, reason, packets }): PathDrop => ({
      id: `${key}\n${input?.name ?? ''}\n${reason}`,
      hop,
      node: name,
      agent,
      inPort: input?.name ?? null,
      reason,
      by: 'notified',
      packets,
    }),
  )
  const discarded = seen.filter(({ isDiscarded }) => isDiscarded)
  for (const port of new Set(discarded.map(({ input }) => input?.name ?? null))) {
    const packets = trafficOf(discarded.filter(({ input }) => (input?.name ?? null) === port)).packets
    rows.push({
      id: `${key}\n${port ?? ''}\n`,
      hop,
      node: name,
      agent,
      inPort: port,
      reason: 'discard',
      by: 'sampled',
      packets,
    })
  }
  const weight = (amount: typeof noAmount) => amount.total || amount.samples
  return rows.sort((a, b) => weight(b.packets) - weight(a.packets))
}
