// Owns Batfish's layer-1 topology: edges between interfaces, each often told in both directions. See topo-import.ts for the folder.

import { InputError } from '../errors.ts'
import { isObject, type JsonText, objectOf, objectsOf, textOf } from './json-text.ts'
import { Reading, Weight } from './reading.ts'
import { classOfName } from './roles.ts'

/**
 * @throws InputError where there is no `edges`
 * @see Batfish, layer1_topology.json: `{"edges": [{"node1": {"hostname", "interfaceName"}, "node2": {...}}]}`
 */
export function readBatfishJson(json: JsonText): Reading {
  const reading = new Reading('batfish', json.what, 'edges')
  if (!isObject(json.value) || !Array.isArray(json.value.edges)) {
    throw new InputError(`${json.what}: there is no array "edges", needed Batfish's layer-1 topology.`, [
      'It is {"edges": [{"node1": {"hostname": "leaf1", "interfaceName": "swp1"}, "node2": {...}}]}.',
    ])
  }
  for (const edge of objectsOf(json.value.edges)) {
    reading.records++
    const line = json.lineOf(edge)
    const [a, b] = ['node1', 'node2'].map((name) => {
      const end = objectOf(edge, name) ?? {}
      return { node: textOf(end, 'hostname'), port: textOf(end, 'interfaceName') }
    })
    if (a?.node === undefined || b?.node === undefined) {
      reading.warn('source', line, `an edge has no ${a?.node === undefined ? 'node1' : 'node2'}.hostname`)
      continue
    }
    reading.cable({ node: a.node, port: a.port }, { node: b.node, port: b.port }, line)
  }
  for (const [name, facts] of reading.nodes) reading.hint(facts, classOfName(name), Weight.name)
  return reading
}
