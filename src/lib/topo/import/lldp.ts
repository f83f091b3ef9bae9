// Owns LLDP as lldpd tells it (`lldpcli show neighbors -f json` or json0) and as Cumulus 3 and 4 do (`net show lldp json`). See
// import.ts for the folder. Start at importLldp.

import { parseJson } from '../read-topology.ts'
import type { JsonValue } from '../topology.ts'
import { Cabling, isMacAddress } from './cabling.ts'
import type { ImportInput } from './input.ts'
import { anyText, fieldsOf, foreign, itemsOf, type JsonFields, textOf } from './json-shape.ts'
import { addNeighbour } from './neighbours.ts'

/**
 * One device's neighbours, or a map of device to them. The text does not name the device: the key in a map does, else the file's name
 * without its ending.
 * @throws InputError where there are no neighbours in the text
 */
export function importLldp({ name, text }: ImportInput, cabling = new Cabling()): Cabling {
  const json = parseJson(text, name)
  if (addDevice(json, name, name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, ''), cabling)) return cabling
  const devices = Object.entries(fieldsOf(json))
  const added = devices.map(([node, of]) => addDevice(of!, `${name} ${node}`, node, cabling))
  if (added.length > 0 && added.every((one) => one)) return cabling
  throw foreign(name, 'needed lldpd’s {"lldp": {"interface": ...}}, or Cumulus’s {"swp1": {"iface_obj": ...}}.')
}

/** @returns false where it is of another form */
function addDevice(json: JsonValue, what: string, node: string, cabling: Cabling): boolean {
  const fields = fieldsOf(json)
  const { lldp } = fields
  if (lldp !== undefined) {
    for (const [port, of] of interfacesOf(lldp)) addLldpd(fieldsOf(of), what, node, port, cabling)
    cabling.reporters.add(node)
    cabling.device(node)
    return true
  }
  const ports = Object.entries(fields)
  if (ports.length === 0 || !ports.every(([, port]) => fieldsOf(port).iface_obj !== undefined)) return false
  for (const [port, of] of ports) {
    for (const adjacent of itemsOf(fieldsOf(fieldsOf(of).iface_obj).lldp).map(fieldsOf)) {
      const [peer, peerPort] = [anyText(adjacent, 'adj_hostname'), anyText(adjacent, 'adj_port')]
      addNeighbour(cabling, { node, port, peer, peerPort, peerIsSwitch: undefined }, `${what} ${port}`)
    }
  }
  return true
}

/** json: a list of `{swp1: ...}`, or that object alone where there is one; json0: `[{interface: [{name: "swp1", ...}]}]`. */
function interfacesOf(lldp: JsonValue): [string, JsonValue][] {
  const lists = Array.isArray(lldp) ? lldp.map((one: JsonValue) => fieldsOf(one).interface) : [fieldsOf(lldp).interface]
  return lists.flatMap((list) => {
    const objects = Array.isArray(list) ? (list as readonly JsonValue[]) : list === undefined ? [] : [list]
    return objects.flatMap((one): [string, JsonValue][] => {
      const fields = fieldsOf(one)
      const name = textOf(fields.name)
      if (name !== undefined && fields.chassis !== undefined) return [[name, one]]
      return Object.entries(fields).map(([port, of]) => [port, of!])
    })
  })
}

function addLldpd(of: JsonFields, what: string, node: string, port: string, cabling: Cabling): void {
  const [peer, chassis] = chassisOf(of.chassis)
  const portFields = first(of.port)
  const id = first(portFields.id)
  const value = textOf(id.value)
  const description = wordOf(portFields.descr)
  // A MAC as id and a name as description: some switches tell their ports so.
  const named = value !== undefined && isMacAddress(value) && description !== undefined && !/\s/.test(description)
  addNeighbour(
    cabling,
    {
      node,
      port,
      peer,
      peerPort: named && isSwitch(chassis) === true ? description : value,
      peerIsSwitch: isSwitch(chassis),
      peerAddress: wordOf(chassis['mgmt-ip']),
    },
    `${what} ${port}`,
  )
}

/** json: `{spine1: {...}}`; json0: `[{name: [{value: "spine1"}], ...}]`. */
function chassisOf(chassis: JsonValue | undefined): [string | undefined, JsonFields] {
  const fields = first(chassis)
  const name = wordOf(fields.name)
  if (name !== undefined || fields.id !== undefined) return [name, fields]
  const [entry] = Object.entries(fields)
  return entry === undefined ? [undefined, {}] : [entry[0], fieldsOf(entry[1])]
}

/** Undefined where no capability is told. A bridge or router that is switched off is none. */
function isSwitch(chassis: JsonFields): boolean | undefined {
  const { capability } = chassis
  const list = Array.isArray(capability)
    ? (capability as readonly JsonValue[])
    : capability === undefined
      ? []
      : [capability]
  if (list.length === 0) return undefined
  return list.map(fieldsOf).some(({ type, enabled }) => enabled === true && (type === 'Bridge' || type === 'Router'))
}

function first(value: JsonValue | undefined): JsonFields {
  return fieldsOf(Array.isArray(value) ? (value[0] as JsonValue) : value)
}

/** Text, `[{value: text}]`, or the first of several. */
function wordOf(value: JsonValue | undefined): string | undefined {
  const one = Array.isArray(value) ? (value[0] as JsonValue | undefined) : value
  return textOf(one) ?? textOf(fieldsOf(one).value)
}
