// Owns which names may be written for the numbers of an attribute: tcp for 6. Start at numberNames.

import { layerFieldNamed } from '../attributes/layer-value.ts'
import type { NameTable } from '../wire/name-table.ts'
import type { Node } from './syntax.ts'

/** Attributes that are no single field, by the Wireshark field that has the names of their numbers. */
const sameNumbers: Readonly<Record<string, string>> = {
  proto: 'ip.proto',
  ip6nexthdr: 'ip.proto',
  ethernetprotocol: 'eth.type',
}

/** The names, or undefined where the left side's numbers have none. */
export function numberNames(node: Node): NameTable | undefined {
  if (node.kind !== 'attribute') return undefined
  const { name, aliases } = node.found.attribute
  for (const field of [sameNumbers[name], name, ...aliases]) {
    const names = field === undefined ? undefined : layerFieldNamed(field)?.names
    if (names !== undefined) return names
  }
  return undefined
}

const BYTE = 255
const PORT = 65_535
/** Fields whose numbers end early and are often written: a greater one would never match, and nobody would know why. */
const ends: ReadonlyMap<string, number> = new Map([
  ...['proto', 'ipprotocol', 'ip6nexthdr', 'ipttl'].map((name) => [name, BYTE] as const),
  ...['sport', 'dport', 'tcpsourceport', 'tcpdestinationport', 'udpsourceport', 'udpdestinationport'].map(
    (name) => [name, PORT] as const,
  ),
])

/** The greatest number that an attribute can have; no end is known of most. */
export function greatest(node: Node): number {
  return (node.kind === 'attribute' ? ends.get(node.found.attribute.name) : undefined) ?? Number.POSITIVE_INFINITY
}
