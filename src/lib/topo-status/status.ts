// Owns what is wrong with a fabric: sFlow-RT's gauges, and checks beside them. Knows no form of output. See fabric.ts for the
// folder. Start at statusOf.

import { formatCount } from '../errors.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import { checkTopology } from '../topo/check-topology.ts'
import { classOfName } from '../topo/class-of-name.ts'
import { isManagementPort } from '../topo/management-port.ts'
import { missingLinkText } from '../topo/missing-links.ts'
import type { Topology } from '../topo/topology.ts'
import type { FabricState, LinkEnd, LinkSight } from './fabric.ts'

/** What is looked at; the first six are sFlow-RT's gauges. */
export const statusChecks = {
  unmonitored: 'nodes whose agent is not heard, links of whose four states some are not known',
  noflows: 'nodes that send counters and no flow samples',
  down: 'links that are not up at both ends',
  discards: 'discarded packets are more than 0.1 % of those that enter at the edge',
  errors: 'packets with errors are more than 0.1 % of those that enter at the edge',
  sampling:
    'the sampling rate is more than twice or less than half the recommended one, 1 in as many as the port has Mb/s',
  octets:
    'what one end of a link has sent and what the other has received differ by more than 20 % and more than 100 kb/s',
  unknown: 'agents that are no node of the topology, nor one of its hosts',
  topology: 'doubtful in the topology itself: ports used twice, self-loops, names that are alike',
  names: 'what agents say of their names and ports is not what the topology says, or is spelt otherwise',
  missing: 'ports where packets come from another switch, and the topology has no link there',
  hosts: 'links to what is a host by its name: they make an access port one of the fabric’s inside',
  speed: 'the two ends of a link have different speeds',
  uplink: 'nodes without a link, or all of whose links are down',
} as const
export type StatusCheck = keyof typeof statusChecks
export const statusCheckNames = Object.keys(statusChecks) as StatusCheck[]

export interface Finding {
  readonly check: StatusCheck
  readonly node: string | null
  readonly port: string | null
  readonly link: string | null
  readonly agent: string | null
  /** A sentence without full stop, names as they are: not made safe for a terminal. */
  readonly text: string
}

/** sFlow-RT's status, and what else was found. Unknown is null, never 0. */
export interface FabricStatus {
  readonly startMs: number
  readonly nowMs: number
  readonly links: { readonly total: number; readonly monitored: number; readonly up: number; readonly down: number }
  readonly unmonitoredLinks: readonly string[]
  readonly downLinks: readonly string[]
  readonly nodes: {
    readonly total: number
    readonly monitored: number
    readonly flows: number
    readonly noflows: number
  }
  readonly unmonitoredNodes: readonly string[]
  readonly noflowsNodes: readonly string[]
  readonly traffic: Traffic
  readonly unknown: FabricState['unknown']
  /** In the order of statusChecks, those that are ignored left out. */
  readonly findings: readonly Finding[]
  /** Nothing was found, and there is a topology in which something could have been. */
  readonly green: boolean
}

export interface Traffic {
  /** Sum of the speeds of edge ports, bit/s. */
  readonly speed: number | null
  /** What enters at the edge, a second. */
  readonly bps: number | null
  readonly pps: number | null
  /** Of all ports of the topology, in and out, packets a second. */
  readonly discards: number | null
  readonly errors: number | null
}

/** ethernetCsmacd: LAGs, VLAN interfaces and loopbacks would count twice (topology.md section 3). */
const ETHERNET = 6
/** Of a node, in a finding. */
const PORTS_NAMED = 4
/** Of the packets that enter at the edge: from here on sFlow-RT's gauges warn. */
const MOST_TROUBLE = 0.001
/** Vendors' rates are powers of two, or round: within this factor a rate is the recommended one. */
const RATE_FACTOR = 2
/** Frames are counted with or without FCS, at most 6 %, and counters are read at different times: so much is no difference. */
const OCTETS_FACTOR = 0.2
/** Bit/s: what switches send themselves (BGP, LLDP, BFD) is counted by some and not by others, and is less than this. */
const LEAST_OCTETS = 100_000

/** @param ignore checks that find nothing, whatever there is */
export function statusOf(state: FabricState, ignore: ReadonlySet<StatusCheck>): FabricStatus {
  const unmonitoredNodes = state.nodes.filter(({ monitored }) => !monitored).map(({ name }) => name)
  const noflows = state.nodes.filter((node) => node.monitored && node.flowSamples === 0).map(({ name }) => name)
  const monitored = state.nodes.length - unmonitoredNodes.length
  const named = (of: LinkSight['state']): string[] =>
    state.links.filter((link) => link.state === of).map(({ name }) => name)
  const unmonitoredLinks = named('unmonitored')
  const down = named('down')
  const total = state.links.length
  const known = total - unmonitoredLinks.length
  const traffic = trafficOf(state.ports)
  const unknown = state.unknown.filter(({ hostname }) => !hostsOf(state.topology).has(hostname ?? ''))
  const findings = [
    ...unmonitoredNodes.map((node) => finding('unmonitored', `node ${node} is not monitored: ${noAgent}`, { node })),
    ...state.links.filter((link) => link.state === 'unmonitored').map((link) => unmonitoredLink(link, state.ports)),
    ...noflows.map((node) => finding('noflows', `node ${node} sends no flow samples`, { node })),
    ...state.links.filter((link) => link.state === 'down').map(downLink),
    ...trouble('discards', traffic.discards, traffic.pps),
    ...trouble('errors', traffic.errors, traffic.pps),
    ...samplingFindings(state.ports),
    ...state.links.flatMap(octetsFindings),
    ...unknown.map(({ agent, hostname }) =>
      finding('unknown', `agent ${agent}${hostname === null ? '' : ` (${hostname})`} is in no node`, { agent }),
    ),
    ...checkTopology(state.topology).map(({ text }) => finding('topology', text)),
    ...state.contradictions.map(({ text, node, port, agent }) => finding('names', text, { node, port, agent })),
    ...missingFindings(state),
    ...state.links.flatMap(hostFindings),
    ...state.links.flatMap(speedFindings),
    ...uplinkFindings(state),
  ].filter(({ check }) => !ignore.has(check))
  return {
    startMs: state.startMs,
    nowMs: state.nowMs,
    links: { total, monitored: known, up: known - down.length, down: down.length },
    unmonitoredLinks,
    downLinks: down,
    nodes: { total: state.nodes.length, monitored, flows: monitored - noflows.length, noflows: noflows.length },
    unmonitoredNodes,
    noflowsNodes: noflows,
    traffic,
    unknown,
    findings,
    green: findings.length === 0 && state.nodes.length > 0,
  }
}

const noAgent = 'none of the agents that are heard is its own'

function finding(
  check: StatusCheck,
  text: string,
  { node = null, port = null, link = null, agent = null }: Partial<Omit<Finding, 'check' | 'text'>> = {},
): Finding {
  return { check, node, port, link, agent, text }
}

/** Hosts that an import kept: their own agents are no strangers. */
function hostsOf({ attributes }: Topology): ReadonlySet<string> {
  const hosts = attributes?.get('hosts')
  return new Set(typeof hosts === 'object' && hosts !== null && !Array.isArray(hosts) ? Object.keys(hosts) : [])
}

const endText = ({ node, port }: LinkEnd): string => `${node}:${port}`
const linkText = ({ ends }: LinkSight): string => `${endText(ends[0])} - ${endText(ends[1])}`

function unmonitoredLink(link: LinkSight, ports: readonly PortRow[]): Finding {
  const missing = link.ends.filter(({ row }) => row?.admin == null || row.oper === null)
  const why =
    missing.length === 0
      ? 'no counters for three minutes'
      : `no state of ${missing.map(endText).join(' and ')} is known${missing.map((end) => otherPorts(end, ports)).join('')}`
  return finding('unmonitored', `${link.name} (${linkText(link)}) is not monitored: ${why}`, { link: link.name })
}

/** Agents call a port by one of its names, and the topology may have another. */
function otherPorts({ node, port }: LinkEnd, ports: readonly PortRow[]): string {
  const names = ports.flatMap((row) => (row.node === node && row.place !== null && row.port !== null ? [row.port] : []))
  if (names.length === 0 || names.includes(port)) return ''
  const more = names.length > PORTS_NAMED ? ` and ${formatCount(names.length - PORTS_NAMED)} more` : ''
  return `; ${node} names ${names.slice(0, PORTS_NAMED).join(', ')}${more} and has no ${port}`
}

function downLink(link: LinkSight): Finding {
  const down = link.ends.filter(({ row }) => row?.admin === 'down' || row?.oper === 'down')
  const off = down.filter(({ row }) => row?.admin === 'down')
  const why =
    off.length > 0 ? `${off.map(endText).join(' and ')} is switched off` : `at ${down.map(endText).join(' and ')}`
  return finding('down', `${link.name} (${linkText(link)}) is down: ${why}`, { link: link.name })
}

function trafficOf(ports: readonly PortRow[]): Traffic {
  const inside = ports.filter(({ place }) => place !== null)
  const edge = inside.filter(
    ({ place, ifType, port }) => place === 'edge' && ifType === ETHERNET && !isManagementPort(port ?? ''),
  )
  return {
    speed: sum(edge.map((row) => row.speed)),
    bps: sum(edge.map((row) => row.in.bitsPerSecond)),
    pps: sum(edge.map((row) => row.in.packetsPerSecond)),
    discards: sum(inside.flatMap((row) => [row.in.discardsPerSecond, row.out.discardsPerSecond])),
    errors: sum(inside.flatMap((row) => [row.in.errorsPerSecond, row.out.errorsPerSecond])),
  }
}

/** Of what is known; null where nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((a, b) => (a === null ? b : b === null ? a : a + b), null)
}

function trouble(check: 'discards' | 'errors', rate: number | null, pps: number | null): Finding[] {
  if (rate === null || rate <= (pps ?? 0) * MOST_TROUBLE) return []
  const share = pps !== null && pps > 0 ? `, ${((100 * rate) / pps).toPrecision(2)} % of those that enter` : ''
  const what = check === 'discards' ? 'packets are discarded a second' : 'packets a second have errors'
  return [finding(check, `${rate < 10 ? rate.toPrecision(2) : formatCount(Math.round(rate))} ${what}${share}`)]
}

/** Bit/s as people say it of ports, which have round speeds. */
export function speedText(speed: number): string {
  const [factor, unit] = speed >= 1e9 ? [1e9, 'Gb/s'] : speed >= 1e6 ? [1e6, 'Mb/s'] : [1, 'b/s']
  return `${Number((speed / factor).toFixed(1))} ${unit}`
}

/** One finding for all ports of a node that have the same speed and rate. */
function samplingFindings(ports: readonly PortRow[]): Finding[] {
  const alike = new Map<string, PortRow[]>()
  for (const row of ports) {
    const { place, speed, samplingRate, node } = row
    if (place === null || speed === null || samplingRate === null || samplingRate === 0) continue
    const recommended = speed / 1e6
    if (samplingRate <= recommended * RATE_FACTOR && samplingRate * RATE_FACTOR >= recommended) continue
    const key = JSON.stringify([node, speed, samplingRate])
    const list = alike.get(key)
    if (list === undefined) alike.set(key, [row])
    else list.push(row)
  }
  return [...alike.values()].map((rows) => {
    const { node, speed, samplingRate } = rows[0]!
    const names = rows.map(({ port, ifIndex }) => port ?? String(ifIndex))
    const rate = `1-in-${formatCount(samplingRate!)} on ${speedText(speed!)} (recommended ${formatCount(Math.max(1, Math.round(speed! / 1e6)))})`
    return finding('sampling', `${node} ${names.join(' ')}: ${rate}`, {
      node,
      port: rows.length === 1 ? names[0]! : null,
    })
  })
}

/**
 * Both directions of a link. Counters of both ends are read at different times: what may have passed in between, in a burst,
 * is no difference.
 */
function octetsFindings(sight: LinkSight): Finding[] {
  const [a, b] = sight.ends
  const directions = [
    [a, b],
    [b, a],
  ] as const
  for (const [from, to] of directions) {
    const sender = countsOf(from, 'out')
    const receiver = countsOf(to, 'in')
    if (sender === undefined || receiver === undefined) continue
    if (!isMore(sender, receiver) && !isMore(receiver, sender)) continue
    const [sent, received] = [sender.rate, receiver.rate]
    const text = `${sight.name}: ${endText(from)} sends ${rateText(sent)}, ${endText(to)} receives ${rateText(received)}: is the cable where the topology says?`
    return [finding('octets', text, { link: sight.name })]
  }
  return []
}

/** Of one direction at one end of a link; times are seconds before now. */
interface Counts {
  readonly rate: number
  readonly peak: number
  readonly startAge: number
  readonly endAge: number
  readonly interval: number
  readonly speed: number
}

function countsOf({ soFar, interval }: LinkEnd, way: 'in' | 'out'): Counts | undefined {
  if (soFar?.seconds == null) return undefined
  const { bitsPerSecond: rate, peakBitsPerSecond: peak } = soFar[way]
  if (rate === null) return undefined
  const endAge = soFar.counterAge ?? 0
  const rest = { interval: interval ?? soFar.seconds, speed: soFar.speed ?? Number.POSITIVE_INFINITY }
  return { rate, peak: peak ?? rate, startAge: endAge + soFar.seconds, endAge, ...rest }
}

/** `a` has counted more than `b` can have missed. */
function isMore(a: Counts, b: Counts): boolean {
  const seconds = a.startAge - a.endAge
  // While only a counted: no more than the link can take, nor than a whole interval at the highest rate.
  const alone = (time: number) => Math.min(Math.max(0, time) * a.speed, a.interval * a.peak)
  const missed = alone(a.startAge - b.startAge) + alone(b.endAge - a.endAge)
  const more = a.rate * seconds - missed - b.rate * (b.startAge - b.endAge)
  return more > Math.max(OCTETS_FACTOR * a.rate, LEAST_OCTETS) * seconds
}

function rateText(bits: number): string {
  const [unit, name] =
    bits >= 1e9 ? [1e9, 'Gb/s'] : bits >= 1e6 ? [1e6, 'Mb/s'] : bits >= 1e3 ? [1e3, 'kb/s'] : [1, 'b/s']
  return `${bits / unit >= 100 ? Math.round(bits / unit) : (bits / unit).toPrecision(3)} ${name}`
}

/** Where links are spelt otherwise than agents do, all of them seem to be missing. */
function missingFindings({ missing, contradictions }: FabricState): Finding[] {
  if (contradictions.some(({ kind }) => kind === 'ports')) return []
  const sure = missing.filter(({ from }) => from !== null)
  return sure.map((link) => finding('missing', missingLinkText(link), { node: link.node, port: link.port }))
}

function hostFindings(sight: LinkSight): Finding[] {
  const [a, b] = sight.ends
  const isHost = ({ node }: LinkEnd): boolean => classOfName(node) === 'host'
  if (isHost(a) === isHost(b)) return []
  const [host, port] = isHost(a) ? [a, b] : [b, a]
  const text = `${sight.name}: ${host.node} is a host by its name, and its link makes ${endText(port)} a port of the fabric's inside, where nothing enters: leave it out of links, as sonde topo import does`
  return [finding('hosts', text, { node: host.node, link: sight.name })]
}

function speedFindings(sight: LinkSight): Finding[] {
  const [a, b] = sight.ends
  const one = a.row?.speed ?? null
  const other = b.row?.speed ?? null
  if (one === null || other === null || one === other || sight.state === 'down') return []
  const text = `${sight.name}: ${endText(a)} has ${speedText(one)}, ${endText(b)} has ${speedText(other)}`
  return [finding('speed', text, { link: sight.name })]
}

function uplinkFindings({ nodes, links }: FabricState): Finding[] {
  const counts = new Map(nodes.map(({ name }) => [name, { all: 0, down: 0 }]))
  for (const { link, state } of links) {
    for (const node of new Set([link.node1, link.node2])) {
      const count = counts.get(node)!
      if (link.node1 === link.node2) continue
      count.all++
      if (state === 'down') count.down++
    }
  }
  return [...counts].flatMap(([node, { all, down }]) => {
    if (all === 0) return [finding('uplink', `node ${node} has no link to another`, { node })]
    if (down < all) return []
    return [
      finding('uplink', `node ${node} is cut off: ${all === 1 ? 'its only link is' : `all ${all} links are`} down`, {
        node,
      }),
    ]
  })
}
