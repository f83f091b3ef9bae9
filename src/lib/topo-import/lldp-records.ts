// Owns what a neighbour that a switch heard by LLDP means: a cable, and hints at what the neighbour is. Used by NetQ, eAPI and
// lldpd, which tell the same in different shapes. See topo-import.ts for the folder. Start at addNeighbour.

import { parseAddress } from '../parse/address.ts'
import { isManagementPort } from '../topo/management-port.ts'
import { type Reading, Weight } from './reading.ts'
import { classOfName, classOfSystem, isMacAddress } from './roles.ts'

/** A neighbour as one switch heard it; what the source does not tell is undefined. */
export interface Neighbour {
  readonly node: string
  readonly port: string
  readonly peer: string
  readonly peerPort: string | undefined
  /** The neighbour names its port by a MAC address; `peerPort` may be its description then. */
  readonly macPort?: boolean
  /** Capabilities that are enabled. */
  readonly bridge?: boolean | undefined
  readonly router?: boolean | undefined
  readonly station?: boolean | undefined
  /** System description: its operating system. */
  readonly system?: string | undefined
  /** Management address. */
  readonly address?: string | undefined
  /** Chassis ID, where it is told. */
  readonly chassis?: string | undefined
  readonly line: number | undefined
}

/** Adds a neighbour as a cable, unless it hangs on a management port: LLDP is heard there too. */
export function addNeighbour(reading: Reading, neighbour: Neighbour): void {
  const { node, port, peer, peerPort, line } = neighbour
  if (
    isManagementPort(port) ||
    (peerPort !== undefined && isManagementPort(peerPort) && !isHostNic(peerPort, neighbour))
  ) {
    reading.leave('on management ports')
    return
  }
  const facts = reading.node(peer, line)
  if (neighbour.system !== undefined) reading.hint(facts, classOfSystem(neighbour.system), Weight.system)
  const mac = neighbour.macPort === true || (peerPort !== undefined && isMacAddress(peerPort))
  if (mac) reading.hint(facts, 'host', Weight.portId)
  if (neighbour.bridge === true || neighbour.router === true) reading.hint(facts, 'switch', Weight.capability)
  else if (neighbour.station === true) reading.hint(facts, 'host', Weight.capability)
  facts.agent ??= usableAddress(neighbour.address)
  if (neighbour.chassis !== undefined) facts.chassis.add(neighbour.chassis.toLowerCase())
  reading.cable({ node, port }, { node: peer, port: peerPort }, line, { heard: true })
}

/** eth0 is a server's first network card as well: its cable to a leaf is an edge port, not management. */
function isHostNic(peerPort: string, { peer, system, station, macPort }: Neighbour): boolean {
  if (!/^eth0$/i.test(peerPort)) return false
  if (station === true || macPort === true || classOfName(peer) === 'host') return true
  return system !== undefined && classOfSystem(system) === 'host'
}

/** An address that other machines can reach: not link-local, not loopback, without prefix length. */
export function usableAddress(text: string | undefined): string | undefined {
  const address = text?.trim().replace(/\/\d+$/, '')
  if (address === undefined || /^(fe[89ab]|127\.|169\.254\.|0\.0\.0\.0$|::1?$)/i.test(address)) return undefined
  return parseAddress(address) === undefined ? undefined : address
}
