// Owns LLDP neighbours of Arista switches: answers of eAPI, `show lldp neighbors` [detail] as JSON or as the CLI prints it. See
// import.ts for the folder. Start at importEapi.

import { parseJson } from '../read-topology.ts'
import type { JsonValue } from '../topology.ts'
import { Cabling } from './cabling.ts'
import type { ImportInput } from './input.ts'
import { anyText, fieldsOf, foreign, itemsOf, type JsonFields, textOf } from './json-shape.ts'
import { addNeighbour, tableLines } from './neighbours.ts'

/**
 * One switch's answer, or a map of switch to answer. LLDP does not name the switch itself: that is `show hostname` in the same
 * answer, the key in a map, else the file's name without its ending.
 * @throws InputError where there are no neighbours in the text
 * @see topology.md 6.3
 */
export function importEapi(input: ImportInput, cabling = new Cabling()): Cabling {
  const { name, text } = input
  if (!/^\s*[[{]/.test(text)) return importCli(input, cabling)
  const json = parseJson(text, name)
  if (addAnswer(json, name, undefined, cabling)) return cabling
  const switches = Object.entries(fieldsOf(json))
  const added = switches.map(([node, answer]) => addAnswer(answer!, `${name} ${node}`, node, cabling))
  if (added.length > 0 && added.every((one) => one)) return cabling
  throw foreign(name, 'needed an answer of eAPI with "lldpNeighbors", or a map of switch to answer.')
}

/** @returns false where it is no answer */
function addAnswer(json: JsonValue, what: string, key: string | undefined, cabling: Cabling): boolean {
  const fields = fieldsOf(json)
  const error = fieldsOf(fields.error)
  if (typeof error.message === 'string') {
    cabling.warn('error of a device', `${what}: ${error.message}`)
    return true
  }
  const results = Array.isArray(json) ? json : Array.isArray(fields.result) ? fields.result : [json]
  const parts = (results as readonly JsonValue[]).map(fieldsOf)
  const answers = parts.filter(({ lldpNeighbors }) => typeof lldpNeighbors === 'object' && lldpNeighbors !== null)
  if (answers.length === 0) return false
  const told = parts.map((part) => anyText(part, 'fqdn', 'hostname')).find((one) => one !== undefined)
  const node = told ?? key ?? baseName(what)
  if (told === undefined && key === undefined) {
    warnOfName(cabling, what, node)
  }
  markSwitch(cabling, node)
  for (const { lldpNeighbors } of answers) {
    if (Array.isArray(lldpNeighbors)) addShort(lldpNeighbors as readonly JsonValue[], what, node, cabling)
    else addDetail(fieldsOf(lldpNeighbors), what, node, cabling)
  }
  return true
}

function addShort(list: readonly JsonValue[], what: string, node: string, cabling: Cabling): void {
  for (const [i, record] of list.entries()) {
    const fields = fieldsOf(record)
    const port = textOf(fields.port)
    if (port === undefined) continue
    const [peer, peerPort] = [anyText(fields, 'neighborDevice'), anyText(fields, 'neighborPort')]
    const where = `${what} lldpNeighbors[${i}]`
    addNeighbour(cabling, { node, port, peer, peerPort, peerIsSwitch: undefined }, where)
  }
}

/** `show lldp neighbors detail`: an object keyed by local port. */
function addDetail(ports: JsonFields, what: string, node: string, cabling: Cabling): void {
  for (const [port, of] of Object.entries(ports)) {
    for (const neighbour of itemsOf(fieldsOf(of).lldpNeighborInfo)) {
      const fields = fieldsOf(neighbour)
      const { interfaceId, interfaceDescription } = fieldsOf(fields.neighborInterfaceInfo)
      // Names arrive in quotes of their own on many releases.
      const id = textOf(interfaceId)?.replace(/^"(.*)"$/, '$1')
      const { bridge, router, stationOnly } = fieldsOf(fields.systemCapabilities)
      const isSwitch = bridge === true || router === true
      const address = itemsOf(fields.managementAddresses)
        .map(fieldsOf)
        .find(({ addressType }) => addressType === 'ipv4' || addressType === 'ipv6')
      addNeighbour(
        cabling,
        {
          node,
          port,
          peer: anyText(fields, 'systemName'),
          peerPort: id ?? textOf(interfaceDescription),
          peerIsSwitch: isSwitch
            ? true
            : stationOnly === true || fields.systemCapabilities !== undefined
              ? false
              : undefined,
          peerAddress: textOf(address?.address),
        },
        `${what} ${port}`,
      )
    }
  }
}

/** Short names of the CLI, as the agent and JSON write them. */
const longNames: readonly (readonly [RegExp, string])[] = [
  [/^Et(?=\d)/, 'Ethernet'],
  [/^Ma(?=\d)/, 'Management'],
]

function importCli({ name, text }: ImportInput, cabling: Cabling): Cabling {
  const lines = tableLines(text)
  const header = lines.findIndex((line) => /^\s*Port\s+Neighbor Device ID\s+Neighbor Port ID/.test(line))
  if (header < 0) throw foreign(name, 'show lldp neighbors has the columns Port, Neighbor Device ID, Neighbor Port ID.')
  const prompt = lines.slice(0, header).map((line) => /^([\w.-]+)[>#]\s*sh/.exec(line)?.[1])
  const told = prompt.find((one) => one !== undefined)
  const node = told ?? baseName(name)
  if (told === undefined) warnOfName(cabling, name, node)
  markSwitch(cabling, node)
  for (const [i, line] of lines.entries()) {
    const cells = /^\s*([A-Z][a-z]+\d\S*)\s+(\S+)\s+(\S+)\s+\d+\s*$/.exec(line)
    if (i <= header || cells === null) continue
    const [, short = '', peer, peerPort] = cells
    const port = longNames.reduce((text, [pattern, long]) => text.replace(pattern, long), short)
    addNeighbour(cabling, { node, port, peer, peerPort, peerIsSwitch: undefined }, `${name}:${i + 1}`)
  }
  return cabling
}

function warnOfName(cabling: Cabling, what: string, node: string): void {
  cabling.warn('guessed', `${what}: the answer does not name its switch; it is ${node}, by the name of the file`)
}

/** Whatever its neighbours say: it answers as one. */
function markSwitch(cabling: Cabling, node: string): void {
  const device = cabling.device(node)
  device.role = 'switch'
  device.why = 'it answers eAPI'
}

/** `leaf1` of `runs/leaf1.json`. */
function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '')
}
