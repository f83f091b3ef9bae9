// Owns the records of sflow_host_ip.txt: the MIB-2 groups of a host's IP stack.
// Must not know how records are decoded. Start at mib2_ip_group.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_host_ip.txt'

export const mib2_ip_group = record({
  name: 'mib2_ip_group',
  tag: [0, 2007],
  source: `${document}, "mib2_ip_group" (RFC 1213)`,
  fields: [
    f('ipForwarding', u32, '1 forwarding, 2 not forwarding'),
    f('ipDefaultTTL', u32, 'default time to live'),
    f('ipInReceives', u32, 'datagrams received', 'packets'),
    f('ipInHdrErrors', u32, 'datagrams received with a bad header', 'packets'),
    f('ipInAddrErrors', u32, 'datagrams received for an invalid address', 'packets'),
    f('ipForwDatagrams', u32, 'datagrams forwarded', 'packets'),
    f('ipInUnknownProtos', u32, 'datagrams received of an unknown protocol', 'packets'),
    f('ipInDiscards', u32, 'datagrams received and discarded without an error', 'packets'),
    f('ipInDelivers', u32, 'datagrams delivered to a protocol', 'packets'),
    f('ipOutRequests', u32, 'datagrams that local protocols asked to send', 'packets'),
    f('ipOutDiscards', u32, 'datagrams to send that were discarded without an error', 'packets'),
    f('ipOutNoRoutes', u32, 'datagrams discarded for want of a route', 'packets'),
    f('ipReasmTimeout', u32, 'time that fragments wait for reassembly', 's'),
    f('ipReasmReqds', u32, 'fragments received that need reassembly', 'packets'),
    f('ipReasmOKs', u32, 'datagrams reassembled', 'packets'),
    f('ipReasmFails', u32, 'reassemblies that failed'),
    f('ipFragOKs', u32, 'datagrams fragmented', 'packets'),
    f('ipFragFails', u32, 'datagrams that could not be fragmented', 'packets'),
    f('ipFragCreates', u32, 'fragments made', 'packets'),
  ],
})
export type Mib2IpGroup = Of<typeof mib2_ip_group>

export const mib2_icmp_group = record({
  name: 'mib2_icmp_group',
  tag: [0, 2008],
  source: `${document}, "mib2_icmp_group" (RFC 1213)`,
  notes: 'The document has no icmpInTimestampReps.',
  fields: [
    f('icmpInMsgs', u32, 'ICMP messages received', 'messages'),
    f('icmpInErrors', u32, 'ICMP messages received with an error', 'messages'),
    f('icmpInDestUnreachs', u32, 'Destination Unreachable received', 'messages'),
    f('icmpInTimeExcds', u32, 'Time Exceeded received', 'messages'),
    f('icmpInParamProbs', u32, 'Parameter Problem received', 'messages'),
    f('icmpInSrcQuenchs', u32, 'Source Quench received', 'messages'),
    f('icmpInRedirects', u32, 'Redirect received', 'messages'),
    f('icmpInEchos', u32, 'Echo requests received', 'messages'),
    f('icmpInEchoReps', u32, 'Echo replies received', 'messages'),
    f('icmpInTimestamps', u32, 'Timestamp requests received', 'messages'),
    f('icmpInAddrMasks', u32, 'Address Mask requests received', 'messages'),
    f('icmpInAddrMaskReps', u32, 'Address Mask replies received', 'messages'),
    f('icmpOutMsgs', u32, 'ICMP messages sent', 'messages'),
    f('icmpOutErrors', u32, 'ICMP messages not sent because of a problem', 'messages'),
    f('icmpOutDestUnreachs', u32, 'Destination Unreachable sent', 'messages'),
    f('icmpOutTimeExcds', u32, 'Time Exceeded sent', 'messages'),
    f('icmpOutParamProbs', u32, 'Parameter Problem sent', 'messages'),
    f('icmpOutSrcQuenchs', u32, 'Source Quench sent', 'messages'),
    f('icmpOutRedirects', u32, 'Redirect sent', 'messages'),
    f('icmpOutEchos', u32, 'Echo requests sent', 'messages'),
    f('icmpOutEchoReps', u32, 'Echo replies sent', 'messages'),
    f('icmpOutTimestamps', u32, 'Timestamp requests sent', 'messages'),
    f('icmpOutTimestampReps', u32, 'Timestamp replies sent', 'messages'),
    f('icmpOutAddrMasks', u32, 'Address Mask requests sent', 'messages'),
    f('icmpOutAddrMaskReps', u32, 'Address Mask replies sent', 'messages'),
  ],
})
export type Mib2IcmpGroup = Of<typeof mib2_icmp_group>

export const mib2_tcp_group = record({
  name: 'mib2_tcp_group',
  tag: [0, 2009],
  source: `${document}, "mib2_tcp_group" (RFC 1213)`,
  fields: [
    f('tcpRtoAlgorithm', u32, 'algorithm of the retransmission timeout: 1 other, 2 constant, 3 rsre, 4 vanj'),
    f('tcpRtoMin', u32, 'least retransmission timeout', 'ms'),
    f('tcpRtoMax', u32, 'greatest retransmission timeout', 'ms'),
    f('tcpMaxConn', u32, 'limit of connections; all ones if dynamic'),
    f('tcpActiveOpens', u32, 'connections opened by this host'),
    f('tcpPassiveOpens', u32, 'connections opened by others'),
    f('tcpAttemptFails', u32, 'connection attempts that failed'),
    f('tcpEstabResets', u32, 'established connections that were reset'),
    f('tcpCurrEstab', u32, 'connections established now'),
    f('tcpInSegs', u32, 'segments received', 'segments'),
    f('tcpOutSegs', u32, 'segments sent', 'segments'),
    f('tcpRetransSegs', u32, 'segments sent again', 'segments'),
    f('tcpInErrs', u32, 'segments received with an error', 'segments'),
    f('tcpOutRsts', u32, 'segments sent with RST', 'segments'),
    f('tcpInCsumErrs', u32, 'segments received with a wrong checksum', 'segments'),
  ],
})
export type Mib2TcpGroup = Of<typeof mib2_tcp_group>

export const mib2_udp_group = record({
  name: 'mib2_udp_group',
  tag: [0, 2010],
  source: `${document}, "mib2_udp_group" (RFC 1213)`,
  fields: [
    f('udpInDatagrams', u32, 'datagrams delivered', 'packets'),
    f('udpNoPorts', u32, 'datagrams received for a port without a listener', 'packets'),
    f('udpInErrors', u32, 'datagrams that could not be delivered for other reasons', 'packets'),
    f('udpOutDatagrams', u32, 'datagrams sent', 'packets'),
    f('udpRcvbufErrors', u32, 'datagrams dropped, the receive buffer being full', 'packets'),
    f('udpSndbufErrors', u32, 'datagrams dropped, the send buffer being full', 'packets'),
    f('udpInCsumErrors', u32, 'datagrams received with a wrong checksum', 'packets'),
  ],
})
export type Mib2UdpGroup = Of<typeof mib2_udp_group>

/** Counter records of this file, for the registry. */
export const counters = [mib2_ip_group, mib2_icmp_group, mib2_tcp_group, mib2_udp_group] as const
