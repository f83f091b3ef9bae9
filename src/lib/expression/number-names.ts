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
