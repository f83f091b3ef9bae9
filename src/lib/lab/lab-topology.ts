// Owns the lab as a topology for analyses. See lab.ts for the folder.

import type { Topology, TopologyLink, TopologyNode } from '../topo/topology.ts'
import { cables, hosts, switches } from './plan.ts'

/** Switches with agents and ports, cables between them; hosts are not in it, so that their ports are the edge. */
export function labTopology(): Topology {
  const nodes = new Map<string, TopologyNode>()
  for (const { name, agent } of switches) {
    const ports = new Map<string, { readonly ifIndex: number }>()
    for (const { node1, port1, ifIndex1, node2, port2, ifIndex2 } of cables) {
      if (node1 === name) ports.set(port1, { ifIndex: ifIndex1 })
      if (node2 === name) ports.set(port2, { ifIndex: ifIndex2 })
    }
    for (const { leaf, port, ifIndex } of hosts) if (leaf === name) ports.set(port, { ifIndex })
    nodes.set(name, { agent, ports })
  }
  const links = new Map<string, TopologyLink>()
  for (const [i, { node1, port1, node2, port2 }] of cables.entries()) {
    links.set(`link${i + 1}`, { node1, port1, node2, port2 })
  }
  return { nodes, links }
}
