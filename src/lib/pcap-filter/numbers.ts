// Owns the numbers of protocols that filters know by name. Tables only.

/** Ethernet types. @see IEEE EtherType registry; IANA ieee-802-numbers */
export const ether = {
  ip: 0x0800,
  arp: 0x0806,
  teb: 0x6558,
  mopdl: 0x6001,
  moprc: 0x6002,
  decnet: 0x6003,
  lat: 0x6004,
  sca: 0x6007,
  ns: 0x0600,
  rarp: 0x8035,
  atalk: 0x809b,
  aarp: 0x80f3,
  vlan: 0x8100,
  ipx: 0x8137,
  ip6: 0x86dd,
  mpls: 0x8847,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  serviceVlan: 0x88a8,
  loopback: 0x9000,
  qinq: 0x9100,
} as const

/** Values of a type field up to this one are lengths (IEEE 802.3 section 3.2.6). */
export const LONGEST_8023 = 1500

/** Service access points of LLC. @see IEEE 802.2; ISO/IEC TR 9577 */
export const sap = { ip: 0x06, spanningTree: 0x42, snap: 0xaa, ipx: 0xe0, netbeui: 0xf0, iso: 0xfe } as const

/** Names behind `ether proto`, which are not those of /etc/protocols. @see pcap-filter(7) */
export const etherNames: Readonly<Record<string, number>> = {
  aarp: ether.aarp,
  arp: ether.arp,
  atalk: ether.atalk,
  decnet: ether.decnet,
  ip: ether.ip,
  ip6: ether.ip6,
  lat: ether.lat,
  loopback: ether.loopback,
  mopdl: ether.mopdl,
  moprc: ether.moprc,
  rarp: ether.rarp,
  sca: ether.sca,
  iso: sap.iso,
  stp: sap.spanningTree,
  ipx: sap.ipx,
  netbeui: sap.netbeui,
}

/** IP protocols. @see IANA protocol-numbers; 9 and 112 are shared by two protocols each */
export const ipNumbers = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  tcp: 6,
  igrp: 9,
  udp: 17,
  routing: 43,
  fragment: 44,
  esp: 50,
  ah: 51,
  icmp6: 58,
  none: 59,
  destinationOptions: 60,
  pim: 103,
  vrrp: 112,
  carp: 112,
  sctp: 132,
} as const

/** Network layer protocol identifiers of ISO. @see ISO/IEC TR 9577 */
export const isoNumbers = { clnp: 0x81, esis: 0x82, isis: 0x83 } as const

/** PDU types of IS-IS. @see ISO/IEC 10589 section 9 */
const isis = {
  l1Hello: 15,
  l2Hello: 16,
  pointToPointHello: 17,
  l1Lsp: 18,
  l2Lsp: 20,
  l1Csnp: 24,
  l2Csnp: 25,
  l1Psnp: 26,
  l2Psnp: 27,
} as const

/** The PDU types that one word stands for. */
export const isisTypes: Readonly<Record<string, readonly number[]>> = {
  l1: [isis.l1Hello, isis.pointToPointHello, isis.l1Lsp, isis.l1Csnp, isis.l1Psnp],
  l2: [isis.l2Hello, isis.pointToPointHello, isis.l2Lsp, isis.l2Csnp, isis.l2Psnp],
  iih: [isis.l1Hello, isis.l2Hello, isis.pointToPointHello],
  lsp: [isis.l1Lsp, isis.l2Lsp],
  snp: [isis.l1Csnp, isis.l2Csnp, isis.l1Psnp, isis.l2Psnp],
  csnp: [isis.l1Csnp, isis.l2Csnp],
  psnp: [isis.l1Psnp, isis.l2Psnp],
}

/** PPP protocol numbers. @see IANA ppp-numbers */
export const pppNumbers: ReadonlyMap<number, number> = new Map([
  [ether.ip, 0x0021],
  [ether.ip6, 0x0057],
  [ether.decnet, 0x0027],
  [ether.atalk, 0x0029],
  [ether.ns, 0x0025],
  [sap.iso, 0x0023],
  [sap.spanningTree, 0x0031],
  [sap.ipx, 0x002b],
])
export const PPP_MPLS = 0x0281

/** Types in cooked captures of Linux for frames without an Ethernet type. @see linux/if_ether.h */
export const cooked = { novell: 0x0001, llc: 0x0004 } as const

/** Types of ARCNET. @see RFC 1051, RFC 1201, RFC 2497 */
export const arcnet = { oldIp: 240, oldArp: 241, ip: 212, arp: 213, rarp: 214, ip6: 196, atalk: 221 } as const

/** Address families that IPv4 and IPv6 packets have on BSD loopbacks; IPv6's differ between systems. */
export const families = { ip: [2], ip6: [24, 28, 30] } as const
