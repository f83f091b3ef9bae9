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

/** Of rows at ports that are no ends of links, of IPv4 packets; a port that is sampled in both directions counts by its own samples. */
export function sightingsOf(rows: readonly FlowRow[], topology: TopologyIndex): Sighting[] {
  /** By the port that was sampled: this one, or another that the packets passed. */
  const own = new Map<string, Sighting[]>()
  const others = new Map<string, Sighting[]>()
  const add = (isOwn: boolean, one: Sighting) => {
    const map = isOwn ? own : others
    const key = JSON.stringify([one.node, one.port, one.way, one.pair])
    const list = map.get(key) ?? []
    const known = list.findIndex(({ ttls }) => ttls[0] === one.ttls[0])
    const { samples, packets } = list[known] ?? { samples: 0, packets: 0 }
    const sum = { ...one, samples: samples + one.samples, packets: packets + one.packets }
    map.set(key, known < 0 ? [...list, sum] : list.with(known, sum))
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
    if (input !== undefined && topology.isEdge(words, input)) {
      // What is sampled as it is sent has lost one since it came in; where it was not routed this is one too high, and fits no exit.
      add(!isSent, { ...common, port: port(input), way: 'in', ttls: [isSent ? ttl + 1 : ttl] })
    }
    if (output !== undefined && topology.isEdge(words, output)) {
      add(isSent, { ...common, port: port(output), way: 'out', ttls: isSent ? [ttl] : [ttl, ttl - 1] })
    }
  }
  for (const key of own.keys()) others.delete(key)
  return [...own.values(), ...others.values()].flat()
}

/** @param value as the flow engine has it: a number, or what is no port as text */
export function portIndex(value: unknown): number | undefined {
  const index = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof index === 'number' && index > 0 ? index : undefined
}
