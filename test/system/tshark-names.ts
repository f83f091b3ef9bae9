// Owns what tshark's names mean here: which of its protocols are layers of ours, which are not and why, and where its
// fields mean something else. Checked in, so that every difference has its reason beside it. Start at tsharkLayers.

/** tshark's protocol in frame.protocols → our layer names that stand for it. Ours are equal unless listed. */
export const tsharkLayers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    eth: 'eth',
    llc: 'llc',
    vlan: 'vlan',
    ieee8021ad: 'vlan',
    mpls: 'mpls',
    pwethcw: 'pwethcw',
    pppoed: 'pppoed',
    pppoes: 'pppoes',
    ppp: 'ppp',
    arp: 'arp',
    ip: 'ip',
    ipv6: 'ipv6',
    'ipv6.hopopts': 'ipv6.hopopts',
    'ipv6.routing': 'ipv6.routing',
    'ipv6.fraghdr': 'ipv6.fraghdr',
    'ipv6.dstopts': 'ipv6.dstopts',
    mipv6: 'mipv6',
    icmp: 'icmp',
    icmpv6: 'icmpv6',
    igmp: 'igmp',
    tcp: 'tcp',
    udp: 'udp',
    udplite: 'udplite',
    dccp: 'dccp',
    sctp: 'sctp',
    gre: 'gre',
    erspan: 'erspan',
    vxlan: 'vxlan',
    vxlan_gpe: 'vxlan_gpe',
    geneve: 'geneve',
    gtp: 'gtp',
    teredo: 'teredo',
    esp: 'esp',
    ah: 'ah',
    dns: 'dns',
    infiniband: 'infiniband',
  }),
)

/** tshark names all InfiniBand headers once; ours are a layer each. */
export function comparableName(layer: string): string {
  return layer.startsWith('infiniband.') ? 'infiniband' : layer
}

/** tshark protocols that are no layers of ours (none is in the design): what it finds inside, ours leaves as payload. */
const carriers: ReadonlyMap<string, string> = new Map([
  ['capwap.data', 'CAPWAP carries 802.11 frames'],
  ['wlan', '802.11 inside GRE (Aruba) or CAPWAP'],
  ['cmd', 'Cisco MetaData behind GRE'],
  ['vntag', 'Cisco VN-Tag'],
  ['etag', '802.1BR E-Tag'],
  ['gtpprime', "GTP' (charging, port 3386)"],
  ['nsh', 'Network Service Header'],
  ['macsec', 'MACsec'],
  ['ayiya', 'AYIYA'],
  ['ipcomp', 'IP payload compression'],
  ['sflow', 'samples inside sFlow'],
  ['osi', 'OSI over LLC'],
])

/**
 * Why what follows a protocol of tshark's isn't compared, or undefined.
 * @param destinations UDP destination ports of the frame, and `sources` its source ports
 */
export function carrierOf(
  protocol: string,
  destinations: readonly string[],
  sources: readonly string[],
): string | undefined {
  const ports = [...destinations, ...sources]
  if (protocol === 'gtp' && !ports.includes('2152')) return 'GTP control plane (ports 2123, 3386)'
  if (protocol === 'dns' && ports.length > 0 && !ports.includes('53')) return 'DNS by heuristics on another port'
  return carriers.get(protocol)
}
