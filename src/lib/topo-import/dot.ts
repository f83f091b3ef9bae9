// Owns what a DOT graph says of cabling: PTM's topology.dot and any drawing whose edges name ports. See topo-import.ts for the
// folder; the language is in dot-graph.ts.

import { type DotAttributes, type DotEnd, readDot } from './dot-graph.ts'
import { Reading, Weight } from './reading.ts'
import { classOfName, classOfRole, classOfSystem } from './roles.ts'

/** Attributes of a node that say what it is; `function` is that of topology_converter. */
const roleAttributes = ['function', 'role', 'group', 'tier', 'type', 'kind']
const systemAttributes = ['os', 'image']
const agentAttributes = ['agent', 'mgmt_ip']
/** Attributes of an edge that name the ports: at its tail, at its head. */
const tailAttributes = ['taillabel', 'sport', 'src_port', 'left_port']
const headAttributes = ['headlabel', 'dport', 'dst_port', 'right_port']
const wanted: ReadonlySet<string> = new Set(
  [roleAttributes, systemAttributes, agentAttributes, tailAttributes, headAttributes, 'style'].flat(),
)

/**
 * Reads the edges of DOT as cables. A port is `node:port`, or in the node's quotes (`"leaf1:swp1"`), or the edge's taillabel and
 * headlabel (also sport, dport). Edges that only hold a drawing together (`style=invis`) are none.
 * @see CumulusNetworks/ptm, README and sample topology; topology.md 6.1
 */
export function readDotTopology(text: string, source: string): Reading {
  const reading = new Reading('dot', source, 'edges')
  readDot(text, source, wanted, {
    node: (name, attributes, line) =>
      readNode(reading, splitEnd({ node: name, port: undefined }).node, attributes, line),
    edge: (a, b, attributes, line) => {
      if (attributes.get('style') === 'invis') return
      reading.records++
      reading.cable(endOf(a, attributes, tailAttributes), endOf(b, attributes, headAttributes), line)
    },
  })
  for (const [name, facts] of reading.nodes) reading.hint(facts, classOfName(name), Weight.name)
  return reading
}

function readNode(reading: Reading, name: string, attributes: DotAttributes, line: number): void {
  const facts = reading.node(name, line)
  const role = first(attributes, roleAttributes)
  const system = first(attributes, systemAttributes)
  if (role !== undefined) reading.hint(facts, classOfRole(role), Weight.role)
  if (system !== undefined) reading.hint(facts, classOfSystem(system), Weight.system)
  facts.agent ??= first(attributes, agentAttributes)
}

function endOf(end: DotEnd, attributes: DotAttributes, names: readonly string[]): DotEnd {
  const { node, port } = splitEnd(end)
  // Labels have lines, written \n, \l or \r; the port is on the first.
  return {
    node,
    port:
      port ??
      first(attributes, names)
        ?.split(/\\[nlr]|\n/)[0]
        ?.trim(),
  }
}

/** `"leaf1:swp1"`, where somebody put the colon inside the quotes; an IPv6 address has several colons. */
function splitEnd({ node, port }: DotEnd): DotEnd {
  const colon = node.indexOf(':')
  if (port !== undefined || colon <= 0 || colon === node.length - 1 || /^[\da-f:.]*::/i.test(node))
    return { node, port }
  return { node: node.slice(0, colon), port: node.slice(colon + 1) }
}

function first(attributes: DotAttributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name)?.trim()
    if (value) return value
  }
  return undefined
}
