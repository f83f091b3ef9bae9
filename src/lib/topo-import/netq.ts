// Owns NetQ's answers: the table of `netq show lldp`, its JSON, and the array of the REST API. See topo-import.ts for the folder.

import { InputError } from '../errors.ts'
import { isObject, type JsonObject, type JsonText, objectsOf, textOf } from './json-text.ts'
import { addNeighbour, type Neighbour } from './lldp-records.ts'
import { Reading, Weight } from './reading.ts'
import { classOfName } from './roles.ts'
import { readColumns } from './text-table.ts'

const hostnameKeys = ['hostname', 'hostName']
const portKeys = ['ifname', 'interface', 'ifName']
const peerKeys = ['peer_hostname', 'peerHostname', 'peer', 'peer_host']
const peerPortKeys = ['peer_ifname', 'peerIfname', 'peerInterface', 'peer_interface']

/**
 * Reads LLDP records of NetQ: a bare array, or an object with an array in it.
 * @throws InputError where there are no such records
 * @see NetQ OpenAPI netq-231.json, object/lldp; topology.md 6.2
 */
export function readNetqJson(json: JsonText): Reading {
  const reading = new Reading('netq', json.what, 'neighbours')
  if (isObject(json.value) && json.value.truncatedResult === true) {
    reading.warn(
      'incomplete',
      json.lineOf(json.value),
      'is cut off ("truncatedResult": true), NetQ does not say how many neighbours are missing (netq HOSTNAME show lldp json asks one switch, import the files together; or sonde topo import netq URL asks the server page by page)',
    )
  }
  for (const record of recordsOf(json)) {
    reading.records++
    const line = json.lineOf(record)
    // A record of what is gone.
    if (/^del/i.test(textOf(record, 'db_state', 'dbState') ?? '')) {
      reading.leave('gone (db_state Del)')
      continue
    }
    const [node, port, peer] = [hostnameKeys, portKeys, peerKeys].map((keys) => textOf(record, ...keys))
    if (node === undefined || port === undefined || peer === undefined) {
      reading.warn('source', line, `a record has no ${missing(node, port)}`)
      continue
    }
    add(reading, {
      node,
      port,
      peer,
      peerPort: textOf(record, ...peerPortKeys),
      bridge: record.lldp_peer_bridge === true,
      router: record.lldp_peer_router === true,
      station: record.lldp_peer_station === true,
      system: [textOf(record, 'lldp_peer_os'), textOf(record, 'lldp_peer_osv')].filter(Boolean).join(' ') || undefined,
      line,
    })
  }
  return finished(reading)
}

const missing = (node: string | undefined, port: string | undefined) =>
  node === undefined ? 'hostname' : port === undefined ? 'ifname' : 'peer_hostname'

/** The array of records, wherever it is: `lldp` in the CLI's JSON. */
function recordsOf(json: JsonText): JsonObject[] {
  const { value } = json
  const list = isObject(value) ? Object.values(value).find((member) => Array.isArray(member)) : value
  const records = objectsOf(list)
  const known = records.some((one) => textOf(one, ...peerKeys) !== undefined)
  if (known || (Array.isArray(list) && list.length === 0)) return records
  throw new InputError(
    `${json.what}: there are no LLDP records of NetQ, needed an array of {"hostname", "ifname", "peer_hostname", "peer_ifname"}.`,
    ['netq show lldp json prints them.'],
  )
}

/**
 * Reads the table that `netq show lldp` prints.
 * @throws InputError where there is no such table
 */
export function readNetqTable(text: string, source: string): Reading {
  const reading = new Reading('netq', source, 'neighbours')
  const rows = readColumns(text, source, ['Hostname', 'Interface', 'Peer Hostname', 'Peer Interface'])
  if (rows === undefined) {
    throw new InputError(
      `${source}: there is no table of netq show lldp, needed the columns Hostname, Interface, Peer Hostname and Peer Interface.`,
    )
  }
  for (const { cells, line } of rows) {
    const [node = '', port = '', peer = '', peerPort] = cells
    reading.records++
    if (node === '' || port === '' || peer === '') reading.warn('source', line, 'a row is not complete')
    else add(reading, { node, port, peer, peerPort: peerPort || undefined, line })
  }
  return finished(reading)
}

/** Servers with NetQ's agent tell their neighbours too, so that telling makes no switch. */
function add(reading: Reading, neighbour: Neighbour): void {
  reading.node(neighbour.node, neighbour.line).reports = true
  addNeighbour(reading, neighbour)
}

function finished(reading: Reading): Reading {
  for (const [name, facts] of reading.nodes) reading.hint(facts, classOfName(name), Weight.name)
  return reading
}
