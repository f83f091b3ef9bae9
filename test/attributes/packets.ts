// Headers typed out byte by byte, for the tests of attributes.

import { flow, header, hex, packet } from './build.ts'

const ETH = '02000000000b 02000000000a'
/** 10.1.0.1 to 10.2.0.2 */
const ADDRESSES = '0a010001 0a020002'
/** 2001:db8::1 to 2001:db8::2 */
const ADDRESSES6 = '20010db8000000000000000000000001 20010db8000000000000000000000002'

/** UDP 49152 to 4791, IPv4 with ECN as given, in Ethernet: 42 bytes, then the BTH. */
const roce = (tos = '02') => `${ETH} 0800 45${tos}0060 00004000 4011 0000 ${ADDRESSES} c000 12b7 004c 0000`

/** QinQ: 100 with priority 5 outside, 200 with priority 1 inside; IPv4 EF, CE; TCP SYN+ACK from 443. */
export const tagged = packet(
  ETH,
  '88a8 a064 8100 20c8 0800',
  `45bb0034 1234 4000 3f06 0000 ${ADDRESSES}`,
  '01bb d431 00000001 00000002 5012 ffff 0000 0000',
)

/** Outer IPv4/UDP/VXLAN 5000, inner Ethernet broadcast with IPv4/UDP 172.16.0.1:1111 to 172.16.0.2:53000. */
export const vxlan = packet(
  ETH,
  `0800 45000072 0001 0000 4011 0000 ${ADDRESSES}`,
  'd903 12b5 005e 0000',
  '08000000 00138800',
  'ffffffffffff 0200000000cc 0800',
  '45000020 0002 0000 3911 0000 ac100001 ac100002',
  '0457 cf08 000c 0000 00000000',
)

/** Traffic class 0xba (EF, ECT(0)), flow label 0x12345, fragment header: offset 185 × 8, more fragments. */
export const fragment6 = packet(ETH, `86dd 6ba12345 0010 2c 40 ${ADDRESSES6}`, '1100 05c9 00000001', '0000000000000000')

/** IPv6 with hop-by-hop options, then UDP 5353 to 5354. */
export const options6 = packet(
  ETH,
  `86dd 60000000 0018 00 40 ${ADDRESSES6}`,
  '1100 010400000000',
  '14e9 14ea 0008 0000',
)

/** Second fragment of an IPv4 packet: more fragments, offset 2 × 8. */
export const fragment4 = packet(ETH, `0800 45000024 0001 2002 40 11 0000 ${ADDRESSES}`, '00000000')

export const arp = packet(
  'ffffffffffff 02000000000a 0806',
  '0001 0800 06 04 0002 02000000000a 0a000001 02000000000b 0a000002',
)

/** ICMP unreachable with the given code, quoting UDP 10.1.0.1:1024 to 10.2.0.2:161. */
const unreachable = (code: string) =>
  packet(
    ETH,
    `0800 45000038 0001 0000 4001 0000 ${ADDRESSES}`,
    `03${code} 0000 00000000`,
    '4500001c 0001 0000 4011 0000 0a010001 0a020002',
    '0400 00a1 0008 0000',
  )
export const netUnreachable = unreachable('00')
export const hostUnreachable = unreachable('01')
export const protocolUnreachable = unreachable('02')
export const portUnreachable = unreachable('03')

/** Echo with sequence number 513. */
export const echo = packet(ETH, `0800 4500001c 0001 0000 4001 0000 ${ADDRESSES}`, '0800 0000 0007 0201')

/** ICMPv6 time exceeded in reassembly. */
export const icmp6 = packet(ETH, `86dd 60000000 0008 3a 40 ${ADDRESSES6}`, '0301 0000 00000000')

const dns = (flags: string, rest: string) =>
  packet(
    ETH,
    `0800 45000040 0001 0000 4011 0000 ${ADDRESSES}`,
    'c001 0035 002c 0000',
    `abcd ${flags} 0001 0000 0000 0000`,
    rest,
  )
/** Query for the AAAA of www.example.org. */
export const dnsQuery = dns('0100', '03777777 076578616d706c65 036f7267 00 001c 0001')
/** Response; the name has a comma, a quote, a line feed and a byte that is no UTF-8: `a,b"` `\n\xff`. */
export const dnsOdd = dns('8180', '04612c6222 020aff 00 4e20 0001')

/** NVGRE: VSID 0x00abcd, flow 1. */
export const nvgre = packet(ETH, `0800 45000040 0001 0000 402f 0000 ${ADDRESSES}`, '2000 6558 00abcd01', `${ETH} 0000`)
/** Geneve VNI 66051. */
export const geneve = packet(
  ETH,
  `0800 45000040 0001 0000 4011 0000 ${ADDRESSES}`,
  'c000 17c1 002c 0000',
  '0000 6558 01020300',
  `${ETH} 0000`,
)

/**
 * RC RDMA WRITE First: SE, M, 2 pad bytes, version 1, P_Key 0xffff, FECN, BECN, QP 0x123, acknowledge requested, PSN 258;
 * RETH: address 2^63 + 1, key 0xdeadbeef, 32768 bytes.
 */
export const write = packet(roce(), '06 e1 ffff c0 000123 80 000102', '8000000000000001 deadbeef 00008000')
/** RC Acknowledge, CE: ACK with credit code 7, MSN 9. */
export const ack = packet(roce('03'), '11 00 ffff 00 000123 00 000103', '07 000009')
/** ACK with credit code 31: no valid count. */
export const ackNoCredits = packet(roce(), '11 00 ffff 00 000123 00 000103', '1f 00000a')
/** NAK, remote access error. */
export const nak = packet(roce(), '11 00 ffff 00 000123 00 000103', '62 00000b')
/** RNR NAK with timer 12. */
export const rnr = packet(roce(), '11 00 ffff 00 000123 00 000103', '2c 00000c')
/** CNP. */
export const cnp = packet(roce(), '81 00 ffff 40 000123 00 000000', '00000000000000000000000000000000')
/** UD SEND Only: Q_Key 0x80010000, source QP 1. */
export const datagram = packet(roce(), '64 00 ffff 00 000001 00 000000', '80010000 00 000001')
/** An opcode of no known operation. */
export const oddOpcode = packet(roce(), 'df 00 ffff 00 000001 00 000000')
/** RoCEv1: GRH from fe80::1 to ::ffff:10.2.0.2, SEND Only. */
export const roce1 = packet(
  ETH,
  '8915 60000000 0010 1b 01 fe800000000000000000000000000001 00000000000000000000ffff0a020002',
  '04 00 ffff 00 000005 00 000007',
)
/** The BTH is cut behind its opcode and flags. */
export const cutBth = packet(roce(), '06 e1')

/** Ultra Ethernet, ROD request with standard SES, operation 1 (write). */
export const uet = packet(
  ETH,
  `0800 45000060 0000 4000 4011 0000 ${ADDRESSES}`,
  'c000 12b9 004c 0000',
  '1980 0000 00000001 0001 0002 01',
)

/** An LLC frame that is no IP: spanning tree. */
export const bpdu = packet('0180c2000000 02000000000a 0026', '42 42 03 0000000000')

/** IPv4 without Ethernet (header_protocol 11), cut in the middle of its addresses. */
export const cutIp = flow([header(hex('45000040 0001 0000 4011 0000 0a010001 0a02'), 11)])
