// Owns what a flow engine has to be asked for missing links, and its rows as sightings. See topology.ts for the folder. Start at
// sightingsOf.

import type { FlowRow } from '../flow/rows.ts'
import { parseAddress } from '../parse/address.ts'
import type { Sighting } from './missing-links.ts'
import type { TopologyIndex } from './topology-index.ts'

/** Keys and values of the engine, which is `by` interface with `bothSides`: rows are read by their places in these. */
export const pairKeys =
  'inputifindex,outputifindex,or:ipsource:ip6source:macsource,or:ipdestination:ip6destination:macdestination'
export const pairValues = 'frames,avg:ipttl'

/** A mean of equal numbers is that number; of flows with several TTLs nothing can be said. */
const SAME_TTL = 0.01

/** Of rows at ports that are no ends of links, of IPv4 packets; a port that is sampled in several ways counts by the most. */
export function sightingsOf(rows: readonly FlowRow[], topology: TopologyIndex): Sighting[] {
  const bySide = new Map<string, Sighting>()
  const add = (side: string, one: Sighting) => {
    const key = JSON.stringify([one.node, one.port, one.way, one.pair, one.ttls, side])
    const known = bySide.get(key)
    const { samples, packets } = known ?? { samples: 0, packets: 0 }
    bySide.set(key, { ...one, samples: samples + one.samples, packets: packets + one.packets })
  }
  for (const row of rows) {
    const words = row.agent === null ? undefined : parseAddress(row.agent)
    const mean = row.values[1]?.total
    if (words === undefined || mean == null || !topology.isNode(words)) continue
    const ttl = Math.round(mean)
    if (Math.abs(mean - ttl) > SAME_TTL) continue
    const input = portIndex(row.key[0])
    const output = portIndex(row.key[1])
    const isSent = output !== undefined && row.dataSource === `0:${output}` && input !== output
    const common = {
      node: topology.node(words, 0)!,
      pair: `${row.key[2]} to ${row.key[3]}`,
      samples: row.samples,
      packets: row.values[0]!.total ?? Number.NaN,
    }
    const port = (index: number) => topology.ifname(words, index) ?? String(index)
    const side = isSent ? 'out' : 'in'
    if (input !== undefined && topology.isEdge(words, input)) {
      // What is sampled as it is sent has lost one on the way from the port where it came in, if it was routed.
      if (!isSent) add(side, { ...common, port: port(input), way: 'in', ttls: [ttl] })
    }
    if (output !== undefined && topology.isEdge(words, output)) {
      add(side, { ...common, port: port(output), way: 'out', ttls: isSent ? [ttl] : [ttl, ttl - 1] })
    }
  }
  const best = new Map<string, Sighting>()
  for (const one of bySide.values()) {
    const key = JSON.stringify([one.node, one.port, one.way, one.pair, one.ttls[0]])
    if ((best.get(key)?.samples ?? 0) < one.samples) best.set(key, one)
  }
  return [...best.values()]
}

/** @param value as the flow engine has it: a number, or what is no port as text */
export function portIndex(value: unknown): number | undefined {
  const index = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof index === 'number' && index > 0 ? index : undefined
}
