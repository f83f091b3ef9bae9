// Owns LLDP as NVIDIA NetQ gives it: the table of `netq show lldp`, its JSON, the REST array. See import.ts for the folder. Start at
// importNetq.

import { parseJson } from '../read-topology.ts'
import { Cabling } from './cabling.ts'
import type { ImportInput } from './input.ts'
import { anyText, fieldsOf, foreign, onlyArray } from './json-shape.ts'
import { addNeighbour, tableLines } from './neighbours.ts'

/**
 * Spellings of NetQ's releases and of SuzieQ are all taken: snake_case, camelCase, `ifname` or `interface`.
 * @throws InputError where there are no neighbours in the text
 * @see topology.md 6.2
 */
export function importNetq(input: ImportInput, cabling = new Cabling()): Cabling {
  const isJson = /^\s*[[{]/.test(input.text)
  return isJson ? importJson(input, cabling) : importTable(input, cabling)
}

function importJson({ name, text }: ImportInput, cabling: Cabling): Cabling {
  const list = onlyArray(parseJson(text, name))
  if (list === undefined) throw foreign(name, 'NetQ gives a list of LLDP neighbours, or an object with one list.')
  let known = 0
  for (const [i, record] of list.entries()) {
    const fields = fieldsOf(record)
    const node = anyText(fields, 'hostname', 'hostName')
    const port = anyText(fields, 'ifname', 'ifName', 'interface')
    if (node === undefined || port === undefined) continue
    known++
    if (/^del/i.test(anyText(fields, 'db_state', 'dbState') ?? '')) {
      cabling.leave('deleted neighbours')
      continue
    }
    const neighbour = {
      node,
      port,
      peer: anyText(fields, 'peer_hostname', 'peerHostname', 'peerHostName', 'peer'),
      peerPort: anyText(fields, 'peer_ifname', 'peerIfname', 'peerIfName', 'peerInterface', 'peer_interface'),
      peerIsSwitch: isSwitch(fields),
    }
    addNeighbour(cabling, neighbour, `${name}[${i}]`)
  }
  if (known === 0 && list.length > 0) throw foreign(name, 'NetQ’s LLDP records have "hostname" and "ifname".')
  return cabling
}

/** Cumulus on a server tells that it is a router too; a station that is neither bridge nor router is a host. */
function isSwitch(fields: ReturnType<typeof fieldsOf>): boolean | undefined {
  const [bridge, router, station] = ['lldp_peer_bridge', 'lldp_peer_router', 'lldp_peer_station'].map(
    (key) => fields[key],
  )
  if (bridge === true || router === true) return true
  return station === true ? false : undefined
}

/** Columns stand where the rule below the header has its dashes, or else are two spaces apart. */
function importTable({ name, text }: ImportInput, cabling: Cabling): Cabling {
  const lines = tableLines(text)
  const header = lines.findIndex((line) => /\bHostname\b.*\bPeer (Hostname|Interface)\b/i.test(line))
  if (header < 0) throw foreign(name, 'the table of netq show lldp has the columns Hostname, Interface, Peer Hostname.')
  const titles = lines[header]!.trim().split(/\s{2,}/)
  const column = (title: RegExp): number => titles.findIndex((one) => title.test(one))
  const at = {
    node: column(/^hostname$/i),
    port: column(/^interface$/i),
    peer: column(/^peer hostname$/i),
    peerPort: column(/^peer interface$/i),
  }
  for (const [i, line] of lines.entries()) {
    if (i <= header || line.trim() === '' || /^[-\s]+$/.test(line)) continue
    const cells = line.trim().split(/\s{2,}/)
    const [node, port] = [cells[at.node], cells[at.port]]
    if (node === undefined || port === undefined) continue
    const neighbour = { node, port, peer: cells[at.peer], peerPort: cells[at.peerPort], peerIsSwitch: undefined }
    addNeighbour(cabling, neighbour, `${name}:${i + 1}`)
  }
  return cabling
}
