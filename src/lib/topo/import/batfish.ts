// Owns Batfish's layer-1 topology. See import.ts for the folder. Start at importBatfish.

import { parseJson } from '../read-topology.ts'
import type { JsonValue } from '../topology.ts'
import { type CableEnd, Cabling } from './cabling.ts'
import type { ImportInput } from './input.ts'
import { anyText, fieldsOf, foreign, itemsOf } from './json-shape.ts'

/**
 * `{"edges": [{"node1": {"hostname", "interfaceName"}, "node2": {...}}]}`; each cable may be there from both ends.
 * @throws InputError for other JSON
 */
export function importBatfish({ name, text }: ImportInput, cabling = new Cabling()): Cabling {
  const { edges } = fieldsOf(parseJson(text, name))
  if (!Array.isArray(edges)) throw foreign(name, 'Batfish layer-1 JSON has a list "edges".')
  for (const [i, edge] of itemsOf(edges).entries()) {
    const { node1, node2 } = fieldsOf(edge)
    const [a, b] = [endOf(node1), endOf(node2)]
    const where = `${name} edges[${i}]`
    if (a === undefined || b === undefined) cabling.warn('no ports', `${where} lacks a hostname or interfaceName`)
    else cabling.cable(a, b, where)
  }
  return cabling
}

function endOf(value: JsonValue | undefined): CableEnd | undefined {
  const fields = fieldsOf(value)
  const node = anyText(fields, 'hostname')
  const port = anyText(fields, 'interfaceName')
  return node === undefined || port === undefined ? undefined : { node, port }
}
