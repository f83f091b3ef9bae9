// Owns what names in filters mean: services, protocols, hosts, networks. Reads no file: it is handed their text.
// Start at FilterNames.

import { protocolNumbers } from '../names/protocol-numbers.ts'
import { services } from '../names/services.ts'

/**
 * Texts of the machine's files, as far as there are; what they lack is looked up in built-in tables, which hosts,
 * networks and MAC addresses have none of.
 */
export interface NameFiles {
  /** /etc/services */
  readonly services?: string
  /** /etc/protocols */
  readonly protocols?: string
  /** /etc/hosts */
  readonly hosts?: string
  /** /etc/networks */
  readonly networks?: string
  /** /etc/ethers */
  readonly ethers?: string
}

/** Ports of a service, by transport. */
export interface Service {
  readonly tcp?: number
  readonly udp?: number
  readonly sctp?: number
}

/** Names looked up; undefined for what is not known. */
export interface FilterNames {
  service(name: string): Service | undefined
  protocol(name: string): number | undefined
  /** Addresses as text, IPv4 and IPv6. */
  host(name: string): readonly string[] | undefined
  /** An IPv4 network as text, which may have less than four numbers. */
  network(name: string): string | undefined
  /** A MAC address as text. */
  ether(name: string): string | undefined
  /** All names of services and protocols, for advice. */
  readonly services: Iterable<string>
  readonly protocols: Iterable<string>
}

/**
 * Names as the machine's files have them; without an argument, the built-in ones alone. Lines that cannot be read are
 * left out, as the C library does.
 */
export function filterNames(files: NameFiles = {}): FilterNames {
  const serviceTable = new Map<string, Service>()
  for (const [name, numbered = '', ...aliases] of wordsOf(files.services)) {
    const [, port, transport] = /^(\d{1,5})\/(tcp|udp|sctp)$/.exec(numbered) ?? []
    if (transport === undefined || Number(port) > 65535) continue
    for (const one of [name!, ...aliases]) {
      const known = serviceTable.get(one)
      // The first line of a name counts.
      if (known === undefined || !(transport in known)) serviceTable.set(one, { ...known, [transport]: Number(port) })
    }
  }
  const protocolTable = keyed(files.protocols, Number)
  const hosts = new Map<string, string[]>()
  for (const [address, ...names] of wordsOf(files.hosts)) {
    for (const name of names) {
      const lower = name.toLowerCase()
      const known = hosts.get(lower)
      if (known === undefined) hosts.set(lower, [address!])
      else known.push(address!)
    }
  }
  const networks = keyed(files.networks, String)
  const ethers = new Map(wordsOf(files.ethers).map(([address, name]) => [name, address!]))
  return {
    service: (name) => serviceTable.get(name) ?? builtIn(services, name),
    protocol: (name) => protocolTable.get(name) ?? builtIn(protocolNumbers, name.toLowerCase()),
    host: (name) => hosts.get(name.toLowerCase()),
    network: (name) => networks.get(name),
    ether: (name) => ethers.get(name),
    services: new Set([...serviceTable.keys(), ...Object.keys(services)]),
    protocols: new Set([...protocolTable.keys(), ...Object.keys(protocolNumbers)]),
  }
}

function builtIn<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Lines as words, comments left out. */
function wordsOf(text: string | undefined): string[][] {
  const lines = (text ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
  return lines.filter((words) => words.length > 1)
}

/** Lines of a name, a value, and more names. */
function keyed<T>(text: string | undefined, read: (value: string) => T): Map<string, T> {
  const table = new Map<string, T>()
  for (const [name, value, ...aliases] of wordsOf(text)) {
    for (const one of [name!, ...aliases]) if (!table.has(one)) table.set(one, read(value!))
  }
  return table
}
