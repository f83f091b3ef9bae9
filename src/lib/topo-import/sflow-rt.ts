// Owns sFlow-RT's own topology JSON as a source: checked, and written again in one form. See topo-import.ts for the folder.

import { readTopology } from '../topo/read-topology.ts'
import type { Topology } from '../topo/topology.ts'
import { isObject, objectOf, readJson } from './json-text.ts'
import { Reading } from './reading.ts'

/**
 * @returns the cables for the common rules, and the topology, whose other attributes are kept
 * @throws InputError as readTopology
 */
export function readSflowRtJson(text: string, source: string): { reading: Reading; topology: Topology } {
  const topology = readTopology(text, source)
  const json = readJson(text, source)
  const places = isObject(json.value) ? objectOf(json.value, 'links') : undefined
  const reading = new Reading('sflow-rt', source, 'links')
  for (const [name, { node1, port1, node2, port2 }] of topology.links) {
    reading.records++
    const line = places?.[name] === undefined ? undefined : json.lineOf(places[name])
    reading.cable({ node: node1, port: port1 }, { node: node2, port: port2 }, line, { name })
  }
  for (const [name, { agent, ports }] of topology.nodes) {
    const facts = reading.node(name, undefined)
    facts.agent = agent
    for (const [port, { ifIndex }] of ports) if (ifIndex !== undefined) facts.ifIndexes.set(port, ifIndex)
  }
  return { reading, topology }
}
