// Owns what key functions look things up in, as interfaces: groups, maps, vendors, countries, names. Knows no file and no
// model: data/ reads files, topo and agents know ports and hosts. Start at LanguageData.

import type { AddressNames } from '../attributes/attribute.ts'

/** Networks with names: `group:ipsource:SET`. */
export interface GroupSet {
  /** The groups' names, by number. */
  readonly names: readonly string[]
  /** Number of the group with the longest prefix that holds an IPv4 address, or -1. Allocates nothing. */
  find4(address: number): number
  /** The same of an IPv6 address in four words. */
  find6(a: number, b: number, c: number, d: number): number
}

/** Vendors by MAC address: `oui:macsource:name`. */
export interface VendorTable {
  readonly names: readonly string[]
  /** Number of the vendor of an address, given as its first 32 bits and its last 16, or -1. */
  find(high: number, low: number): number
}

/** What is known of networks, from a MaxMind-format file. Slow: asked once an address. */
export interface GeoTable {
  /** @returns `{code: 'DE', name: 'Germany'}`, `{number: '64500', descr: 'EXAMPLE'}`: what the file has of these */
  find(address: string): GeoFacts | undefined
}

export interface GeoFacts {
  readonly code?: string
  readonly name?: string
  readonly number?: number
  readonly descr?: string
}

/** Names of addresses that are asked of somebody, who takes time. */
export interface NameService extends AddressNames {
  /** Waits until all that was asked is answered, but not longer than `ms`. */
  settle(ms: number): Promise<void>
}

/** Names of nodes, ports and links, by agent and ifIndex. */
export interface PortDirectory {
  /** Grows whenever an answer may have changed: answers are kept until then. */
  readonly version: number
  /** @param agent address in four words, IPv4 as ::ffff:a.b.c.d; valid during the call only */
  node(agent: Uint32Array, ifIndex: number): string | undefined
  ifname(agent: Uint32Array, ifIndex: number): string | undefined
  /** The link between two switches on that port; undefined at the edge. */
  link(agent: Uint32Array, ifIndex: number): string | undefined
}

/** What sFlow hosts tell of themselves (0:2000), by the MAC addresses of their adapters (0:2001). */
export interface HostDirectory {
  /** Grows whenever an answer may have changed. */
  readonly version: number
  /** @param high first 32 bits of the MAC address @param low its last 16 */
  find(high: number, low: number): HostFacts | undefined
}

/** The keys are sFlow-RT's names, the second argument of `host`. */
export type HostFacts = Readonly<Record<HostField, string | undefined>>
export const hostFields = ['host_name', 'machine_type', 'os_name', 'os_release', 'uuid'] as const
export type HostField = (typeof hostFields)[number]

/** Everything that functions may ask; what is not there makes an expression that needs it an error. */
export interface LanguageData {
  readonly groups: ReadonlyMap<string, GroupSet>
  /** By name of the map: value as text to name. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly vendors: VendorTable | undefined
  readonly country: GeoTable | undefined
  readonly asn: GeoTable | undefined
  readonly dns: NameService | undefined
  readonly hosts: HostDirectory | undefined
  readonly ports: PortDirectory | undefined
}

/** No data at all: for expressions of attributes. */
export const noData: LanguageData = {
  groups: new Map(),
  maps: new Map(),
  vendors: undefined,
  country: undefined,
  asn: undefined,
  dns: undefined,
  hosts: undefined,
  ports: undefined,
}
