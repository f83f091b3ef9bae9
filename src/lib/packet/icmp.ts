// Owns ICMP, ICMPv6 and IGMP. What an error quotes becomes layers of their own behind `packet.quoted`.
// Start at icmp.

import { nameTable } from '../wire/name-table.ts'
import { ipv4 as address4, ipv6 as address6, layer, test, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import type { Packet } from './packet.ts'

const icmpTypes = nameTable('ICMP type', 'IANA icmp-parameters', {
  0: 'Echo Reply',
  3: 'Destination Unreachable',
  4: 'Source Quench',
  5: 'Redirect',
  8: 'Echo',
  9: 'Router Advertisement',
  10: 'Router Solicitation',
  11: 'Time Exceeded',
  12: 'Parameter Problem',
  13: 'Timestamp',
  14: 'Timestamp Reply',
  15: 'Information Request',
  16: 'Information Reply',
  17: 'Address Mask Request',
  18: 'Address Mask Reply',
  42: 'Extended Echo Request',
  43: 'Extended Echo Reply',
})

const unreachableCodes = nameTable('ICMP unreachable code', 'IANA icmp-parameters', {
  0: 'Net Unreachable',
  1: 'Host Unreachable',
  2: 'Protocol Unreachable',
  3: 'Port Unreachable',
  4: 'Fragmentation Needed',
  5: 'Source Route Failed',
  6: 'Destination Network Unknown',
  7: 'Destination Host Unknown',
  8: 'Source Host Isolated',
  9: 'Destination Network Prohibited',
  10: 'Destination Host Prohibited',
  11: 'Destination Network Unreachable for TOS',
  12: 'Destination Host Unreachable for TOS',
  13: 'Communication Prohibited',
  14: 'Host Precedence Violation',
  15: 'Precedence Cutoff',
})

/** Marks what follows as a quoted packet, unless this one is quoted already. */
function quote(packet: Packet, next: number): number {
  if (packet.payload >= packet.payloadEnd) return LayerId.none
  if (packet.quoted < 0) packet.quoted = packet.count
  return next
}

const type = (...is: number[]) => test('u8', 0, { is })
const withIdentifier = { when: type(0, 8, 13, 14, 15, 16, 17, 18, 42, 43) }

export const icmp = layer({
  id: LayerId.icmp,
  name: 'icmp',
  token: 'icmp',
  title: 'ICMP',
  source: 'RFC 792; RFC 1191, 4',
  fields: [
    u8('icmp.type', 0, 'type', { names: icmpTypes }),
    u8('icmp.code', 1, 'code', { when: type(3), names: unreachableCodes }),
    u8('icmp.code', 1, 'code', { when: test('u8', 0, { not: 3 }) }),
    u16('icmp.checksum', 2, 'checksum'),
    u16('icmp.ident', 4, 'identifier', withIdentifier),
    u16('icmp.seq', 6, 'sequence number', withIdentifier),
    u16('icmp.mtu', 6, 'MTU of the next hop', { when: [type(3), test('u8', 1, { is: 4 })], unit: 'bytes' }),
    address4('icmp.redir_gw', 4, 'gateway to use', { when: type(5) }),
    u8('icmp.pointer', 4, 'byte of the quoted packet that is wrong', { when: type(12) }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.icmp, at, 8)) return LayerId.none
    switch (packet.view.getUint8(at)) {
      case 3:
      case 4:
      case 5:
      case 11:
      case 12:
        return quote(packet, LayerId.ip)
      default:
        return LayerId.none
    }
  },
})

const icmpv6Types = nameTable('ICMPv6 type', 'IANA icmpv6-parameters', {
  1: 'Destination Unreachable',
  2: 'Packet Too Big',
  3: 'Time Exceeded',
  4: 'Parameter Problem',
  128: 'Echo Request',
  129: 'Echo Reply',
  130: 'Multicast Listener Query',
  131: 'Multicast Listener Report',
  132: 'Multicast Listener Done',
  133: 'Router Solicitation',
  134: 'Router Advertisement',
  135: 'Neighbor Solicitation',
  136: 'Neighbor Advertisement',
  137: 'Redirect',
  141: 'Inverse Neighbor Discovery Solicitation',
  142: 'Inverse Neighbor Discovery Advertisement',
  143: 'Version 2 Multicast Listener Report',
  144: 'Home Agent Address Discovery Request',
  145: 'Home Agent Address Discovery Reply',
  146: 'Mobile Prefix Solicitation',
  147: 'Mobile Prefix Advertisement',
  148: 'Certification Path Solicitation',
  149: 'Certification Path Advertisement',
  155: 'RPL Control',
  160: 'Extended Echo Request',
  161: 'Extended Echo Reply',
})

const unreachable6Codes = nameTable('ICMPv6 unreachable code', 'IANA icmpv6-parameters', {
  0: 'No Route to Destination',
  1: 'Communication Prohibited',
  2: 'Beyond Scope of Source Address',
  3: 'Address Unreachable',
  4: 'Port Unreachable',
  5: 'Source Address Failed Policy',
  6: 'Reject Route to Destination',
  7: 'Error in Source Routing Header',
  8: 'Headers Too Long',
})

export const icmpv6 = layer({
  id: LayerId.icmpv6,
  name: 'icmpv6',
  token: 'icmp6',
  title: 'ICMPv6',
  source: 'RFC 4443, 2.1; RFC 4861, 4; RFC 2710, 3',
  fields: [
    u8('icmpv6.type', 0, 'type', { names: icmpv6Types }),
    u8('icmpv6.code', 1, 'code', { when: type(1), names: unreachable6Codes }),
    u8('icmpv6.code', 1, 'code', { when: test('u8', 0, { not: 1 }) }),
    u16('icmpv6.checksum', 2, 'checksum'),
    u32('icmpv6.mtu', 4, 'MTU of the next hop', { when: type(2), unit: 'bytes' }),
    u32('icmpv6.pointer', 4, 'byte of the quoted packet that is wrong', { when: type(4) }),
    u16('icmpv6.echo.identifier', 4, 'identifier', { when: type(128, 129) }),
    u16('icmpv6.echo.sequence_number', 6, 'sequence number', { when: type(128, 129) }),
    address6('icmpv6.mld.multicast_address', 8, 'multicast address', { when: type(130, 131, 132) }),
    address6('icmpv6.nd.ns.target_address', 8, 'address asked for', { when: type(135) }),
    address6('icmpv6.nd.na.target_address', 8, 'address answered for', { when: type(136) }),
    address6('icmpv6.nd.rd.target_address', 8, 'better first hop', { when: type(137) }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.icmpv6, at, 4)) return LayerId.none
    const kind = packet.view.getUint8(at)
    if (!packet.extend(at + 8)) return LayerId.none
    if ((kind >= 130 && kind <= 132) || (kind >= 135 && kind <= 137)) packet.extend(at + 24)
    return kind >= 1 && kind <= 4 ? quote(packet, LayerId.ipv6) : LayerId.none
  },
})

const igmpTypes = nameTable('IGMP type', 'IANA igmp-type-numbers', {
  17: 'Membership Query',
  18: 'Version 1 Membership Report',
  19: 'DVMRP',
  20: 'PIM Version 1',
  22: 'Version 2 Membership Report',
  23: 'Leave Group',
  30: 'Multicast Traceroute Response',
  31: 'Multicast Traceroute',
  34: 'Version 3 Membership Report',
})

const withGroup = { when: type(0x11, 0x12, 0x16, 0x17) }

export const igmp = layer({
  id: LayerId.igmp,
  name: 'igmp',
  token: 'igmp',
  title: 'IGMP',
  source: 'RFC 2236, 2; RFC 3376, 4',
  fields: [
    u8('igmp.type', 0, 'type', { names: igmpTypes }),
    u8('igmp.max_resp', 1, 'longest time to wait before a report, in tenths of a second or coded', {
      when: type(0x11, 0x16, 0x17),
    }),
    u16('igmp.checksum', 2, 'checksum'),
    address4('igmp.maddr', 4, 'group', withGroup),
    u16('igmp.num_grp_recs', 6, 'number of group records', { when: type(0x22) }),
  ],
  dissect(packet, at) {
    packet.claim(LayerId.igmp, at, 8)
    return LayerId.none
  },
})
