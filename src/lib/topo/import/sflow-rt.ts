// Owns topologies that are sFlow-RT's already: checked, and made the same as others. See import.ts for the folder. Start at
// importSflowRt.

import { readTopology } from '../read-topology.ts'
import { Cabling } from './cabling.ts'
import type { ImportInput } from './input.ts'

/** Nodes and links; attributes of others and names of links do not come along. @throws InputError as readTopology */
export function importSflowRt({ name, text }: ImportInput, cabling = new Cabling()): Cabling {
  const { nodes, links } = readTopology(text, name)
  for (const [node, { agent, ports }] of nodes) {
    const device = cabling.device(node)
    device.agent ??= agent
    for (const [port, { ifIndex }] of ports) if (ifIndex !== undefined) device.ports.set(port, ifIndex)
    cabling.role(node, 'switch', 'it is a node')
  }
  for (const [link, { node1, port1, node2, port2 }] of links) {
    cabling.cable({ node: node1, port: port1 }, { node: node2, port: port2 }, `${name} ${link}`)
    cabling.role(node1, 'switch', 'it is in a link')
    cabling.role(node2, 'switch', 'it is in a link')
  }
  return cabling
}
