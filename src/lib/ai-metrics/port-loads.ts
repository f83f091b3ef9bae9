// Owns the load of each port of the fabric in one window: what came in by it, by flow samples. And five numbers of many. See
// ai-metrics.ts for the folder. Start at portLoads.

import type { Places } from '../flow/places.ts'
import { Side } from '../flow/places.ts'
import type { Scale } from '../flow/scale.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import type { CounterPorts } from './counter-ports.ts'
import type { FiveNumbers } from './rows.ts'
import { Column, type Sums } from './sums.ts'

export interface PortLoad {
  readonly node: string
  readonly port: string
  readonly isCore: boolean
  /** Received, bit/s; 0 also where only counters are known. */
  bitsPerSecond: number
  /** What chance makes of it: variance of bitsPerSecond. */
  variance: number
  /** Flow samples in and out. */
  samples: number
}

/** Ports of nodes of the topology, by node and port: those that samples came from, and those that counters are known of. */
export function portLoads(
  places: Places,
  sums: Sums,
  scales: readonly Scale[],
  seconds: number,
  index: TopologyIndex,
  counters: CounterPorts,
  nowMs: number,
): Map<string, PortLoad> {
  const loads = new Map<string, PortLoad>()
  const { keys } = places.sources
  for (let s = 0; s < places.segments.count; s++) {
    const at = places.agentAt(s)
    if (keys[at + 4] !== 0) continue
    const load = loadOf(loads, index, keys, keys[at + 5]!, at)
    if (load === undefined) continue
    const row = s * sums.width
    load.samples += sums.values[row + Column.frames]!
    if (places.side(s) !== Side.ingress || !(seconds > 0)) continue
    const { rate, unseen } = scales[places.stretchOf[s]!]!
    if (Number.isNaN(rate)) continue
    const bits = (8 * rate) / seconds
    load.bitsPerSecond += bits * sums.values[row + Column.bytes]!
    load.variance += unseen * bits * bits * sums.values[row + Column.bytesSquared]!
  }
  for (const known of counters.known(index, nowMs)) loadOf(loads, index, known.keys, known.ifIndex, known.at)
  return loads
}

/** The port's load, made where it is new; undefined for ports of other nodes. */
function loadOf(
  loads: Map<string, PortLoad>,
  index: TopologyIndex,
  keys: Uint32Array,
  ifIndex: number,
  at: number,
): PortLoad | undefined {
  const isCore = index.isCore(keys, ifIndex, at)
  if (!isCore && !index.isEdge(keys, ifIndex, at)) return undefined
  const node = index.node(keys, ifIndex, at)!
  const port = index.ifname(keys, ifIndex, at) ?? String(ifIndex)
  const key = portKey(node, port)
  const known = loads.get(key)
  if (known !== undefined) return known
  const load = { node, port, isCore, bitsPerSecond: 0, variance: 0, samples: 0 }
  loads.set(key, load)
  return load
}

/** Key of a port in `portLoads`. */
export function portKey(node: string, port: string): string {
  return `${node}\n${port}`
}

/**
 * Least, quartiles and most. Quantile q of n sorted values is linear between the two ranks next to (n - 1) q, "type 7" (R. Hyndman,
 * Y. Fan, The American Statistician 50, 1996). Null for no value.
 */
export function fiveNumbers(values: readonly number[]): FiveNumbers | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const quantile = (q: number): number => {
    const at = (sorted.length - 1) * q
    const below = Math.floor(at)
    const low = sorted[below]!
    return low + (at - below) * ((sorted[below + 1] ?? low) - low)
  }
  return {
    ports: sorted.length,
    min: quantile(0),
    q1: quantile(0.25),
    median: quantile(0.5),
    q3: quantile(0.75),
    max: quantile(1),
  }
}
