// Owns NetBox: pages of its REST interface (cables, interfaces, devices) and of GraphQL, of releases before 3.3 and since. See
// import.ts for the folder. Start at importNetbox.

import { parseJson } from '../read-topology.ts'
import type { JsonValue } from '../topology.ts'
import { type CableEnd, Cabling } from './cabling.ts'
import type { ImportInput } from './input.ts'
import { anyText, fieldsOf, foreign, itemsOf, type JsonFields, textOf } from './json-shape.ts'

const switchRole = /leaf|spine|tor|switch|router|core|border|access|aggregation|distribution|edge|fabric|firewall/i
const hostRole =
  /server|host|compute|storage|hypervisor|pdu|ups|patch|panel|console|oob|out-of-band|management|camera|phone|workstation/i

const INTERFACE = 'dcim.interface'
/** What a cable runs through on its way between two interfaces. */
const panelType = /front-?port|rear-?port|circuit/i

/**
 * Adds what a page tells: cables, interfaces with what they are connected to (which follows patch panels), devices with roles and
 * addresses. Several pages, of any of them, go into one Cabling.
 * @throws InputError for other JSON
 * @see topology.md 6.4
 */
export function importNetbox({ name, text }: ImportInput, cabling = new Cabling()): Cabling {
  const list = listOf(parseJson(text, name))
  if (list === undefined) throw foreign(name, 'a page of NetBox has "results", an answer of its GraphQL "data".')
  let known = 0
  for (const [i, item] of list.entries()) {
    const fields = fieldsOf(item)
    const where = `${name} results[${i}]`
    if (fields.a_terminations !== undefined) addCable(cabling, fields, where)
    else if (fields.termination_a !== undefined) addOldCable(cabling, fields, where)
    else if (fields.device !== undefined && fields.name !== undefined) addInterface(cabling, fields, where)
    else if (fields.device_type !== undefined) addDevice(cabling, fields)
    else continue
    known++
  }
  if (known === 0 && list.length > 0) throw foreign(name, 'these are neither cables, interfaces nor devices.')
  return cabling
}

function listOf(json: JsonValue): readonly JsonValue[] | undefined {
  if (Array.isArray(json)) return json as readonly JsonValue[]
  const { results, data } = fieldsOf(json)
  if (Array.isArray(results)) return results as readonly JsonValue[]
  // GraphQL: one list under its query's name; since 4.5 in `results` of that.
  const [of] = Object.values(fieldsOf(data))
  if (Array.isArray(of)) return of as readonly JsonValue[]
  const inner = fieldsOf(of).results
  return Array.isArray(inner) ? (inner as readonly JsonValue[]) : undefined
}

/** `{"value": "connected"}`, `"connected"`; true before 2.9. */
function isPlanned({ status }: JsonFields): boolean {
  const value = textOf(fieldsOf(status).value) ?? textOf(status)
  return value !== undefined && /^planned$/i.test(value)
}

/** Since 3.3, and GraphQL: lists of terminations on both sides, since a breakout cable has several. */
function addCable(cabling: Cabling, fields: JsonFields, where: string): void {
  if (isPlanned(fields)) {
    cabling.leave('planned cables')
    return
  }
  const sides = [itemsOf(fields.a_terminations), itemsOf(fields.b_terminations)] as const
  const other = [...sides[0], ...sides[1]].map(typeOf).find((type) => type !== INTERFACE)
  if (other !== undefined) {
    leaveCable(cabling, other, where)
    return
  }
  const [a, b] = sides.map((side) => side.map((one) => endOf(fieldsOf(one).object ?? one)))
  const pairs = pair(a!, b!)
  if (pairs.length > 1 && a!.length !== b!.length) {
    cabling.warn('guessed', `${where} has ${a!.length} ends on one side and ${b!.length} on the other: each with each`)
  }
  for (const [from, to] of pairs) join(cabling, from, to, where)
}

/** Breakout cables: end by end where both sides have as many, else each with each. */
function pair<T>(a: readonly T[], b: readonly T[]): [T, T][] {
  if (a.length === b.length) return a.map((one, i) => [one, b[i]!])
  return a.flatMap((one) => b.map((other): [T, T] => [one, other]))
}

/** Of a termination of REST; GraphQL has none, and an empty object for what is no interface. */
function typeOf(termination: JsonValue): string {
  const fields = fieldsOf(termination)
  const type = textOf(fields.object_type)
  if (type !== undefined) return type
  return fields.name === undefined ? 'another kind of port' : INTERFACE
}

/** Before 3.3: one termination a side. */
function addOldCable(cabling: Cabling, fields: JsonFields, where: string): void {
  if (isPlanned(fields)) {
    cabling.leave('planned cables')
    return
  }
  const types = [textOf(fields.termination_a_type), textOf(fields.termination_b_type)]
  const other = types.find((type) => type !== INTERFACE)
  if (types.some((type) => type !== INTERFACE)) leaveCable(cabling, other ?? 'another kind of port', where)
  else join(cabling, endOf(fields.termination_a), endOf(fields.termination_b), where)
}

function leaveCable(cabling: Cabling, type: string, where: string): void {
  if (panelType.test(type)) {
    cabling.warn(
      'no ports',
      `${where} ends at a ${type}: /api/dcim/interfaces/ tells what it leads to; import that page too`,
    )
  } else cabling.leave(`cables to ${type}`)
}

/** An interface with its far end, through whatever patch panels there are. Each link is told by both of its ends. */
function addInterface(cabling: Cabling, fields: JsonFields, where: string): void {
  const a = endOf(fields as JsonValue)
  if (a === undefined) return
  cabling.device(a.node)
  if (fields.mgmt_only === true) {
    if (fields.cable !== undefined && fields.cable !== null) cabling.leave('management interfaces')
    return
  }
  const type = textOf(fields.connected_endpoints_type) ?? textOf(fields.connected_endpoint_type) ?? INTERFACE
  const ends = [...itemsOf(fields.connected_endpoints), fields.connected_endpoint, fields.connected_interface]
  // Before 2.5 an interface has a connection that names the other interface.
  const old = fieldsOf(fields.connection).interface
  for (const end of [...ends, old]) {
    if (end === undefined || end === null) continue
    if (type === INTERFACE) join(cabling, a, endOf(end), where)
    else cabling.leave(`interfaces connected to ${type}`)
  }
}

function join(cabling: Cabling, a: CableEnd | undefined, b: CableEnd | undefined, where: string): void {
  if (a === undefined || b === undefined) cabling.warn('no ports', `${where} lacks a device or a name of its interface`)
  else cabling.cable(a, b, where)
}

function addDevice(cabling: Cabling, fields: JsonFields): void {
  const name = anyText(fields, 'name', 'display')
  if (name === undefined) return
  const device = cabling.device(name)
  const address = fieldsOf(fields.primary_ip4 ?? fields.primary_ip ?? fields.primary_ip6)
  device.agent ??= textOf(address.address)?.replace(/\/\d+$/, '')
  const role = fieldsOf(fields.role ?? fields.device_role)
  const text = anyText(role, 'slug', 'name')
  if (text === undefined) return
  cabling.role(name, switchRole.test(text) ? 'switch' : hostRole.test(text) ? 'host' : undefined, `role ${text}`)
}

function endOf(value: JsonValue | undefined): CableEnd | undefined {
  const fields = fieldsOf(value)
  const node = anyText(fieldsOf(fields.device), 'name', 'display')
  const port = anyText(fields, 'name')
  return node === undefined || port === undefined ? undefined : { node, port }
}
