// Owns how what is remembered of ports becomes rows. See port-rates.ts for the folder. Start at portRows.

import type { AgentTable } from '../agents/agents.ts'
import { PORT_KEY } from '../agents/port-key.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import { addressText } from '../wire/address-text.ts'
import type { PortRow, PortSide, SampledRatio } from './port-row.ts'
import { CELL_IN, CELL_OTHERS, CELL_OUT, PortState, type PortTable, type Stretch } from './port-table.ts'
import { sampledRatio } from './ratio.ts'
import { addScaled, noSamples, type Scaled } from './sampled-sums.ts'
import { sides } from './sides.ts'

export interface RowsOptions {
  readonly endMs: number
  /** What samples are over, where a port has no counters; NaN: too short for a rate. */
  readonly seenMs: number
  /** Counters of the window's intervals, or of the last interval. */
  readonly of: 'window' | 'last'
  /** Only ports that the filter let through. */
  readonly filtered: boolean
}

/** Rows of all ports, by node and port in natural order. */
export function portRows(
  ports: PortTable,
  agents: AgentTable,
  topology: TopologyIndex,
  options: RowsOptions,
): PortRow[] {
  const rows: PortRow[] = []
  for (const port of ports.slots.slots()) {
    if (options.filtered && ports.get(port, PortState.wanted) !== 1) continue
    rows.push(portRow(ports, agents, topology, port, options))
  }
  return rows.sort((a, b) => naturalOrder(a.node, b.node) || naturalOrder(a.agent, b.agent) || byPort(a, b))
}

function byPort(a: PortRow, b: PortRow): number {
  return naturalOrder(a.port ?? String(a.ifIndex), b.port ?? String(b.ifIndex)) || a.ifIndex - b.ifIndex
}

function portRow(
  ports: PortTable,
  agents: AgentTable,
  topology: TopologyIndex,
  port: number,
  options: RowsOptions,
): PortRow {
  const { keys } = ports.slots
  const words = keys.subarray(port * PORT_KEY, port * PORT_KEY + 4)
  const ifIndex = keys[port * PORT_KEY + 4]!
  // An agent without address (type 0) has all zeros.
  const agent = addressText(words, 0) ?? '::'
  const counted = options.of === 'window' ? ports.window(port) : lastOf(ports, port, options.endMs)
  const speed = known(ports.get(port, PortState.speed)) || null
  const status = ports.get(port, PortState.status)
  const places = { words, ifIndex, agent }
  const countedMs = ports.get(port, PortState.countedMs)
  const sources = [CELL_IN, CELL_OUT].map((cell) => ports.sampled.source(ports.cell(port, cell)))
  const source = sources.find((one) => one >= 0) ?? -1
  const inSide = side(ports, port, 0, counted, speed, options)
  const outSide = side(ports, port, 1, counted, speed, options)
  return {
    id: `${agent} ${ifIndex}`,
    node: topology.node(words, ifIndex) ?? agent,
    agent,
    ifIndex,
    port: topology.ifname(words, ifIndex) ?? null,
    link: topology.link(words, ifIndex) ?? null,
    place: placeOf(topology, places),
    ifType: known(ports.get(port, PortState.ifType)),
    speed,
    duplex: duplexes[ports.get(port, PortState.direction)] ?? null,
    admin: upDown(status, 0),
    oper: upDown(status, 1),
    lag: known(ports.get(port, PortState.lag)) || null,
    seconds: counted === undefined ? null : counted.seconds,
    counterAge: Number.isNaN(countedMs) ? null : Math.max(0, (options.endMs - countedMs) / 1000),
    in: inSide,
    out: outSide,
    ratio: ratioOf(ports, port, counted, agents, sources),
    samplingRate: source < 0 ? null : agents.sampling.rate(source) || null,
    effectiveRate: source < 0 ? null : known(agents.sampling.effectiveRate(source)),
    note: noteOf(ports, port, counted, options.of),
  }
}

/** The last interval says nothing of now once so many of its lengths have passed, and so many seconds at least. */
const STALE_INTERVALS = 3
const STALE_S = 120

function lastOf(ports: PortTable, port: number, nowMs: number): Stretch | undefined {
  const last = ports.last(port)
  const age = (nowMs - ports.get(port, PortState.countedMs)) / 1000
  return last !== undefined && age > Math.max(STALE_S, STALE_INTERVALS * last.seconds) ? undefined : last
}

const duplexes = [null, 'full', 'half', 'in', 'out'] as const

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function upDown(status: number, bit: number): 'up' | 'down' | null {
  // All ones: the agent does not know.
  if (Number.isNaN(status) || status === 0xffffffff) return null
  return ((status >>> bit) & 1) === 1 ? 'up' : 'down'
}

function placeOf(
  topology: TopologyIndex,
  { words, ifIndex }: { readonly words: Uint32Array; readonly ifIndex: number },
): 'edge' | 'core' | null {
  if (topology.isCore(words, ifIndex)) return 'core'
  return topology.isEdge(words, ifIndex) ? 'edge' : null
}

function side(
  ports: PortTable,
  port: number,
  of: 0 | 1,
  counted: Stretch | undefined,
  speed: number | null,
  options: RowsOptions,
): PortSide {
  const { octets, errors, discards } = sides[of]
  const cell = of === 0 ? CELL_IN : CELL_OUT
  const seconds = counted?.seconds ?? Number.NaN
  const grown = (i: number): number | null => (counted === undefined ? null : known(counted.growth[i]!))
  const bytes = grown(octets)
  const packets = counted === undefined ? null : known(counted.packets[of])
  const bits = perSecond(bytes, seconds, 8)
  const own = counted?.own[of] ?? ports.sampledInWindow(port, cell)
  const others = counted?.others ?? ports.sampledInWindow(port, CELL_OTHERS)
  const sampledBy = own.samples > 0 ? 'own' : of === 1 && others.samples > 0 ? 'others' : null
  const samples = sampledBy === 'others' ? others : own
  const sampledSeconds = counted?.seconds ?? options.seenMs / 1000
  const isSampled = sampledBy !== null || ports.sampled.source(ports.cell(port, cell)) >= 0
  return {
    bytes,
    packets,
    errors: grown(errors),
    discards: grown(discards),
    bitsPerSecond: bits,
    packetsPerSecond: perSecond(packets, seconds),
    peakBitsPerSecond: counted === undefined ? null : 8 * ports.get(port, PortState.peakBytes + of),
    errorsPerSecond: perSecond(grown(errors), seconds),
    discardsPerSecond: perSecond(grown(discards), seconds),
    utilization: bits === null || speed === null ? null : bits / speed,
    sampledBitsPerSecond: isSampled ? perSecond(samples.bytes, sampledSeconds, 8) : null,
    samples: samples.samples,
    sampledBy: isSampled ? (sampledBy ?? 'own') : null,
    history: ports.history(port, of),
  }
}

function perSecond(amount: number | null, seconds: number, factor = 1): number | null {
  return amount === null || !(seconds > 0) ? null : known((amount * factor) / seconds)
}

/** Of the directions that are sampled at the port itself, together. By packets, which FCS and headers do not change, else by bytes. */
function ratioOf(
  ports: PortTable,
  port: number,
  counted: Stretch | undefined,
  agents: AgentTable,
  sources: readonly number[],
): SampledRatio | null {
  if (counted === undefined) return null
  const sampled: Scaled = noSamples()
  let packets: number | null = 0
  let bytes = 0
  let rate = 0
  const peak = { packets: 0, bytes: 0 }
  for (const side of [0, 1] as const) {
    const source = sources[side]!
    if (source < 0) continue
    addScaled(sampled, counted.own[side])
    const some = known(counted.packets[side])
    packets = packets === null || some === null ? null : packets + some
    bytes += counted.growth[sides[side].octets]!
    peak.packets += ports.get(port, PortState.peakPackets + side)
    peak.bytes += ports.get(port, PortState.peakBytes + side)
    rate = agents.sampling.rate(source)
  }
  if (rate === 0) return null
  const of = packets === null ? 'bytes' : 'packets'
  return sampledRatio(sampled, { of, counted: packets ?? bytes, packets, rate, peak: peak[of] })
}

const betweenRestarts = 'no two counter samples between restarts'

function noteOf(ports: PortTable, port: number, counted: Stretch | undefined, of: RowsOptions['of']): string | null {
  if (counted !== undefined) return null
  const ever = ports.get(port, PortState.everCounted)
  if (ever === 0) return 'no counter samples of this port'
  if (ever === 1) return 'one counter sample: a rate needs two'
  if (of === 'last') return ports.last(port) === undefined ? betweenRestarts : 'no counter sample any more'
  return ports.get(port, PortState.counterSamples) === 0 ? 'no counter sample in this window' : betweenRestarts
}
