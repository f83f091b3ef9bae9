// Owns sFlow-RT's own topology JSON as a source: checked, and written again in one form. See topo-import.ts for the folder.

import { readTopology } from '../topo/read-topology.ts'
import { isObject, type JsonText, objectOf, readJson } from './json-text.ts'
import { Reading } from './reading.ts'
import { classOfName } from './roles.ts'

/**
 * Reads the links as cables that keep their names; what is not ours in nodes, links and around them is kept too.
 * @throws InputError as readTopology
 */
export function readSflowRtJson(text: string, source: string): Reading {
  const topology = readTopology(text, source)
  const json = readJson(text, source)
  const places = isObject(json.value) ? objectOf(json.value, 'links') : undefined
  const reading = new Reading('sflow-rt', source, 'links')
  reading.attributes = topology.attributes
  warnOfTwice(reading, json)
  for (const [name, { node1, port1, node2, port2, attributes }] of topology.links) {
    reading.records++
    const line = places?.[name] === undefined ? undefined : json.lineOf(places[name])
    reading.cable({ node: node1, port: port1 }, { node: node2, port: port2 }, line, { name, attributes })
    // Its links are between switches by definition, so a name alone throws none out.
    const host = [node1, node2].find((node) => classOfName(node) === 'host')
    if (host !== undefined) {
      reading.warn(
        'source',
        line,
        `${name} leads to ${host}, a host by its name: its ports count as the fabric's inside (--switches PATTERN leaves hosts out)`,
      )
    }
  }
  for (const [name, { agent, ports, attributes }] of topology.nodes) {
    const facts = reading.node(name, undefined)
    facts.agent = agent
    facts.attributes = attributes
    for (const [port, of] of ports) facts.ports.set(port, of)
  }
  return reading
}

/** Names that are twice in one object of a source, each of which may have been a cable. */
export function warnOfTwice(reading: Reading, json: JsonText): void {
  for (const { name, line } of json.twice) {
    reading.warn(
      'duplicate',
      line,
      `the name "${name}" is there again in the same object: what it named before is lost, the last counts`,
    )
  }
}
