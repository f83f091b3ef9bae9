// Owns the reasons why a header is called malformed. Knows no bytes. Start at malformedReasons.

/** Reason codes of `Packet.malformed`. */
export const malformed = {
  none: 0,
  pastLength: 1,
  ethernetType: 2,
  ipVersion: 3,
  ipHeaderLength: 4,
  ipTotalLength: 5,
  ipv6Version: 6,
  tcpHeaderLength: 7,
  udpLength: 8,
  pppoeVersion: 9,
  greVersion: 10,
  greRouting: 11,
  ahLength: 12,
  gtpExtension: 13,
  dccpHeaderLength: 14,
  lrhLength: 15,
} as const

/** One clause for each code, by index: what the header says and why that can't be. */
export const malformedReasons: readonly string[] = [
  '',
  'a header runs past the end that a length field outside it gives',
  'Ethernet type or length is 1501 to 1535, which is neither (IEEE 802.3, 3.2.6)',
  'an IPv4 header has another version than 4',
  'IPv4 header length is below 20 bytes (RFC 791, 3.1)',
  'IPv4 total length is shorter than its header (RFC 791, 3.1)',
  'an IPv6 header has another version than 6',
  'TCP or DCCP data offset is below the fixed header',
  'UDP length is 1 to 7, less than its header (RFC 768)',
  'PPPoE version or type is not 1 (RFC 2516, 4)',
  'GRE version is neither 0 nor 1 (RFC 2784, 2.3; RFC 2637, 4.1)',
  'a GRE source route entry is shorter than its own header (RFC 1701)',
  'AH length is below its fixed header (RFC 4302, 2.2)',
  'a GTP extension header has length 0 (TS 29.281, 5.2.1)',
  'DCCP data offset is below the fixed header (RFC 4340, 5.1)',
  'InfiniBand packet length is below its headers',
]
