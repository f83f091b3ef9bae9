// Owns /proc/net/udp and udp6: what Linux says of every UDP socket, without any call. See libc.ts for the folder.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const tables = ['/proc/net/udp', '/proc/net/udp6']

/** One UDP socket of this network namespace. */
export interface UdpEntry {
  readonly port: number
  readonly inode: number
  readonly drops: number
}

/**
 * The rows of a table as /proc/net/udp has it: `sl local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout
 * inode ref pointer drops`.
 * @returns rows that are not so are left out
 * @see proc_pid_net(5)
 */
export function parseUdpTable(text: string): UdpEntry[] {
  const entries: UdpEntry[] = []
  for (const line of text.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16)
    const inode = Number(columns[9])
    const drops = Number(columns[12])
    if (port >= 0 && inode >= 0 && drops >= 0) entries.push({ port, inode, drops })
  }
  return entries
}

/** All UDP sockets, IPv4 and IPv6; undefined where this system has no such table. */
export function readUdpTables(): UdpEntry[] | undefined {
  let found: UdpEntry[] | undefined
  for (const table of tables) {
    try {
      found = [...(found ?? []), ...parseUdpTable(readFileSync(table, 'utf8'))]
    } catch {
      // Not Linux, or one of the two families is off.
    }
  }
  return found
}

/** Sum of the drops of these sockets; undefined where none of them is in the tables. */
export function kernelDrops(inodes: ReadonlySet<number | undefined>): number | undefined {
  const mine = readUdpTables()?.filter((entry) => inodes.has(entry.inode))
  return mine && mine.length > 0 ? mine.reduce((sum, entry) => sum + entry.drops, 0) : undefined
}

/** The inode that a descriptor of this process has in the tables. */
export function socketInode(fd: number | string): number | undefined {
  try {
    const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))
    return match ? Number(match[1]) : undefined
  } catch {
    return undefined
  }
}

/** Inodes of all sockets of this process; empty where /proc does not tell. */
export function ownSocketInodes(): Set<number> {
  try {
    return new Set(
      readdirSync('/proc/self/fd')
        .map(socketInode)
        .filter((inode) => inode !== undefined),
    )
  } catch {
    return new Set()
  }
}
