// Owns what the lab consists of: switches, hosts, cables, addresses, as tables. Makes none of it. See lab.ts for the folder.

/** Two tiers: a leaf has hosts, a spine has leaves. */
export interface Switch {
  readonly name: string
  /** BGP; both spines have the same, so that paths over both are equally long and no path goes leaf, spine, leaf, spine. */
  readonly asNumber: number
  /** The sFlow agent's address and BGP's router id, on the loopback interface. RFC 5737's, since none of it leaves the lab. */
  readonly agent: string
}

export interface Host {
  readonly name: string
  readonly leaf: string
  /** The leaf's port. */
  readonly port: string
  readonly ifIndex: number
  /** Networks of the cable, of 24 and 64 bits, without what is behind: the leaf is 1 in them, the host 2. */
  readonly ipv4: string
  readonly ipv6: string
}

/** A cable between two switches. */
export interface Cable {
  readonly node1: string
  readonly port1: string
  readonly ifIndex1: number
  readonly node2: string
  readonly port2: string
  readonly ifIndex2: number
}

export const switches: readonly Switch[] = [
  { name: 'leaf1', asNumber: 65_001, agent: '192.0.2.11' },
  { name: 'leaf2', asNumber: 65_002, agent: '192.0.2.12' },
  { name: 'spine1', asNumber: 65_003, agent: '192.0.2.21' },
  { name: 'spine2', asNumber: 65_003, agent: '192.0.2.22' },
]

/** Port numbers of the kernel are others in each switch, as on real ones: a reader that mixes up agents is found out. */
export const cables: readonly Cable[] = [
  { node1: 'leaf1', port1: 'eth1', ifIndex1: 11, node2: 'spine1', port2: 'eth1', ifIndex2: 31 },
  { node1: 'leaf1', port1: 'eth2', ifIndex1: 12, node2: 'spine2', port2: 'eth1', ifIndex2: 41 },
  { node1: 'leaf2', port1: 'eth1', ifIndex1: 21, node2: 'spine1', port2: 'eth2', ifIndex2: 32 },
  { node1: 'leaf2', port1: 'eth2', ifIndex1: 22, node2: 'spine2', port2: 'eth2', ifIndex2: 42 },
]

/** h1 sends to h2. The others send with it in an incast, one over the fabric and one from h2's own leaf. */
export const hosts: readonly Host[] = [
  { name: 'h1', leaf: 'leaf1', port: 'eth3', ifIndex: 13, ipv4: '172.16.1', ipv6: '2001:172:16:1' },
  { name: 'h2', leaf: 'leaf2', port: 'eth3', ifIndex: 23, ipv4: '172.16.2', ipv6: '2001:172:16:2' },
  { name: 'h3', leaf: 'leaf1', port: 'eth4', ifIndex: 14, ipv4: '172.16.3', ipv6: '2001:172:16:3' },
  { name: 'h4', leaf: 'leaf2', port: 'eth4', ifIndex: 24, ipv4: '172.16.4', ipv6: '2001:172:16:4' },
]

export const leaves: readonly Switch[] = switches.filter(({ name }) => name.startsWith('leaf'))
export const spines: readonly Switch[] = switches.filter(({ name }) => name.startsWith('spine'))
export const nodeNames: readonly string[] = [...switches, ...hosts].map(({ name }) => name)

/** As containerlab's veth; RoCE of an MTU of 4096 has room on the hosts' cables. */
export const FABRIC_MTU = 9500
export const HOST_MTU = 4200

/** Where the job's packets go to, and where most that can go wrong is made to: the port of the receiving host. */
export const receivingHost = hosts.find(({ name }) => name === 'h2')!
/** The sender first, then those that send with it in an incast. */
export const sendingHosts: readonly Host[] = hosts.filter(({ name }) => name !== 'h2')

export const hostAddress = (host: Host, isIpv6: boolean): string => (isIpv6 ? `${host.ipv6}::2` : `${host.ipv4}.2`)
export const leafAddress = (host: Host, isIpv6: boolean): string => (isIpv6 ? `${host.ipv6}::1` : `${host.ipv4}.1`)

/** What names may be: a namespace is a file, its name part of others. */
const labName = /^[a-z0-9][a-z0-9-]{0,31}$/
export const isLabName = (name: string): boolean => labName.test(name)

/** A node's network namespace. */
export const netnsOf = (lab: string, node: string): string => `${lab}-${node}`
