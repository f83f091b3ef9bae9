// Owns what tshark's names mean here: which of its protocols are layers of ours, which are not and why, and where its
// fields mean something else. Checked in, so that every difference has its reason beside it. Start at tsharkLayers.

/** tshark's protocol in frame.protocols → our layer names that stand for it. Ours are equal unless listed. */
export const tsharkLayers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    eth: 'eth',
    llc: 'llc',
    vlan: 'vlan',
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

/**
 * tshark protocols that carry further packets and are no layers of ours (none is in the design): what tshark finds
 * inside them, ours leaves as payload.
 */
export const carriers: ReadonlyMap<string, string> = new Map([
  ['capwap.data', 'CAPWAP carries 802.11 frames'],
  ['wlan', '802.11 inside GRE (Aruba) or CAPWAP'],
  ['cmd', 'Cisco MetaData behind GRE'],
  ['vntag', 'Cisco VN-Tag'],
  ['etag', '802.1BR E-Tag'],
  ['nsh', 'Network Service Header'],
  ['macsec', 'MACsec without encryption'],
  ['lisp-data', 'LISP data'],
  ['ayiya', 'AYIYA'],
  ['ipcomp', 'IP payload compression'],
  ['sflow', 'the samples inside sFlow'],
  ['osi', 'OSI over LLC'],
  ['socks', 'SOCKS'],
  ['ipoib', 'IP over InfiniBand'],
  ['mint', 'MiNT'],
  ['lldp', 'LLDP'],
])
