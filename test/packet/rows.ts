// Owns headers written out by hand and what must be found in them. A pure table: a row is a test of dissect.test.ts.

import type { malformed } from '../../src/lib/packet/malformed.ts'

const MACS = '020000000002 020000000001'
/** Ethernet header with a type. */
const eth = (type: string) => `${MACS} ${type}`
const word = (n: number) => n.toString(16).padStart(4, '0')
const byte = (n: number) => n.toString(16).padStart(2, '0')
/** IPv4 header 192.0.2.1 → 198.51.100.2, TTL 64, with total length and protocol. */
export const ip4 = (length: number, protocol: number, fragment = '0000') =>
  `4500 ${word(length)} 1234 ${fragment} 40 ${byte(protocol)} 0000 c0000201 c6336402`
/** IPv6 header 2001:db8::1 → 2001:db8::2 with payload length and next header. */
export const ip6 = (length: number, next: number) =>
  `60000000 ${word(length)} ${byte(next)} 40 20010db8000000000000000000000001 20010db8000000000000000000000002`
export const udp = (destination: number, length: number, source = 49152) =>
  `${word(source)} ${word(destination)} ${word(length)} 0000`
const TCP = '0400 01bb 00000001 00000002 5018 1000 0000 0000'
const BTH_WRITE_FIRST = '06 40 ffff 00 000011 80 000007'
const INNER = `${eth('0800')} ${ip4(20, 59)}`

export interface Want {
  stack: string
  /** Bytes behind the layers, up to the end that length fields give. */
  rest?: number
  truncated?: true
  malformed?: keyof typeof malformed
  quoted?: number
  /** `layer name#n` (n-th of that name, 0 if left out) → fields. */
  fields?: Record<string, Record<string, unknown>>
}

export const rows: { name: string; hex: string; protocol?: number; want: Want }[] = [
  {
    name: 'Ethernet, IPv4, TCP',
    hex: `${eth('0800')} ${ip4(44, 6)} ${TCP} 61626364`,
    want: {
      stack: 'eth.ip.tcp',
      rest: 4,
      fields: {
        eth: { 'eth.src': '02:00:00:00:00:01', 'eth.dst': '02:00:00:00:00:02', 'eth.type_name': 'IPv4' },
        ip: { 'ip.src': '192.0.2.1', 'ip.dst': '198.51.100.2', 'ip.proto_name': 'TCP', 'ip.hdr_len': 20, 'ip.ttl': 64 },
        tcp: {
          'tcp.srcport': 1024,
          'tcp.dstport': 443,
          'tcp.flags': 24,
          'tcp.flags_name': 'PSH ACK',
          'tcp.hdr_len': 20,
        },
      },
    },
  },
  {
    name: 'Ethernet padding is no payload',
    hex: `${eth('0800')} ${ip4(28, 17)} ${udp(9, 8)} 000000000000000000000000`,
    want: { stack: 'eth.ip.udp', rest: 0 },
  },
  {
    name: 'total length 0 (segmentation offload) reaches to the end',
    hex: `${eth('0800')} ${ip4(0, 6)} ${TCP} 6162`,
    want: { stack: 'eth.ip.tcp', rest: 2 },
  },
  {
    name: 'a non-first fragment has no transport',
    hex: `${eth('0800')} ${ip4(28, 17, '0001')} ${udp(53, 8)}`,
    want: { stack: 'eth.ip', rest: 8 },
  },
  {
    name: 'a first fragment has',
    hex: `${eth('0800')} ${ip4(28, 17, '2000')} ${udp(7, 800)}`,
    want: { stack: 'eth.ip.udp' },
  },
  {
    name: 'IPv4 options: router alert, record route',
    hex: `${eth('0800')} 4800 0024 0000 0000 40 02 0000 c0000201 e0000001 94040000 07070400000000 00 1600 0000 e0000001`,
    want: {
      stack: 'eth.ip.igmp',
      malformed: 'pastLength',
      fields: { ip: { 'ip.opt.type': [148, 7, 0], 'ip.opt.ra': 0, 'ip.rec_rt': ['0.0.0.0'] } },
    },
  },
  { name: 'IPv4 of another version', hex: `${eth('0800')} 65`, want: { stack: 'eth.ip', malformed: 'ipVersion' } },
  {
    name: 'IPv4 header length 16',
    hex: `${eth('0800')} 4400 0014 0000 0000 40 11 0000 c0000201 c6336402`,
    want: { stack: 'eth.ip', malformed: 'ipHeaderLength', fields: { ip: { 'ip.hdr_len': 16, 'ip.src': '192.0.2.1' } } },
  },
  {
    name: 'IPv4 total length below its header',
    hex: `${eth('0800')} ${ip4(19, 17)}`,
    want: { stack: 'eth.ip', malformed: 'ipTotalLength' },
  },
  {
    name: 'cut in the IPv4 header: what is there is given',
    hex: `${eth('0800')} 4500 0054 1234 0000 40 11 0000 c00002`,
    want: { stack: 'eth.ip', truncated: true, fields: { ip: { 'ip.len': 84, 'ip.proto': 17, 'ip.src': undefined } } },
  },
  { name: 'cut between layers', hex: `${eth('0800')} ${ip4(84, 17)}`, want: { stack: 'eth.ip', truncated: true } },
  {
    name: 'cut TCP',
    hex: `${eth('0800')} ${ip4(84, 6)} 0400 01bb 00000001`,
    want: { stack: 'eth.ip.tcp', truncated: true, fields: { tcp: { 'tcp.seq_raw': 1, 'tcp.ack_raw': undefined } } },
  },
  {
    name: 'a TCP header that the IP length has no room for is malformed, not cut',
    hex: `${eth('0800')} ${ip4(30, 6)} ${TCP}`,
    want: { stack: 'eth.ip.tcp', malformed: 'pastLength' },
  },
  {
    name: 'TCP options',
    hex: `${eth('0800')} ${ip4(64, 6)} 0400 01bb 00000001 00000000 b002 ffff 0000 0000 020405b4 0402 080a0000000100000002 01 030307 0101 0000`,
    want: {
      stack: 'eth.ip.tcp',
      fields: {
        tcp: {
          'tcp.flags_name': 'SYN',
          'tcp.option_kind': [2, 4, 8, 1, 3, 1, 1, 0],
          'tcp.options.mss_val': 1460,
          'tcp.options.wscale.shift': 7,
          'tcp.options.timestamp.tsval': 1,
          'tcp.options.timestamp.tsecr': 2,
        },
      },
    },
  },
  {
    name: 'TCP timestamps and SACK',
    hex: `${eth('0800')} ${ip4(52, 6)} 0400 01bb 00000001 00000000 8010 ffff 0000 0000 0101 050a0000000a00000014`,
    want: {
      stack: 'eth.ip.tcp',
      fields: { tcp: { 'tcp.option_kind': [1, 1, 5], 'tcp.options.sack_le': [10], 'tcp.options.sack_re': [20] } },
    },
  },
  {
    name: 'TCP data offset 4',
    hex: `${eth('0800')} ${ip4(40, 6)} 0400 01bb 00000001 00000002 4018 1000 0000 0000`,
    want: { stack: 'eth.ip.tcp', malformed: 'tcpHeaderLength' },
  },
  {
    name: 'UDP length 7',
    hex: `${eth('0800')} ${ip4(28, 17)} ${udp(9, 7)}`,
    want: { stack: 'eth.ip.udp', malformed: 'udpLength' },
  },
  {
    name: 'three VLAN tags of three types',
    hex: `${eth('88a8')} 2064 9100 00c8 8100 f12c 0806 0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202`,
    want: {
      stack: 'eth.vlan.vlan.vlan.arp',
      fields: {
        vlan: { 'vlan.priority': 1, 'vlan.dei': false, 'vlan.id': 100 },
        'vlan#2': { 'vlan.priority': 7, 'vlan.dei': true, 'vlan.id': 300, 'vlan.etype_name': 'ARP' },
        arp: { 'arp.opcode_name': 'request', 'arp.src.proto_ipv4': '192.0.2.1', 'arp.dst.proto_ipv4': '192.0.2.2' },
      },
    },
  },
  {
    name: '802.3 with LLC',
    hex: `${MACS} 0003 424203 0000`,
    want: { stack: 'eth.llc', rest: 0, fields: { llc: { 'llc.dsap': 66 } } },
  },
  {
    name: 'SNAP',
    hex: `${MACS} 001c aaaa03 000000 0800 ${ip4(20, 59)}`,
    want: { stack: 'eth.llc.ip', fields: { llc: { 'llc.type_name': 'IPv4', 'llc.oui': 0 } } },
  },
  { name: 'Novell raw 802.3', hex: `${MACS} 0004 ffff0004`, want: { stack: 'eth', rest: 4 } },
  { name: 'type 1501 is neither', hex: `${MACS} 05dd 00`, want: { stack: 'eth', malformed: 'ethernetType', rest: 1 } },
  {
    name: 'two MPLS labels, IPv4',
    hex: `${eth('8847')} 00064040 000c8bff ${ip4(20, 59)}`,
    want: {
      stack: 'eth.mpls.mpls.ip',
      fields: {
        mpls: { 'mpls.label': 100, 'mpls.bottom': false, 'mpls.ttl': 64 },
        'mpls#1': { 'mpls.label': 200, 'mpls.exp': 5, 'mpls.bottom': true },
      },
    },
  },
  { name: 'MPLS, IPv6', hex: `00002140 ${ip6(0, 59)}`, protocol: 13, want: { stack: 'mpls.ip6' } },
  {
    name: 'MPLS, Ethernet pseudowire with control word',
    hex: `00064140 00000005 ${INNER}`,
    protocol: 13,
    want: { stack: 'mpls.pweth.eth.ip', fields: { pwethcw: { 'pweth.cw.sequence_number': 5 } } },
  },
  { name: 'MPLS, Ethernet pseudowire without', hex: `00064140 ${INNER}`, protocol: 13, want: { stack: 'mpls.eth.ip' } },
  { name: 'MPLS, something unknown', hex: '00064140 0123456789abcdef', protocol: 13, want: { stack: 'mpls', rest: 8 } },
  {
    name: 'PPPoE session',
    hex: `${eth('8864')} 11 00 0001 0016 0021 ${ip4(20, 59)}`,
    want: { stack: 'eth.pppoe.ppp.ip', fields: { pppoes: { 'pppoe.session_id': 1 }, ppp: { 'ppp.protocol': 33 } } },
  },
  {
    name: 'PPPoE discovery',
    hex: `${eth('8863')} 11 09 0000 0004 01010000`,
    want: { stack: 'eth.pppoed', rest: 4, fields: { pppoed: { 'pppoe.code_name': 'PADI' } } },
  },
  {
    name: 'PPPoE version 2',
    hex: `${eth('8864')} 21 00 0001 0000`,
    want: { stack: 'eth.pppoe', malformed: 'pppoeVersion' },
  },
  {
    name: 'PPP with address, control, two-byte protocol',
    hex: `ff03 0057 ${ip6(0, 59)}`,
    protocol: 7,
    want: { stack: 'ppp.ip6', fields: { ppp: { 'ppp.address': 255, 'ppp.control': 3, 'ppp.protocol_name': 'IPv6' } } },
  },
  {
    name: 'PPP with a compressed protocol',
    hex: `21 ${ip4(20, 59)}`,
    protocol: 14,
    want: { stack: 'ppp.ip', fields: { ppp: { 'ppp.protocol': 33 } } },
  },
  {
    name: 'IPv6 with hop-by-hop, routing, fragment, destination options, TCP',
    hex: `${eth('86dd')} ${ip6(68, 0)} 2b00 050200000100 2c02 0200 00000000 20010db8000000000000000000000003 3c00 0000 00000007 0600 010400000000 ${TCP}`,
    want: {
      stack: 'eth.ip6.ip6hop.ip6route.ip6frag.ip6dst.tcp',
      rest: 0,
      fields: {
        'ipv6.hopopts': { 'ipv6.opt.router_alert': 0, 'ipv6.opt.type': [5, 1] },
        'ipv6.routing': { 'ipv6.routing.type': 2, 'ipv6.routing.mipv6.home_address': '2001:db8::3' },
        'ipv6.fraghdr': { 'ipv6.fraghdr.ident': 7, 'ipv6.fraghdr.more': false },
      },
    },
  },
  {
    name: 'IPv6 segment routing',
    hex: `${ip6(40, 43)} 3b04 0401 01000000 20010db8000000000000000000000003 20010db8000000000000000000000004`,
    protocol: 12,
    want: {
      stack: 'ip6.ip6route',
      fields: {
        'ipv6.routing': { 'ipv6.routing.srh.last_entry': 1, 'ipv6.routing.srh.addr': ['2001:db8::3', '2001:db8::4'] },
      },
    },
  },
  {
    name: 'IPv6 non-first fragment',
    hex: `${ip6(16, 44)} 1100 0008 00000007 ${udp(53, 8)}`,
    protocol: 12,
    want: { stack: 'ip6.ip6frag', rest: 8 },
  },
  {
    name: 'IPv6 mobility',
    hex: `${ip6(8, 135)} 3b00 0000 0000 0000`,
    protocol: 12,
    want: { stack: 'ip6.mip6', fields: { mipv6: { 'mip6.mhtype_name': 'Binding Refresh Request' } } },
  },
  { name: '6in4', hex: `${ip4(68, 41)} ${ip6(8, 17)} ${udp(9, 8)}`, protocol: 11, want: { stack: 'ip.ip6.udp' } },
  { name: '4in6', hex: `${ip6(28, 4)} ${ip4(28, 17)} ${udp(9, 8)}`, protocol: 12, want: { stack: 'ip6.ip.udp' } },
  {
    name: 'AH, then UDP',
    hex: `${ip4(44, 51)} 1102 0000 00000001 00000002 00000000 ${udp(9, 8)}`,
    protocol: 11,
    want: { stack: 'ip.ah.udp', fields: { ah: { 'ah.spi': 1 } } },
  },
  {
    name: 'ESP ends the walk',
    hex: `${ip4(44, 50)} 00000009 00000002 0000000000000000 00000000 00000000`,
    protocol: 11,
    want: { stack: 'ip.esp', rest: 16 },
  },
  {
    name: 'ESP through NAT',
    hex: `${ip4(44, 17)} ${udp(4500, 24)} 00000009 00000002 0000000000000000`,
    protocol: 11,
    want: { stack: 'ip.udp.esp', rest: 8 },
  },
  {
    name: 'IKE through NAT is not ESP',
    hex: `${ip4(36, 17)} ${udp(4500, 16)} 00000000 00000002`,
    protocol: 11,
    want: { stack: 'ip.udp', rest: 8 },
  },
  {
    name: 'ICMP unreachable quotes a packet',
    hex: `${ip4(56, 1)} 0303 0000 00000000 4500 0064 0001 0000 01 11 0000 0a000001 0a000002 ${udp(53, 80)}`,
    protocol: 11,
    want: {
      stack: 'ip.icmp',
      quoted: 2,
      fields: {
        icmp: { 'icmp.type': 3, 'icmp.code_name': 'Port Unreachable' },
        'ip#1': { 'ip.dst': '10.0.0.2' },
        udp: { 'udp.dstport': 53 },
      },
    },
  },
  {
    name: 'ICMP fragmentation needed',
    hex: `${ip4(28, 1)} 0304 0000 000005dc`,
    protocol: 11,
    want: { stack: 'ip.icmp', fields: { icmp: { 'icmp.mtu': 1500 } } },
  },
  {
    name: 'ICMP echo',
    hex: `${ip4(28, 1)} 0800 0000 00070008`,
    protocol: 11,
    want: { stack: 'ip.icmp', fields: { icmp: { 'icmp.ident': 7, 'icmp.seq': 8 } } },
  },
  {
    name: 'ICMPv6 neighbour solicitation',
    hex: `${ip6(24, 58)} 8700 0000 00000000 20010db8000000000000000000000005`,
    protocol: 12,
    want: { stack: 'ip6.icmp6', fields: { icmpv6: { 'icmpv6.nd.ns.target_address': '2001:db8::5' } } },
  },
  {
    name: 'SCTP',
    hex: `${ip4(36, 132)} 0b59 0b5a 00000001 00000002 01000014`,
    protocol: 11,
    want: { stack: 'ip.sctp', fields: { sctp: { 'sctp.srcport': 2905, 'sctp.chunk_type_name': 'INIT' } } },
  },
  {
    name: 'DCCP',
    hex: `${ip4(32, 33)} 0001 0002 03 00 0000 04 000001 00000002`,
    protocol: 11,
    want: { stack: 'ip.dccp', fields: { dccp: { 'dccp.type_name': 'Data' } } },
  },
  {
    name: 'GRE with checksum, key, sequence',
    hex: `${ip4(56, 47)} b000 0800 0000 0000 00000007 00000008 ${ip4(20, 59)}`,
    protocol: 11,
    want: {
      stack: 'ip.gre.ip',
      fields: { gre: { 'gre.key': 7, 'gre.sequence_number': 8, 'gre.nvgre.vsid': undefined } },
    },
  },
  {
    name: 'NVGRE',
    hex: `${ip4(62, 47)} 2000 6558 00002a09 ${INNER}`,
    protocol: 11,
    want: { stack: 'ip.gre.eth.ip', fields: { gre: { 'gre.nvgre.vsid': 42, 'gre.nvgre.flow_id': 9 } } },
  },
  {
    name: 'PPTP',
    hex: `${ip4(60, 47)} 3081 880b 0018 0005 00000001 00000002 ff030021 ${ip4(20, 59)}`,
    protocol: 11,
    want: { stack: 'ip.gre.ppp.ip', fields: { gre: { 'gre.key.call_id': 5, 'gre.ack_number': 2 } } },
  },
  {
    name: 'GRE version 2',
    hex: `${ip4(24, 47)} 0002 0800`,
    protocol: 11,
    want: { stack: 'ip.gre', malformed: 'greVersion' },
  },
  {
    name: 'ERSPAN type I',
    hex: `${ip4(58, 47)} 0000 88be ${INNER}`,
    protocol: 11,
    want: { stack: 'ip.gre.erspan.eth.ip' },
  },
  {
    name: 'ERSPAN type II',
    hex: `${ip4(70, 47)} 1000 88be 00000001 1064 0005 00000003 ${INNER}`,
    protocol: 11,
    want: {
      stack: 'ip.gre.erspan.eth.ip',
      fields: { erspan: { 'erspan.vlan': 100, 'erspan.spanid': 5, 'erspan.index': 3 } },
    },
  },
  {
    name: 'ERSPAN type III',
    hex: `${ip4(74, 47)} 1000 22eb 00000001 2064 0005 00000003 0000 0008 ${INNER}`,
    protocol: 11,
    want: { stack: 'ip.gre.erspan.eth.ip', fields: { erspan: { 'erspan.timestamp': 3, 'erspan.direction': true } } },
  },
  {
    name: 'VXLAN: inner layers are addressable',
    hex: `${eth('0800')} ${ip4(70, 17)} ${udp(4789, 50)} 08000000 00002a00 ${INNER}`,
    want: { stack: 'eth.ip.udp.vxlan.eth.ip', fields: { vxlan: { 'vxlan.vni': 42 }, 'eth#1': { 'eth.type': 2048 } } },
  },
  {
    name: 'VXLAN-GPE',
    hex: `${ip4(56, 17)} ${udp(4790, 36)} 0c000001 00002a00 ${ip4(20, 59)}`,
    protocol: 11,
    want: { stack: 'ip.udp.vxlangpe.ip', fields: { vxlan_gpe: { 'vxlan.vni': 42 } } },
  },
  {
    name: 'Geneve with an option',
    hex: `${ip4(78, 17)} ${udp(6081, 58)} 0240 6558 00002a00 01028001 deadbeef ${INNER}`,
    protocol: 11,
    want: {
      stack: 'ip.udp.geneve.eth.ip',
      fields: {
        geneve: {
          'geneve.vni': 42,
          'geneve.option.class': [258],
          'geneve.option.type': [128],
          'geneve.option': ['01028001deadbeef'],
        },
      },
    },
  },
  {
    name: 'GTP-U with a PDU session container',
    hex: `${ip4(64, 17)} ${udp(2152, 44)} 34ff 001c 00000007 0000 00 85 01 00 09 00 ${ip4(20, 59)}`,
    protocol: 11,
    want: {
      stack: 'ip.udp.gtp.ip',
      fields: { gtp: { 'gtp.teid': 7, 'gtp.ext_hdr.next': [133, 0], 'gtp.ext_hdr.pdu_ses_con.qos_flow_id': 9 } },
    },
  },
  {
    name: 'GTP extension of length 0',
    hex: `${ip4(44, 17)} ${udp(2152, 24)} 34ff 0008 00000007 0000 00 85 00000000`,
    protocol: 11,
    want: { stack: 'ip.udp.gtp', malformed: 'gtpExtension' },
  },
  {
    name: 'Teredo with origin',
    hex: `${ip4(76, 17)} ${udp(3544, 56)} 0000 fffe 3ffffdfe ${ip6(0, 59)}`,
    protocol: 11,
    want: { stack: 'ip.udp.teredo.ip6', fields: { teredo: { 'teredo.orig.port': 1 } } },
  },
  {
    name: 'DNS query',
    hex: `${ip4(57, 17)} ${udp(53, 37)} 0001 0100 0001 0000 0000 0000 03777777 076578616d706c65 00 001c 0001`,
    protocol: 11,
    want: {
      stack: 'ip.udp.dns',
      rest: 0,
      fields: {
        dns: {
          'dns.qry.name': 'www.example',
          'dns.qry.type_name': 'AAAA',
          'dns.flags.response': false,
          'dns.flags.rcode': undefined,
        },
      },
    },
  },
  {
    name: 'DNS root, answered',
    hex: `${ip4(45, 17)} ${udp(5000, 25, 53)} 0001 8183 0001 0000 0000 0000 00 0002 0001`,
    protocol: 11,
    want: { stack: 'ip.udp.dns', fields: { dns: { 'dns.qry.name': '.', 'dns.flags.rcode_name': 'NXDomain' } } },
  },
  {
    name: 'RoCEv2 WRITE First',
    hex: `${eth('0800')} ${ip4(56, 17)} ${udp(4791, 36)} ${BTH_WRITE_FIRST} 0000000000001000 00000009 00008000`,
    want: {
      stack: 'eth.ip.udp.ibbt',
      fields: {
        'infiniband.bth': {
          'infiniband.bth.opcode_name': 'RC RDMA WRITE First',
          'infiniband.bth.destqp': 17,
          'infiniband.bth.a': true,
          'infiniband.bth.psn': 7,
          'infiniband.bth.m': true,
        },
        'infiniband.reth': { 'infiniband.reth.va': 4096n, 'infiniband.reth.r_key': 9, 'infiniband.reth.dmalen': 32768 },
      },
    },
  },
  {
    name: 'the same on another port',
    hex: `${eth('0800')} ${ip4(56, 17)} ${udp(4792, 36)} ${BTH_WRITE_FIRST} 0000000000001000 00000009 00008000`,
    want: { stack: 'eth.ip.udp', rest: 28 },
  },
  {
    name: 'RoCEv2 cut in the RETH',
    hex: `${eth('0800')} ${ip4(1044, 17)} ${udp(4791, 1024)} ${BTH_WRITE_FIRST} 0000000000001000`,
    want: {
      stack: 'eth.ip.udp.ibbt',
      truncated: true,
      fields: { 'infiniband.reth': { 'infiniband.reth.va': 4096n, 'infiniband.reth.dmalen': undefined } },
    },
  },
  {
    name: 'RoCEv1 acknowledge',
    hex: `${eth('8915')} 60000000 0014 1b 40 00000000000000000000ffff0a000001 00000000000000000000ffff0a000002 11 40 ffff 00 000011 00 000007 1f 000003`,
    want: {
      stack: 'eth.ibgh.ibbt',
      fields: {
        'infiniband.grh': { 'infiniband.grh.sgid': '::ffff:10.0.0.1' },
        'infiniband.aeth': {
          'infiniband.aeth.syndrome.opcode_name': 'ACK',
          'infiniband.aeth.syndrome.credit_count': 31,
          'infiniband.aeth.credits': undefined,
          'infiniband.aeth.msn': 3,
        },
      },
    },
  },
  {
    name: 'native InfiniBand',
    hex: '0002 0001 0007 0002 64 40 ffff 00 000011 00 000007 80010000 00 000001',
    protocol: 18,
    want: {
      stack: 'iblr.ibbt',
      fields: {
        'infiniband.lrh': { 'infiniband.lrh.dlid': 1, 'infiniband.lrh.slid': 2 },
        'infiniband.deth': { 'infiniband.deth.srcqp': 1 },
      },
    },
  },
  {
    name: 'UET',
    hex: `${ip4(44, 17)} ${udp(4793, 24)} 1184 0000 00000005 0001 0002 01 000000`,
    protocol: 11,
    want: {
      stack: 'ip.udp.uet',
      fields: { uet: { 'uet.pds.type_name': 'RUD request', 'uet.pds.psn': 5, 'uet.ses.opcode_name': 'WRITE' } },
    },
  },
  {
    name: 'header protocol 15 (802.11) is left as bytes',
    hex: '00010203',
    protocol: 15,
    want: { stack: 'unknown', rest: 4 },
  },
  { name: 'header protocol beyond the table', hex: '00010203', protocol: 4711, want: { stack: 'unknown', rest: 4 } },
  { name: 'nothing at all', hex: '', want: { stack: 'unknown', truncated: true } },
]
