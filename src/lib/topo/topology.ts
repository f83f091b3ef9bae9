// Owns the Topology model: nodes, their ports, the links between them, as sFlow-RT knows them. Knows no foreign format and
// nothing of samples. Start at Topology; reading is in read-topology.ts, what agents and ports are in it in topology-index.ts.

import { naturalOrder } from './natural-order.ts'

/** What JSON can say; attributes that are not ours are kept as such. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue }

/** Attributes beside those of the model: kept, written again, otherwise not looked at. */
export type Attributes = ReadonlyMap<string, JsonValue>

export interface TopologyPort {
  readonly ifIndex?: number | undefined
  readonly attributes?: Attributes | undefined
}

/** A switch. */
export interface TopologyNode {
  /** sFlow agent address as text; undefined where it has to be learned from host names. */
  readonly agent?: string | undefined
  readonly ports: ReadonlyMap<string, TopologyPort>
  /** Such as `tag`, `dpid`. */
  readonly attributes?: Attributes | undefined
}

/** A cable between two switches, without direction. */
export interface TopologyLink {
  readonly node1: string
  readonly port1: string
  readonly node2: string
  readonly port2: string
  readonly attributes?: Attributes | undefined
}

/** Names of nodes and links are unique; a node that only links name is a node too (`nodeNames`). */
export interface Topology {
  readonly nodes: ReadonlyMap<string, TopologyNode>
  readonly links: ReadonlyMap<string, TopologyLink>
  /** Top-level members beside these, `version` too. */
  readonly attributes?: Attributes | undefined
}

export const emptyTopology: Topology = { nodes: new Map(), links: new Map() }

/** Every node that `nodes` or a link names, in natural order. */
export function nodeNames(topology: Topology): string[] {
  const names = new Set(topology.nodes.keys())
  for (const { node1, node2 } of topology.links.values()) names.add(node1).add(node2)
  return [...names].sort(naturalOrder)
}
