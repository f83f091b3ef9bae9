// Owns a path in the shape that sFlow-RT's trace-flow gives: nodes, ports of the edge as nodes, edges (exports.md 6.1).
// See path.ts for the folder. Start at traceFlow.

import type { Form } from '../analysis/form.ts'
import { jsonOf } from '../analysis/json.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { Hosts, PathWindow } from './snapshot.ts'

type TraceNode = { readonly label?: string; readonly port?: true }
type TraceEdge = { readonly from: string; readonly to: string; bidirectional: boolean; readonly label?: string }

/**
 * `nodes` by name, those of the edge as `NODE-PORT` with `port`; `edges` by the name of the link, or of the edge port. Where a
 * port has one host only, that is its label; else its name. A link that was used both ways is bidirectional.
 */
export function traceFlow({ hops }: PathWindow): {
  nodes: Record<string, TraceNode>
  edges: Record<string, TraceEdge>
} {
  const nodes = new Map<string, TraceNode>()
  const edges = new Map<string, TraceEdge>()
  const edge = (key: string, from: string, to: string, label?: string) => {
    const known = edges.get(key)
    if (known === undefined)
      edges.set(key, { from, to, bidirectional: false, ...(label === undefined ? {} : { label }) })
    else if (known.from === to) known.bidirectional = true
  }
  const arrived = new Map<string, Set<string>>()
  for (const { to, toPort } of hops) if (to !== null && toPort !== null) inside(arrived, to).add(toPort)
  for (const hop of hops) {
    const { node, inPorts, outPort, to, link } = hop
    if (hop.state === 'unused') continue
    if (!nodes.has(node)) nodes.set(node, {})
    for (const port of inPorts) {
      if (arrived.get(node)?.has(port)) continue
      const key = `${node}-${port}`
      nodes.set(key, { label: labelOf(inPorts.length === 1 ? hop.from : null, port), port: true })
      edge(key, key, node, port)
    }
    if (to !== null) {
      if (!nodes.has(to)) nodes.set(to, {})
      edge(link ?? `${node}-${outPort}`, node, to)
    } else if (outPort !== null) {
      const key = `${node}-${outPort}`
      if (!nodes.has(key)) nodes.set(key, { label: labelOf(hop.hosts, outPort), port: true })
      edge(key, node, key, outPort)
    }
  }
  return { nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) }
}

function labelOf(hosts: Hosts | null, port: string): string {
  return hosts?.names.length === 1 && hosts.more === 0 ? hosts.names[0]! : port
}

function inside(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key)
  if (set === undefined) {
    set = new Set()
    map.set(key, set)
  }
  return set
}

/** An object a window, a line each. */
export const traceFlowForm: Form<PathWindow> = Object.freeze({
  begin() {},
  window(window: PathWindow, out: TextBuffer) {
    out.text(`${jsonOf(traceFlow(window))}\n`)
  },
  end() {},
})
