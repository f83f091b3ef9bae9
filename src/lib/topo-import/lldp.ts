// Owns lldpd's JSON (lldpcli show neighbors -f json and json0) and that of Cumulus, which comes of it (net show lldp json, nv show
// interface lldp -o json). See topo-import.ts for the folder. Start at readLldpJson.

import { InputError } from '../errors.ts'
import { type Speaker, warnOfGuess } from './eapi.ts'
import { isObject, type JsonObject, type JsonText, objectOf, objectsOf, textOf } from './json-text.ts'
import { addNeighbour, usableAddress } from './lldp-records.ts'
import { Reading } from './reading.ts'
import { classOfName } from './roles.ts'

type Json = JsonText['value']

/**
 * Reads neighbours of one machine, or of several as an object by machine name.
 * @param speaker whose neighbours these are: only `lldpcli show chassis` tells, so it is looked for too ("local-chassis")
 * @throws InputError where there are none of these forms
 * @see lldpd, src/client/json_writer.c; topology.md 6.2
 */
export function readLldpJson(json: JsonText, speaker: Speaker): Reading {
  const reading = new Reading('lldp', json.what, 'neighbours')
  const { value } = json
  const own = isObject(value) ? localName(value) : undefined
  if (isObject(value) && isMachine(value)) {
    const name = own ?? speaker.name
    if (own === undefined && speaker.guessed) warnOfGuess(reading, undefined, name)
    readMachine(reading, json, name, value)
  } else {
    const machines = isObject(value) ? Object.entries(value).filter(([, of]) => isObject(of) && isMachine(of)) : []
    if (machines.length === 0) {
      throw new InputError(
        `${json.what}: there are no neighbours in a form of lldpd, needed "lldp" with "interface" in it.`,
        ['lldpcli show neighbors details -f json prints them.'],
      )
    }
    for (const [name, of] of machines) readMachine(reading, json, name, of as JsonObject)
  }
  for (const [name, facts] of reading.nodes) reading.hint(facts, classOfName(name), 1)
  return reading
}

/** Of one machine: lldpd's `lldp`, or ports with `iface_obj` or `lldp` in each. */
function isMachine(object: JsonObject): boolean {
  const { lldp } = object
  if (Array.isArray(lldp) || (isObject(lldp) && (lldp.interface !== undefined || Object.keys(lldp).length === 0)))
    return true
  return Object.values(object).some((of) => isObject(of) && (isObject(of.iface_obj) || isNvue(of)))
}

const isNvue = (of: JsonObject): boolean => objectOf(objectOf(of, 'lldp') ?? {}, 'neighbor') !== undefined

function localName(object: JsonObject): string | undefined {
  for (const one of listOf(object['local-chassis'])) {
    for (const chassis of listOf(one.chassis)) return chassisOf(chassis).name
  }
  return undefined
}

function readMachine(reading: Reading, json: JsonText, node: string, object: JsonObject): void {
  reading.node(node, undefined).reports = true
  for (const lldp of listOf(object.lldp)) {
    for (const one of listOf(lldp.interface)) readInterface(reading, json, node, one)
  }
  for (const [port, of] of Object.entries(object)) {
    if (!isObject(of)) continue
    for (const one of listOf(objectOf(of, 'iface_obj')?.lldp)) {
      reading.records++
      const peer = textOf(one, 'adj_hostname')
      const peerPort = textOf(one, 'adj_port')
      if (peer === undefined) reading.leave('without a name')
      else addNeighbour(reading, { node, port, peer, peerPort, line: json.lineOf(one) })
    }
    if (isNvue(of)) readNvue(reading, json, node, port, objectOf(objectOf(of, 'lldp')!, 'neighbor')!)
  }
}

/** json: `{"swp1": {...}}`, where several neighbours of a port are several elements; json0: `{"name": "swp1", ...}`. */
function readInterface(reading: Reading, json: JsonText, node: string, one: JsonObject): void {
  const name = textOf(one, 'name')
  const faces = name === undefined ? Object.entries(one) : [[name, one] as const]
  for (const [port, face] of faces) {
    for (const neighbour of listOf(face)) {
      for (const chassis of listOf(neighbour.chassis)) {
        reading.records++
        readNeighbour(reading, node, port, chassis, listOf(neighbour.port)[0] ?? {}, json.lineOf(neighbour))
      }
    }
  }
}

function readNeighbour(
  reading: Reading,
  node: string,
  port: string,
  named: JsonObject,
  peerPort: JsonObject,
  line: number | undefined,
): void {
  const { name: peer, chassis } = chassisOf(named)
  if (peer === undefined) {
    reading.leave('without a name')
    return
  }
  const id = listOf(peerPort.id)[0] ?? {}
  const macPort = textOf(id, 'type') === 'mac'
  const description = firstValue(peerPort.descr)
  const capabilities = listOf(chassis.capability)
  const enabled = (type: string): boolean =>
    capabilities.some((one) => textOf(one, 'type')?.toLowerCase() === type && one.enabled === true)
  const addresses = valuesOf(chassis['mgmt-ip']).map(usableAddress)
  addNeighbour(reading, {
    node,
    port,
    peer,
    peerPort: macPort ? (description ?? textOf(id, 'value')) : textOf(id, 'value'),
    macPort,
    bridge: enabled('bridge'),
    router: enabled('router'),
    station: enabled('station'),
    system: firstValue(chassis.descr),
    address: addresses.find((address) => address !== undefined),
    chassis: firstValue(chassis.id),
    line,
  })
}

/** json: `{"spine1": {...}}`, or, of a neighbour without name, its members alone; json0: `{"name": [{"value": "spine1"}], ...}`. */
function chassisOf(chassis: JsonObject): { name: string | undefined; chassis: JsonObject } {
  if (chassis.name !== undefined || chassis.id !== undefined) return { name: firstValue(chassis.name), chassis }
  const [name, of] = Object.entries(chassis)[0] ?? []
  return isObject(of) ? { name, chassis: of } : { name: undefined, chassis }
}

function readNvue(reading: Reading, json: JsonText, node: string, port: string, neighbours: JsonObject): void {
  for (const [peer, of] of Object.entries(neighbours)) {
    reading.records++
    if (!isObject(of)) continue
    const chassis = objectOf(of, 'chassis') ?? {}
    const capability = objectOf(chassis, 'capability') ?? {}
    addNeighbour(reading, {
      node,
      port,
      peer: textOf(chassis, 'system-name') ?? peer,
      peerPort: textOf(objectOf(of, 'port') ?? {}, 'name'),
      bridge: capability['is-bridge'] === true,
      router: capability['is-router'] === true,
      station: capability['is-station'] === true,
      system: textOf(chassis, 'system-description'),
      address: usableAddress(textOf(chassis, 'management-address-ipv4')),
      chassis: textOf(chassis, 'chassis-id'),
      line: json.lineOf(of),
    })
  }
}

/** lldpd writes one thing as an object, several as an array. */
function listOf(value: Json | undefined): JsonObject[] {
  return isObject(value) ? [value] : objectsOf(value)
}

/** Text, or `{"value": text}`, or an array of either. */
function valuesOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap((one: Json) => valuesOf(one))
  if (isObject(value)) return valuesOf(value.value)
  return typeof value === 'string' && value.trim() !== '' ? [value.trim()] : []
}

const firstValue = (value: Json | undefined): string | undefined => valuesOf(value)[0]
