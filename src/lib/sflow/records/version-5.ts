// Owns the flow records of the base document: sFlow version 5, July 2004, with its errata. Its counters are in version-5-counters.ts.
// Must not know how records are decoded. Start at sampled_header.

import { ethertypes } from '../../names/ethertypes.ts'
import { ipProtocols } from '../../names/ip-protocols.ts'
import { asPathSegmentTypes, charsets, headerProtocols, urlDirections } from '../../names/sflow.ts'
import { address, arrayOf, f, ipv4, ipv6, mac, opaque, string, struct, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_version_5.txt'

export const sampled_header = record({
  name: 'sampled_header',
  tag: [0, 1],
  source: `${document}, "Raw Packet Header"`,
  notes:
    'frame_length is the length on the wire. Octets removed from the frame before the header was cut are in stripped ' +
    'too, so frame_length - stripped octets remained. hsflowd counts the FCS in flow samples, not in discards (C11).',
  fields: [
    f('protocol', u32, 'format of the sampled header', { names: headerProtocols }),
    f('frame_length', u32, 'length of the packet before sampling, FCS included for layer 2 protocols', 'bytes'),
    f(
      'stripped',
      u32,
      'octets removed from the packet before the header was cut; 4 or more for Ethernet (FCS)',
      'bytes',
    ),
    f('header', opaque, 'first bytes of the packet, 128 as a rule'),
  ],
})
export type SampledHeader = Of<typeof sampled_header>

/** Body of sampled_ethernet and of the layer 2 tunnel records. */
export const sampledEthernetFields = [
  f('length', u32, 'length of the MAC frame as received, FCS included, lower-layer framing excluded', 'bytes'),
  f('src_mac', mac, 'source MAC address'),
  f('dst_mac', mac, 'destination MAC address'),
  f('type', u32, 'Ethernet packet type', { names: ethertypes }),
] as const

/** Body of sampled_ipv4 and of the IPv4 tunnel records. */
export const sampledIpv4Fields = [
  f('length', u32, 'length of the IP packet, lower-layer encapsulations excluded', 'bytes'),
  f('protocol', u32, 'IP protocol number', { names: ipProtocols }),
  f('src_ip', ipv4, 'source address'),
  f('dst_ip', ipv4, 'destination address'),
  f('src_port', u32, 'TCP or UDP source port, or equivalent'),
  f('dst_port', u32, 'TCP or UDP destination port, or equivalent; some agents put the ICMP type here'),
  f('tcp_flags', u32, 'TCP flags'),
  f('tos', u32, 'IP type of service'),
] as const

/** Body of sampled_ipv6 and of the IPv6 tunnel records. */
export const sampledIpv6Fields = [
  f('length', u32, 'length of the IP packet, lower-layer encapsulations excluded', 'bytes'),
  f('protocol', u32, 'next header', { names: ipProtocols }),
  f('src_ip', ipv6, 'source address'),
  f('dst_ip', ipv6, 'destination address'),
  f('src_port', u32, 'TCP or UDP source port, or equivalent'),
  f('dst_port', u32, 'TCP or UDP destination port, or equivalent'),
  f('tcp_flags', u32, 'TCP flags'),
  f('priority', u32, 'traffic class'),
] as const

export const sampled_ethernet = record({
  name: 'sampled_ethernet',
  tag: [0, 2],
  source: `${document}, "Ethernet Frame Data"`,
  notes: 'Both addresses take 8 bytes, padding at the end (C3).',
  fields: sampledEthernetFields,
})
export type SampledEthernet = Of<typeof sampled_ethernet>

export const sampled_ipv4 = record({
  name: 'sampled_ipv4',
  tag: [0, 3],
  source: `${document}, "IP Version 4 Data"`,
  fields: sampledIpv4Fields,
})
export type SampledIpv4 = Of<typeof sampled_ipv4>

export const sampled_ipv6 = record({
  name: 'sampled_ipv6',
  tag: [0, 4],
  source: `${document}, "IP Version 6 Data"`,
  fields: sampledIpv6Fields,
})
export type SampledIpv6 = Of<typeof sampled_ipv6>

export const extended_switch = record({
  name: 'extended_switch',
  tag: [0, 1001],
  source: `${document}, "Extended Switch Data"`,
  notes: 'Erratum: 0xffffffff means unknown.',
  fields: [
    f('src_vlan', u32, '802.1Q VLAN id of the incoming frame'),
    f('src_priority', u32, '802.1p priority of the incoming frame'),
    f('dst_vlan', u32, '802.1Q VLAN id of the outgoing frame'),
    f('dst_priority', u32, '802.1p priority of the outgoing frame'),
  ],
})
export type ExtendedSwitch = Of<typeof extended_switch>

export const extended_router = record({
  name: 'extended_router',
  tag: [0, 1002],
  source: `${document}, "Extended Router Data"`,
  fields: [
    f('nexthop', address, 'immediate next-hop router'),
    f('src_mask_len', u32, 'length of the source prefix', 'bits'),
    f('dst_mask_len', u32, 'length of the destination prefix', 'bits'),
  ],
})
export type ExtendedRouter = Of<typeof extended_router>

export const extended_gateway = record({
  name: 'extended_gateway',
  tag: [0, 1003],
  source: `${document}, "Extended Gateway Data"`,
  notes:
    'The destination peer AS is the first number of the first segment, the destination AS the last of the last ' +
    'segment. All segments are read (C4).',
  fields: [
    f('nexthop', address, 'border router for the destination'),
    f('as', u32, 'AS number of the router'),
    f('src_as', u32, 'AS number of the source'),
    f('src_peer_as', u32, 'AS number of the peer the source is reached through'),
    f(
      'dst_as_path',
      arrayOf(
        struct(
          f('type', u32, 'kind of segment', { names: asPathSegmentTypes }),
          f('as_numbers', arrayOf(u32), 'AS numbers of the segment'),
        ),
      ),
      'AS path to the destination, a list of segments',
    ),
    f('communities', arrayOf(u32), 'BGP communities of the route'),
    f('localpref', u32, 'local preference of the route'),
  ],
})
export type ExtendedGateway = Of<typeof extended_gateway>

export const extended_user = record({
  name: 'extended_user',
  tag: [0, 1004],
  source: `${document}, "Extended User Data"`,
  fields: [
    f('src_charset', u32, 'character set of src_user (IANA MIBenum)', { names: charsets }),
    f('src_user', opaque, 'user at the source'),
    f('dst_charset', u32, 'character set of dst_user (IANA MIBenum)', { names: charsets }),
    f('dst_user', opaque, 'user at the destination'),
  ],
})
export type ExtendedUser = Of<typeof extended_user>

export const extended_url = record({
  name: 'extended_url',
  tag: [0, 1005],
  source: `${document}, "Extended URL Data"`,
  notes: 'Superseded by http_request (0:2206).',
  deprecated: true,
  fields: [
    f('direction', u32, 'the address that the URL belongs to', { names: urlDirections }),
    f('url', string, 'the HTTP request line'),
    f('host', string, 'the Host header'),
  ],
})
export type ExtendedUrl = Of<typeof extended_url>

export const extended_mpls = record({
  name: 'extended_mpls',
  tag: [0, 1006],
  source: `${document}, "Extended MPLS Data"`,
  fields: [
    f('nexthop', address, 'next hop'),
    f('in_stack', arrayOf(u32), 'label stack entries as received, top first (RFC 3032)'),
    f('out_stack', arrayOf(u32), 'label stack entries as sent, top first'),
  ],
})
export type ExtendedMpls = Of<typeof extended_mpls>

export const extended_nat = record({
  name: 'extended_nat',
  tag: [0, 1007],
  source: `${document}, "Extended NAT Data"`,
  notes: 'The header has the addresses at the data source, this record those of the other side.',
  fields: [
    f('src_address', address, 'translated source address; as in the header if not translated'),
    f('dst_address', address, 'translated destination address; as in the header if not translated'),
  ],
})
export type ExtendedNat = Of<typeof extended_nat>

export const extended_mpls_tunnel = record({
  name: 'extended_mpls_tunnel',
  tag: [0, 1008],
  source: `${document}, "Extended MPLS Tunnel"`,
  fields: [
    f('tunnel_lsp_name', string, 'name of the tunnel'),
    f('tunnel_id', u32, 'tunnel id'),
    f('tunnel_cos', u32, 'class of service of the tunnel'),
  ],
})
export type ExtendedMplsTunnel = Of<typeof extended_mpls_tunnel>

export const extended_mpls_vc = record({
  name: 'extended_mpls_vc',
  tag: [0, 1009],
  source: `${document}, "Extended MPLS VC"`,
  notes: 'C18.',
  fields: [
    f('vc_instance_name', string, 'name of the virtual circuit instance'),
    f('vll_vc_id', u32, 'VLL or virtual circuit instance id'),
    f('vc_label_cos', u32, 'class of service of the VC label'),
  ],
})
export type ExtendedMplsVc = Of<typeof extended_mpls_vc>

export const extended_mpls_FTN = record({
  name: 'extended_mpls_FTN',
  tag: [0, 1010],
  source: `${document}, "Extended MPLS FEC"`,
  notes: 'C18.',
  fields: [
    f('mplsFTNDescr', string, 'mplsFTNDescr (MPLS-FTN-STD-MIB)'),
    f('mplsFTNMask', u32, 'mplsFTNMask (MPLS-FTN-STD-MIB)'),
  ],
})
export type ExtendedMplsFtn = Of<typeof extended_mpls_FTN>

export const extended_mpls_LDP_FEC = record({
  name: 'extended_mpls_LDP_FEC',
  tag: [0, 1011],
  source: `${document}, "Extended MPLS LVP FEC"`,
  fields: [f('mplsFecAddrPrefixLength', u32, 'mplsFecAddrPrefixLength (MPLS-LDP-STD-MIB)', 'bits')],
})
export type ExtendedMplsLdpFec = Of<typeof extended_mpls_LDP_FEC>

export const extended_vlantunnel = record({
  name: 'extended_vlantunnel',
  tag: [0, 1012],
  source: `${document}, "Extended VLAN tunnel"`,
  notes: 'Only tags that were stripped from the packet; never instead of extended_switch.',
  fields: [f('stack', arrayOf(u32), 'stripped tags, outermost first: TPID << 16 | TCI')],
})
export type ExtendedVlantunnel = Of<typeof extended_vlantunnel>

/** Flow records of this file, for the registry. */
export const flow = [
  sampled_header,
  sampled_ethernet,
  sampled_ipv4,
  sampled_ipv6,
  extended_switch,
  extended_router,
  extended_gateway,
  extended_user,
  extended_url,
  extended_mpls,
  extended_nat,
  extended_mpls_tunnel,
  extended_mpls_vc,
  extended_mpls_FTN,
  extended_mpls_LDP_FEC,
  extended_vlantunnel,
] as const
