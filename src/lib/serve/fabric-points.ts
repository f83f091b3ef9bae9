// Owns the points of sFlow-RT's Fabric Metrics, second by second: engines beside the main one, and five minutes of what they gave.
// The rules of elephants and busy links are in fabric-flows.ts. See serve.ts for the folder. Start at FabricPoints.

import type { Companion } from '../analysis/companion.ts'
import type { SampleView } from '../attributes/context.ts'
import { parseFilter, parseKeys, parseValues } from '../expression/expression.ts'
import { FlowEngine } from '../flow/engine.ts'
import { flowDefaults } from '../flow/options.ts'
import type { FlowRow } from '../flow/rows.ts'
import type { MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import { PortsEngine } from '../port-rates/port-rates.ts'
import type { PortRow, PortSide } from '../port-rates/port-row.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Topology } from '../topo/topology.ts'
import type { AiPoint } from './ai-points.ts'
import type { Beside } from './beside.ts'
import { FabricFlows, type KnownPort, type PortFlow } from './fabric-flows.ts'

const SECOND_MS = 1000
/** Time constant of all rates, as there. Before that much has passed a few samples would be large rates. */
const SMOOTH_MS = 2000
const MOST_POINTS = 300
/**
 * Flows at ports that are counted, and the largest of them that are looked at each second: a flow is one at each port that samples it. All
 * full, with 1,000 ports, a second costs some 0.09 s.
 */
const MOST_FLOWS = 16_384
const MOST_ROWS = 4096
const MOST_PORTS = 65_536
const TOP = 5
/** Between node and port in the names of the tops, as there. */
const SEPARATOR = '_SEP_'

/** Of either IP version; what is neither TCP nor UDP is no flow here. */
const flowKeys =
  'direction,[or:ipsource:ip6source],[or:ipdestination:ip6destination],[or:ipprotocol:ip6nexthdr],[or:tcpsourceport:udpsourceport],[or:tcpdestinationport:udpdestinationport]'
const flowFilter = 'ipprotocol=6,17|ip6nexthdr=6,17'

const sums = {
  discards: (side: PortSide) => side.discardsPerSecond,
  errors: (side: PortSide) => side.errorsPerSecond,
  utilization: (side: PortSide) => (side.utilization === null ? null : side.utilization * 100),
} as const

type Points = Readonly<Record<string, AiPoint>>

/** What is asked of FabricPoints by name, and at which metric: sFlow-RT's, in its order. */
const series: readonly (readonly [point: string, metric: MetricDefinition, labels: readonly [string, string][]])[] = [
  ['elephant_bps', gauge('bps', 'bits a second that enter the fabric'), [['type', 'elephant']]],
  ['mice_bps', gauge('bps', 'bits a second that enter the fabric'), [['type', 'mice']]],
  ['elephant_current', gauge('elephant_current', 'flows of a tenth of the speed of their edge port or more'), []],
  ['elephant_arrivals', gauge('elephant_arrivals', 'elephants that came in the last second'), []],
  ['elephant_departures', gauge('elephant_departures', 'elephants that ended in the last second'), []],
  ['busy_links_mice', gauge('busy_links', 'directions of links with 80 % load or more'), [['traffic', 'mice']]],
  ['busy_links_elephant', gauge('busy_links', 'directions of links with 80 % load or more'), [['traffic', 'elephant']]],
  [
    'busy_links_collision',
    gauge('busy_links', 'directions of links with 80 % load or more'),
    [['traffic', 'collision']],
  ],
  ['errors', gauge('errors', 'packets with errors a second, all ports of the topology'), []],
  ['discards', gauge('discards', 'packets discarded a second, all ports of the topology'), []],
]

function gauge(name: string, help: string): MetricDefinition {
  return { name: `sflow_fabric_metric_${name}`, help, type: 'gauge' }
}

/** Numbers of the newest second; what is not known is null, and has no series. */
export class FabricPoints implements Companion {
  readonly #beside: Beside
  readonly #ports: PortsEngine
  readonly #flows: FlowEngine
  readonly #loads: FlowEngine
  /** Of the present topology. */
  #edge: FlowEngine
  #found = new FabricFlows()
  #version: number
  /** Of the first flow sample. */
  #firstMs = Number.NaN
  #dueMs = Number.NaN
  /** Oldest first. */
  #history: { readonly ms: number; readonly points: Points }[] = []

  constructor(beside: Beside) {
    this.#beside = beside
    this.#version = beside.version
    const { agents } = beside.fed
    const options = { windowMs: 'all', topology: beside.index, filter: undefined, history: false } as const
    this.#ports = new PortsEngine(agents, options)
    this.#flows = this.#engine(flowKeys, { filter: flowFilter, by: 'interface', top: MOST_ROWS })
    this.#loads = this.#engine('direction', { by: 'interface', top: MOST_PORTS })
    this.#edge = this.#engine('', { top: 1 })
  }

  sample(view: SampleView): void {
    const isFirst = Number.isNaN(this.#firstMs) && view.walker.sampleKind === SampleKind.flow
    if (isFirst) this.#firstMs = view.sec * SECOND_MS + view.nsec / 1e6
    this.#ports.sample(view)
    this.#flows.sample(view)
    this.#loads.sample(view)
    this.#edge.sample(view)
  }

  /** Seconds in which no datagram came are not made up for. */
  advance(toMs: number): void {
    if (this.#version !== this.#beside.version) this.#begin()
    if (toMs < this.#dueMs) return
    this.#dueMs = (Math.floor(toMs / SECOND_MS) + 1) * SECOND_MS
    if (!(toMs - this.#firstMs >= SMOOTH_MS)) return
    this.#history.push({ ms: toMs, points: this.#make(toMs) })
    if (this.#history.length > MOST_POINTS) this.#history.shift()
  }

  /** None before the first two seconds of samples are over. */
  points(): Points {
    return this.#history.at(-1)?.points ?? {}
  }

  /** @param afterMs only newer ones; undefined: all */
  trend(afterMs = Number.NEGATIVE_INFINITY): object {
    const newer = this.#history.filter(({ ms }) => ms > afterMs)
    const names = Object.keys(newer.at(-1)?.points ?? {})
    return {
      maxPoints: MOST_POINTS,
      trends: Object.fromEntries(names.map((name) => [name, newer.map(({ points }) => points[name] ?? null)])),
      times: newer.map(({ ms }) => ms),
    }
  }

  metrics(into: MetricTable): void {
    const points = this.points()
    for (const [point, metric, labels] of series) {
      const value = points[point]
      if (typeof value === 'number') into.add(metric, labels, value)
    }
  }

  /** With another topology: what is known of ports and flows stays. */
  #begin(): void {
    this.#version = this.#beside.version
    this.#ports.setTopology(this.#beside.index)
    this.#edge = this.#engine('', { top: 1 })
    this.#found = new FabricFlows()
    this.#history = []
    this.#firstMs = Number.NaN
  }

  #engine(keys: string, { filter, by, top }: { filter?: string; by?: 'interface'; top: number }): FlowEngine {
    const { places, index, fed } = this.#beside
    const isEdge = by === undefined
    return new FlowEngine(
      {
        ...flowDefaults,
        keys: keys === '' ? [] : parseKeys(keys, 'keys'),
        values: parseValues('bytes', 'values'),
        filter: filter === undefined ? undefined : parseFilter(filter, 'filter'),
        data: places.data,
        by,
        // A link is loaded by what goes over it, wherever else that was sampled.
        bothSides: !isEdge,
        agg: isEdge ? 'edge' : undefined,
        topology: isEdge ? index : undefined,
        top,
        maxFlows: MOST_FLOWS,
        smoothMs: SMOOTH_MS,
        latenessMs: 0,
      },
      fed.agents,
    )
  }

  #make(nowMs: number): Points {
    const rowsOf = (engine: FlowEngine, top: number): readonly FlowRow[] => {
      engine.advance(nowMs)
      return engine.peek(top)?.rows ?? []
    }
    const ports = this.#ports.peek(nowMs).rows.filter(({ place }) => place !== null)
    const flows = rowsOf(this.#flows, MOST_ROWS).flatMap(portFlow)
    const loads = rowsOf(this.#loads, MOST_PORTS).flatMap(portFlow)
    const found = this.#found.take(flows, loads, knownPorts(ports, this.#beside.topology), nowMs)
    this.#edge.advance(nowMs)
    const edge = this.#edge.peek(1)
    const bytes = edge?.fit?.fits === true ? (edge.total.values[0]?.perSecond ?? null) : null
    const edgeBps = bytes === null ? null : bytes * 8
    return {
      elephant_flow_duration: found.duration,
      elephant_flow_rate: found.rate,
      elephant_current: found.current,
      elephant_arrivals: found.arrivals,
      elephant_departures: found.departures,
      elephant_bps: found.bitsPerSecond,
      edge_bps: edgeBps,
      mice_bps: edgeBps === null ? null : Math.max(0, edgeBps - found.bitsPerSecond),
      busy_links_mice: found.busy.mice,
      busy_links_elephant: found.busy.elephant,
      busy_links_collision: found.busy.collision,
      discards: sumOf(ports, sums.discards),
      errors: sumOf(ports, sums.errors),
      'top-5-indiscards': topOf(ports, ({ in: side }) => sums.discards(side)),
      'top-5-outdiscards': topOf(ports, ({ out }) => sums.discards(out)),
      'top-5-inerrors': topOf(ports, ({ in: side }) => sums.errors(side)),
      'top-5-outerrors': topOf(ports, ({ out }) => sums.errors(out)),
      'top-5-inutilization': topOf(ports, ({ in: side }) => sums.utilization(side)),
      'top-5-oututilization': topOf(ports, ({ out }) => sums.utilization(out)),
    }
  }
}

function portFlow({ key: [side, ...flow], agent, dataSource, values }: FlowRow): PortFlow[] {
  const rate = values[0]!.perSecond
  if (rate === null || (side !== 'ingress' && side !== 'egress')) return []
  return [{ flow: flow.join(' '), port: `${agent} ${dataSource}`, side, rate }]
}

/** Those whose speed agents have told, under the names that portFlow gives. */
function knownPorts(rows: readonly PortRow[], topology: Topology): Map<string, KnownPort> {
  return new Map(
    rows.flatMap((row): [string, KnownPort][] => {
      const { place, speed } = row
      if (place === null || speed === null || speed === 0) return []
      return [[`${row.agent} 0:${row.ifIndex}`, { place, speed, ways: waysOf(row, topology) }]]
    }),
  )
}

/** What one end receives the other one sends. */
function waysOf({ link: name, node, port }: PortRow, { links }: Topology): KnownPort['ways'] {
  const link = name === null ? undefined : links.get(name)
  if (link === undefined) return undefined
  const { node1, node2, port1 } = link
  const isFirst = node1 === node2 ? port?.toLowerCase() === port1.toLowerCase() : node === node1
  const toFirst = `1 ${name}`
  const toSecond = `2 ${name}`
  return isFirst ? { ingress: toFirst, egress: toSecond } : { ingress: toSecond, egress: toFirst }
}

function sumOf(rows: readonly PortRow[], of: (side: PortSide) => number | null): number | null {
  const known = rows.flatMap((row) => [of(row.in) ?? [], of(row.out) ?? []].flat())
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
}

function topOf(rows: readonly PortRow[], of: (row: PortRow) => number | null): Record<string, number> {
  const known = rows.flatMap((row): [string, number][] => {
    const value = of(row)
    return value === null || row.port === null ? [] : [[`${row.node}${SEPARATOR}${row.port}`, value]]
  })
  return Object.fromEntries(known.sort(([, a], [, b]) => b - a).slice(0, TOP))
}
