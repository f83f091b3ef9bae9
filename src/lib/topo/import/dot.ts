// Owns topologies in DOT: PTM cabling files and any Graphviz graph whose edges name ports. See import.ts for the folder. Start at
// importDot.

import { type CableEnd, Cabling, type Role } from './cabling.ts'
import { type DotAttributes, type DotEnd, type DotGraph, readDot } from './dot-graph.ts'
import type { ImportInput } from './input.ts'

/** `function` of Cumulus's topology converter. What is neither is no part of the fabric: out-of-band switches, the internet. */
const switchFunction = /^(leaf|spine|super-?spine|exit|tor|core|border|router|switch|fabric|access|aggregation)$/i
const hostFunction = /^(host|server|client|oob.*|internet|netq.*|mgmt.*|fake)$/i

/** `os` of what is no switch, where `function` does not tell. */
const hostSystem = /ubuntu|debian|centos|rhel|rocky|fedora|alpine|windows/i

/** Where an edge's ports may stand beside `node:port`. */
const portAttributes = [
  ['tailport', 'headport'],
  ['sport', 'dport'],
  ['taillabel', 'headlabel'],
] as const

/**
 * Cables of a graph. Ports stand behind the node (`"leaf1":"swp1"`), inside its quotes (`"leaf1:swp1"`) or in the edge's
 * attributes; an edge without ports is a warning. A node's `function` says whether it is a switch.
 * @throws InputError for what is no DOT, with the line
 * @see topology.md 6.1
 */
export function importDot({ name, text }: ImportInput, cabling = new Cabling()): Cabling {
  const graph = readDot(text, name)
  const inQuotes = new Set<string>()
  for (const { tail, head, attributes, line } of graph.edges) {
    const where = `${name}:${line}`
    const a = endOf(graph, tail, attributes, 0, inQuotes)
    const b = endOf(graph, head, attributes, 1, inQuotes)
    if (a === undefined || b === undefined) {
      const missing = [a === undefined ? tail.node : undefined, b === undefined ? head.node : undefined]
      const of = missing.filter((one) => one !== undefined).join(' and ')
      cabling.warn('no ports', `${where} ${tail.node} -- ${head.node} names no port of ${of}`)
      continue
    }
    cabling.cable(a, b, where)
  }
  for (const [node, attributes] of graph.nodes) {
    if (inQuotes.has(node)) continue
    const [kind, os] = [attributes.get('function'), attributes.get('os')]
    cabling.device(node)
    if (kind !== undefined) cabling.role(node, roleOf(kind), `function=${kind}`)
    if (os !== undefined && hostSystem.test(os)) cabling.role(node, 'host', `os=${os}`)
  }
  return cabling
}

function roleOf(kind: string): Role {
  return switchFunction.test(kind) ? 'switch' : hostFunction.test(kind) ? 'host' : undefined
}

function endOf(
  graph: DotGraph,
  { node, port }: DotEnd,
  attributes: DotAttributes,
  side: 0 | 1,
  inQuotes: Set<string>,
): CableEnd | undefined {
  if (port !== undefined) return { node, port }
  for (const names of portAttributes) {
    const told = attributes.get(names[side])?.trim()
    // A label of several lines is for eyes: addresses stand in it.
    if (told !== undefined && told !== '' && !/\\n|\s/.test(told)) return { node, port: told }
  }
  const colon = node.indexOf(':')
  if (colon <= 0 || colon === node.length - 1 || graph.nodes.get(node)?.size) return undefined
  inQuotes.add(node)
  return { node: node.slice(0, colon), port: node.slice(colon + 1) }
}
