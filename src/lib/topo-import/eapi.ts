// Owns what Arista switches tell: answers of eAPI to show lldp neighbors (detail too), to show hostname and to show snmp mib ifmib
// ifindex, one switch or several. See topo-import.ts for the folder; the CLI's tables are in eapi-text.ts. Start at readEapiJson.

import { InputError } from '../errors.ts'
import { isObject, type JsonObject, type JsonText, objectOf, objectsOf, textOf } from './json-text.ts'
import { addNeighbour, usableAddress } from './lldp-records.ts'
import { Reading, Weight } from './reading.ts'
import { classOfName } from './roles.ts'

/** Who speaks where an answer does not say so. */
export interface Speaker {
  readonly name: string
  /** The name is that of the file, which nobody gave as a switch's name. */
  readonly guessed: boolean
}

/** What one switch answered, the answers to all commands together. */
interface Answers {
  readonly key: string | undefined
  readonly parts: JsonObject[]
}

/**
 * Reads eAPI's answers: a JSON-RPC response, its result alone, an array of responses, or an object of them by switch name.
 * @param speaker whose answers these are, for those without show hostname
 * @throws InputError where no LLDP neighbours are in it, or the switch answered with an error
 * @see pyeapi and napalm fixtures; topology.md 6.3
 */
export function readEapiJson(json: JsonText, speaker: Speaker): Reading {
  const reading = new Reading('eapi', json.what, 'neighbours')
  let neighbours = 0
  for (const { key, parts } of answersOf(json, json.value)) {
    if (!parts.some((part) => isNeighbours(part))) continue
    neighbours++
    const host = parts.find((part) => textOf(part, 'hostname') !== undefined)
    const said = host === undefined ? key : textOf(host, 'hostname')
    const name = said ?? speaker.name
    if (said === undefined && speaker.guessed) warnOfGuess(reading, json.lineOf(parts[0]!), name)
    const fqdn = host === undefined ? undefined : textOf(host, 'fqdn')
    if (fqdn !== undefined && fqdn !== name) reading.aliases.set(fqdn, name)
    const line = json.lineOf(parts[0]!)
    isSwitch(reading, name, line)
    for (const part of parts) {
      readNeighbours(reading, json, name, part)
      readIfIndexes(reading, name, line, objectOf(part, 'ifIndex', 'ifIndexes'))
    }
  }
  if (neighbours === 0) {
    throw new InputError(
      `${json.what}: there are no LLDP neighbours, needed the answer to show lldp neighbors, with "lldpNeighbors" in it.`,
      ['On a switch: show hostname | json, then show lldp neighbors detail | json'],
    )
  }
  return finishEapi(reading)
}

/** LLDP does not tell the name of the switch that was asked. */
export function warnOfGuess(reading: Reading, line: number | undefined, name: string): void {
  reading.warn(
    'source',
    line,
    `the switch's own name is not in it, so it is called ${name} as the file; NAME=FILE gives it another`,
  )
}

/** The switch that was asked. */
export function isSwitch(reading: Reading, name: string, line: number | undefined): void {
  const facts = reading.node(name, line)
  facts.reports = true
  reading.hint(facts, 'switch', Weight.role)
}

export function finishEapi(reading: Reading): Reading {
  for (const [name, facts] of reading.nodes) reading.hint(facts, classOfName(name), Weight.name)
  return reading
}

function answersOf(json: JsonText, value: JsonText['value'], key?: string): Answers[] {
  if (Array.isArray(value)) {
    const objects = objectsOf(value)
    // Responses of several switches, or the results of one.
    if (objects.some((one) => one.jsonrpc !== undefined)) return objects.flatMap((one) => answersOf(json, one, key))
    return [{ key, parts: objects }]
  }
  if (!isObject(value)) return []
  if (isObject(value.error)) throw eapiError(value.error, key ?? json.what)
  if (Array.isArray(value.result)) return [{ key, parts: objectsOf(value.result) }]
  if (isNeighbours(value)) return [{ key, parts: [value] }]
  return Object.entries(value).flatMap(([name, of]) => answersOf(json, of, name))
}

const isNeighbours = (part: JsonObject): boolean => isObject(part.lldpNeighbors) || Array.isArray(part.lldpNeighbors)

/**
 * What the switch says went wrong, with what its commands said.
 * @see topology.md 6.3: `{"code":1002,"message":"CLI command 2 of 2 ... failed","data":[{},{"errors":["..."]}]}`
 */
export function eapiError(error: JsonObject, what: string): InputError {
  const details = objectsOf(error.data).flatMap((part) => (Array.isArray(part.errors) ? part.errors.map(String) : []))
  const why = [textOf(error, 'message') ?? 'it answered with an error', ...details.slice(0, 3)].join('; ')
  return new InputError(`${what}: eAPI error ${textOf(error, 'code') ?? ''}: ${why.replace(/\.$/, '')}.`)
}

function readNeighbours(reading: Reading, json: JsonText, node: string, part: JsonObject): void {
  for (const one of objectsOf(part.lldpNeighbors)) {
    reading.records++
    const [port, peer] = [textOf(one, 'port'), textOf(one, 'neighborDevice')]
    const line = json.lineOf(one)
    if (port === undefined || peer === undefined) reading.leave('without a name')
    else addNeighbour(reading, { node, port, peer, peerPort: textOf(one, 'neighborPort'), line })
  }
  for (const [port, of] of Object.entries(objectOf(part, 'lldpNeighbors') ?? {})) {
    if (!isObject(of)) continue
    for (const one of objectsOf(of.lldpNeighborInfo)) {
      reading.records++
      readDetail(reading, node, port, one, json.lineOf(one))
    }
  }
}

function readDetail(reading: Reading, node: string, port: string, one: JsonObject, line: number | undefined): void {
  const peer = textOf(one, 'systemName')
  if (peer === undefined) {
    reading.leave('without a name')
    return
  }
  const face = objectOf(one, 'neighborInterfaceInfo') ?? {}
  const macPort = textOf(face, 'interfaceIdType') === 'macAddress'
  // Many versions of EOS wrap the name in a second pair of quotes.
  const id = textOf(face, macPort ? 'interfaceDescription' : 'interfaceId', 'interfaceId')?.replace(/^"(.*)"$/s, '$1')
  const capabilities = objectOf(one, 'systemCapabilities') ?? {}
  const addresses = objectsOf(one.managementAddresses).map((address) => usableAddress(textOf(address, 'address')))
  addNeighbour(reading, {
    node,
    port,
    peer,
    peerPort: id,
    macPort,
    bridge: capabilities.bridge === true,
    router: capabilities.router === true,
    station: capabilities.stationOnly === true,
    system: textOf(one, 'systemDescription'),
    address: addresses.find((address) => address !== undefined),
    chassis: textOf(one, 'chassisId'),
    line,
  })
}

function readIfIndexes(
  reading: Reading,
  name: string,
  line: number | undefined,
  indexes: JsonObject | undefined,
): void {
  for (const [port, index] of Object.entries(indexes ?? {})) {
    const value = Number(index)
    if (Number.isInteger(value) && value > 0) reading.node(name, line).ports.set(port, { ifIndex: value })
  }
}
