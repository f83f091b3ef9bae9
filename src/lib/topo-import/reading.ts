// Owns what every source becomes before the common rules: cables between ports, and what is known of nodes. Knows no
// format. See topo-import.ts for the folder. Start at Reading; build.ts turns readings into a Topology.

import { formatCount, InputError } from '../errors.ts'
import type { Attributes, TopologyPort } from '../topo/topology.ts'

/** What a node is to a fabric. Only cables between two switches become links. */
export type NodeClass = 'switch' | 'host' | 'management'

/** How much a hint at a node's class weighs: what is told outweighs what is guessed. */
export const Weight = {
  /** Nothing but the name speaks for it. */
  name: 1,
  /** LLDP's capabilities: many a Linux host claims to be a bridge and a router. */
  capability: 2,
  /** A neighbour that names its port by a MAC address: network cards do, switches don't. */
  portId: 3,
  /** The operating system that it says it runs. */
  system: 4,
  /** The role that a person or an inventory gave it, or its being asked itself. */
  role: 5,
} as const

/** Where something was read. */
export interface Place {
  /** File name, or the address of a live source. */
  readonly source: string
  /** From 1; undefined for what has no lines that a person could open. */
  readonly line: number | undefined
}

/** One end of a cable; the port is undefined where the source does not tell it. */
export interface End {
  readonly node: string
  readonly port: string | undefined
}

export interface Cable {
  readonly a: End
  readonly b: End
  readonly place: Place
  /** It was heard by the node of `a` (LLDP), which says nothing of whether `b` hears `a`. */
  readonly heard?: boolean
  /** The name that the source gives it, and its other attributes: kept where the source is a topology already. */
  readonly name?: string
  readonly attributes?: Attributes | undefined
}

/** What sources tell of a node. */
export interface NodeFacts {
  readonly place: Place
  cls: NodeClass | undefined
  weight: number
  agent: string | undefined
  readonly ports: Map<string, TopologyPort>
  attributes: Attributes | undefined
  /** By which chassis IDs neighbours heard it (LLDP): more than one may be several machines of one name. */
  readonly chassis: Set<string>
  /** It was asked itself, so that what it does not tell it does not see. */
  reports: boolean
}

export const warningKinds = [
  'incomplete',
  'duplicate',
  'port twice',
  'one side',
  'self-loop',
  'no port',
  'names alike',
  'aggregate',
  'one name',
  'one agent',
  'pattern',
  'source',
] as const
export type WarningKind = (typeof warningKinds)[number]

export interface Warning {
  readonly kind: WarningKind
  readonly place: Place | undefined
  /** A clause without a full stop; names in it are as they were read. */
  readonly text: string
}

/** What is not in the topology although the source had it: told with --quiet, too. */
export const isLoss = ({ kind }: Warning): boolean => kind === 'incomplete' || kind === 'duplicate'

/** `fabric.dot:41`, or the source alone. */
export function formatPlace({ source, line }: Place): string {
  return line === undefined ? source : `${source}:${line}`
}

/** Ten times what sFlow-RT's status page allows (topology.md section 5: 5,000 nodes, 10,000 links), so that hostile input ends. */
const MOST_NODES = 200_000
const MOST_CABLES = 250_000
/** A name of a switch or port; LLDP carries 255 bytes at most (IEEE 802.1AB 8.5). */
const LONGEST_NAME = 1024

/** What one source holds. A parser fills it: `cable` for each connection, `node` and `hint` for what it knows of nodes. */
export class Reading {
  readonly kind: string
  /** Of what is added from now on: NetBox's records are spread over pages. */
  source: string
  /** What the source's records are called: edges, neighbours, cables. */
  readonly unit: string
  readonly cables: Cable[] = []
  readonly nodes = new Map<string, NodeFacts>()
  /** Other names of nodes: FQDN → the name that the node itself goes by. */
  readonly aliases = new Map<string, string>()
  readonly warnings: Warning[] = []
  /** Records that are no cable between two ports, by reason: `planned`, `console ports`. */
  readonly leftOut = new Map<string, number>()
  /** Records that were read, those of no use too. */
  records = 0
  /** Of the topology as a whole, where the source is one. */
  attributes: Attributes | undefined

  constructor(kind: string, source: string, unit: string) {
    this.kind = kind
    this.source = source
    this.unit = unit
  }

  at(line: number | undefined): Place {
    return { source: this.source, line }
  }

  /** Adds a cable and the nodes at its ends. */
  cable(a: End, b: End, line: number | undefined, more: Pick<Cable, 'heard' | 'name' | 'attributes'> = {}): void {
    if (this.cables.length === MOST_CABLES) this.#tooMany('cables', MOST_CABLES, line)
    this.node(a.node, line)
    this.node(b.node, line)
    for (const { port } of [a, b])
      if (port !== undefined && port.length > LONGEST_NAME) this.#tooLong('port', port, line)
    this.cables.push({ a, b, place: this.at(line), ...more })
  }

  /** The facts of a node, made where it is new. */
  node(name: string, line: number | undefined): NodeFacts {
    const known = this.nodes.get(name)
    if (known !== undefined) return known
    if (this.nodes.size === MOST_NODES) this.#tooMany('nodes', MOST_NODES, line)
    if (name.length > LONGEST_NAME) this.#tooLong('node', name, line)
    const facts: NodeFacts = {
      place: this.at(line),
      cls: undefined,
      weight: 0,
      agent: undefined,
      ports: new Map(),
      attributes: undefined,
      chassis: new Set(),
      reports: false,
    }
    this.nodes.set(name, facts)
    return facts
  }

  /** Something speaks for a node being of a class; the first of the weightiest hints counts. */
  hint(facts: NodeFacts, cls: NodeClass | undefined, weight: number): void {
    if (cls === undefined || weight <= facts.weight) return
    facts.cls = cls
    facts.weight = weight
  }

  leave(reason: string): void {
    this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + 1)
  }

  warn(kind: WarningKind, line: number | undefined, text: string): void {
    this.warnings.push({ kind, place: this.at(line), text })
  }

  #tooMany(what: string, most: number, line: number | undefined): never {
    throw new InputError(
      `${formatPlace(this.at(line))}: there are more than ${formatCount(most)} ${what}, which no fabric has.`,
      ['Leave out what is no cabling; several files are merged, so they can be imported in parts.'],
    )
  }

  #tooLong(what: string, name: string, line: number | undefined): never {
    throw new InputError(
      `${formatPlace(this.at(line))}: the ${what} name "${name.slice(0, 30)}..." has ${formatCount(name.length)} characters, needed at most ${formatCount(LONGEST_NAME)}.`,
    )
  }
}
