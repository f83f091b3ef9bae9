// Owns finding links that a topology lacks, by packets that leave the fabric at one switch and enter it at another. Knows no flow
// engine. See topology.ts for the folder. Start at missingLinks.

import { naturalOrder } from './natural-order.ts'

/** Packets from one host to another, at a port that is no end of a link. */
export interface Sighting {
  readonly node: string
  readonly port: string
  readonly way: 'in' | 'out'
  /** Source and destination address. */
  readonly pair: string
  /** What the TTL may be on the cable: a switch that sampled a packet as it came in may have taken one off behind that. */
  readonly ttls: readonly number[]
  readonly samples: number
  /** Estimated; NaN where no rate is known. */
  readonly packets: number
}

/** Packets enter by a port that the topology has no link at, and are on their way already. */
export interface MissingLink {
  readonly node: string
  readonly port: string
  /** Where they left; null where no switch tells by which port packets leave: they may pass something else in between. */
  readonly from: string | null
  /** Null where it is not known, or several ports may be it. */
  readonly fromPort: string | null
  /** A pair of hosts by which it is seen, and the TTL that its packets have at the port. */
  readonly pair: string
  readonly ttl: number
  /** Why it may be there under another name: ports that its agents do not have. */
  readonly hint?: string
}

/** A few stray samples prove nothing. */
const LEAST_SAMPLES = 10
/** What leaves at one end enters at the other: errors of sampling are within this factor, other cables mostly are not. */
const SAME_FACTOR = 2

/**
 * A port is the end of a missing link where packets of a pair of hosts enter with the TTL that they left another switch with, as
 * many as left there, and enter the fabric somewhere else with a higher TTL. By all three, so that neither hosts with two
 * uplinks, nor networks that do not route, nor a firewall that routes what it is sent back into the fabric, look like a link.
 * Where no switch tells by which port these packets leave, the first and the last have to do, and `from` is null. A switch that does
 * not sample is not found. By node and port.
 */
export function missingLinks(sightings: readonly Sighting[]): MissingLink[] {
  const found = new Map<string, { link: MissingLink; samples: number }>()
  for (const of of Map.groupBy(
    sightings.filter(({ samples }) => samples >= LEAST_SAMPLES),
    ({ pair }) => pair,
  ).values()) {
    const entries = of.filter(({ way }) => way === 'in')
    if (entries.length < 2) continue
    const exits = of.filter(({ way }) => way === 'out')
    const highest = Math.max(...entries.map(({ ttls }) => ttls[0]!))
    for (const entry of entries) {
      const ttl = entry.ttls[0]!
      if (ttl >= highest) continue
      const origin = entries.find(({ ttls, node }) => ttls[0]! > ttl && node !== entry.node)
      if (origin === undefined) continue
      const from = exits.filter((exit) => exit.node !== entry.node && exit.ttls.includes(ttl) && isAsMuch(exit, entry))
      const isBlind = exits.length === 0 && !(entry.packets > SAME_FACTOR * origin.packets)
      if (new Set(from.map(({ node }) => node)).size !== (isBlind ? 0 : 1)) continue
      const key = JSON.stringify([entry.node, entry.port])
      const known = found.get(key)
      if (known !== undefined && known.samples >= entry.samples) continue
      const { node, port, pair } = entry
      const fromPort = from.length === 1 ? from[0]!.port : null
      const link = { node, port, from: from[0]?.node ?? null, fromPort, pair, ttl }
      found.set(key, { link, samples: entry.samples })
    }
  }
  const links = [...found.values()].map(({ link }) => link)
  return links.sort((a, b) => naturalOrder(a.node, b.node) || naturalOrder(a.port, b.port))
}

/** By samples where no rate is known: switches are mostly set alike. */
function isAsMuch(a: Sighting, b: Sighting): boolean {
  const isScaled = a.packets > 0 && b.packets > 0
  const ratio = isScaled ? a.packets / b.packets : a.samples / b.samples
  return ratio < SAME_FACTOR && ratio > 1 / SAME_FACTOR
}

/** A sentence without a full stop; names are not made safe for a terminal. */
export function missingLinkText({ node, port, from, fromPort, pair, ttl, hint }: MissingLink): string {
  if (from === null) {
    return `packets from ${pair} enter at ${node} ${port} with TTL ${ttl}, and with a higher one elsewhere: is a link missing in the topology, or do they pass something else in between?`
  }
  const other = fromPort === null ? from : `${from} ${fromPort}`
  return `${node} ${port} looks like a link to ${other}: packets from ${pair} leave there and enter here with TTL ${ttl}; is it missing in the topology${hint === undefined ? '' : `, or there under another name: ${hint}`}?`
}
