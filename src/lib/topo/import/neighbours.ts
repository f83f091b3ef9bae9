// Owns what all kinds of LLDP neighbours have in common: which of them are part of a fabric. See import.ts for the folder. Start at
// addNeighbour.

import { type Cabling, isMacAddress, isManagementPort } from './cabling.ts'

/** What a device tells of a neighbour of one of its ports. */
export interface Neighbour {
  readonly node: string
  readonly port: string
  readonly peer: string | undefined
  readonly peerPort: string | undefined
  /** By the peer's LLDP capabilities; undefined where it tells none. */
  readonly peerIsSwitch: boolean | undefined
  /** Address for management that the peer tells. */
  readonly peerAddress?: string | undefined
}

/** Adds the cable to a neighbour, unless it is a management port's, and what that tells of the peer. */
export function addNeighbour(cabling: Cabling, neighbour: Neighbour, where: string): void {
  const { node, port, peer, peerPort, peerIsSwitch, peerAddress } = neighbour
  cabling.reporters.add(node)
  cabling.device(node)
  if (isManagementPort(port)) {
    cabling.leave('neighbours of management ports')
    return
  }
  if (peer === undefined || peerPort === undefined) {
    cabling.warn('no ports', `${where} ${node}:${port} has a neighbour without ${peer === undefined ? 'name' : 'port'}`)
    return
  }
  cabling.device(peer).agent ??= peerAddress
  // Servers that route containers tell that they are bridges and routers.
  if (isMacAddress(peerPort)) cabling.role(peer, 'host', 'its port is a MAC address')
  else if (peerIsSwitch !== undefined) cabling.role(peer, peerIsSwitch ? 'switch' : 'host', 'LLDP capabilities')
  cabling.cable({ node, port }, { node: peer, port: peerPort }, where, true)
}

/** No line of a table is longer. */
const LONGEST_LINE = 4096

/** Lines of what a CLI prints; a longer one than a table has is empty, so that patterns have little to look through. */
export function tableLines(text: string): string[] {
  return text.split('\n').map((line) => (line.length > LONGEST_LINE ? '' : line.replace(/\r$/, '')))
}
