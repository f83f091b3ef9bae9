// Owns the attributes of TCP and UDP, and those of ours that take IPv4 and IPv6, TCP and UDP as one.
// Start at transportAttributes.

import { finalProtocol } from '../packet/stack.ts'
import { extended_tcp_info } from '../sflow/records/tcp-info.ts'
import { sampled_ipv4, sampled_ipv6 } from '../sflow/records/version-5.ts'
import type { Attribute, Value } from './attribute.ts'
import { asAddress, asBits, either, numberOf } from './combine.ts'
import { attribute, fromFlow, fromLayer } from './define.ts'
import { macAddress } from './ethernet.ts'
import { networkAddress, totalLength } from './ip.ts'
import { layerValue } from './layer-value.ts'
import { recordValue } from './record-value.ts'
import { networkLayers, portLayers, type Scope } from './scope.ts'

const TCP = 6
const UDP = 17

/** A field of sampled_ipv4 or sampled_ipv6, where that was sent in the header's place and has one of the protocols. */
function recordField(scope: Scope, field: string, protocols: readonly number[]): Value {
  const of = (type: typeof sampled_ipv4 | typeof sampled_ipv6): Value => {
    const record = scope.insteadOfHeader(type)
    const protocol = numberOf(recordValue(scope, record, type, 'protocol'))
    const value = numberOf(recordValue(scope, record, type, field))
    const test = protocols.map((x) => `${protocol}===${x}`).join('||')
    return { form: 'number', value: scope.local(`${test}?${value}:-1`) }
  }
  return either(scope, of(sampled_ipv4), of(sampled_ipv6))
}

/** TCP, UDP, DCCP, SCTP, UDP-Lite: the ones whose header starts with two ports. */
const withPorts = [TCP, UDP, 33, 132, 136]

function port(scope: Scope, at: 0 | 2, nth: number): Value {
  const layer = scope.layer(portLayers, nth)
  const read = `${layer.at}>=0&&${layer.at}+${at + 2}<=${layer.limit}?d.getUint16(${layer.at}+${at}):-1`
  const value: Value = { form: 'number', value: scope.local(read) }
  return nth > 0 ? value : either(scope, value, recordField(scope, at === 0 ? 'src_port' : 'dst_port', withPorts))
}

/** The IP address, or the MAC address of a packet without IP. */
function address(scope: Scope, side: 'src' | 'dst', nth: number): Value {
  const ip = asAddress(scope, networkAddress(scope, side, nth))
  const mac = asAddress(scope, macAddress(scope, side, nth))
  // A packet whose IP header is cut has an IP address that is not known, not a MAC address.
  const isIp = scope.layer(networkLayers, nth).at
  const kind = scope.local(`${isIp}>=0||${ip.kind}>0?${ip.kind}:${mac.kind}`)
  return { form: 'address', kind, at: scope.local(`${kind}===1?${mac.at}:${ip.at}`), view: 'd' }
}

const layered = { layered: true }

const own: readonly Attribute[] = [
  attribute(
    'transport',
    'src',
    'source address: IPv4 or IPv6, the MAC address of packets without IP',
    (scope, nth) => address(scope, 'src', nth),
    layered,
  ),
  attribute(
    'transport',
    'dst',
    'destination address: IPv4 or IPv6, the MAC address of packets without IP',
    (scope, nth) => address(scope, 'dst', nth),
    layered,
  ),
  attribute(
    'transport',
    'sport',
    'source port of TCP, UDP, SCTP, DCCP or UDP-Lite',
    (scope, nth) => port(scope, 0, nth),
    layered,
  ),
  attribute(
    'transport',
    'dport',
    'destination port of TCP, UDP, SCTP, DCCP or UDP-Lite',
    (scope, nth) => port(scope, 2, nth),
    layered,
  ),
  attribute(
    'transport',
    'proto',
    'IP protocol number of IPv4 or IPv6, behind IPv6 extension headers',
    (scope, nth) => {
      const { index } = scope.layer(networkLayers, nth)
      const read = scope.code.constant('C', finalProtocol)
      const value: Value = { form: 'number', value: scope.local(`${index}>=0?${read}(${scope.packet()},${index}):-1`) }
      if (nth > 0) return value
      const record4 = recordValue(scope, scope.insteadOfHeader(sampled_ipv4), sampled_ipv4, 'protocol')
      const record6 = recordValue(scope, scope.insteadOfHeader(sampled_ipv6), sampled_ipv6, 'protocol')
      return either(scope, either(scope, value, record4), record6)
    },
    layered,
  ),
  attribute(
    'transport',
    'iptotallength',
    'length of the IPv4 or IPv6 packet with its header; missing where IPv4 leaves it to segmentation offload',
    totalLength,
    { unit: 'bytes', layered: true },
  ),
]

const fromTransport = (name: string, field: string, record: string, protocol: number) =>
  fromLayer('transport', name, field, {
    alias: true,
    change: (scope, value, nth) => (nth > 0 ? value : either(scope, value, recordField(scope, record, [protocol]))),
  })

export const transportAttributes: readonly Attribute[] = [
  ...own,
  fromTransport('tcpsourceport', 'tcp.srcport', 'src_port', TCP),
  fromTransport('tcpdestinationport', 'tcp.dstport', 'dst_port', TCP),
  attribute(
    'transport',
    'tcpflags',
    'nine flags: AE CWR ECE URG ACK PSH RST SYN FIN; a record in place of the header has the last eight',
    (scope, nth) => {
      const flags = layerValue(scope, 'tcp.flags', nth)
      return asBits(nth > 0 ? flags : either(scope, flags, recordField(scope, 'tcp_flags', [TCP])), 9)
    },
    layered,
  ),
  fromFlow('transport', 'tcprtt', extended_tcp_info, 'rtt'),
  fromFlow('transport', 'tcprttsdev', extended_tcp_info, 'rttvar', { doc: 'deviation of the round-trip time' }),
  attribute(
    'transport',
    'tcprttwait',
    'round-trip time above the least one seen: tcprtt less min_rtt (our reading of the name)',
    (scope) => {
      const record = scope.flowRecord(extended_tcp_info)
      const rtt = numberOf(recordValue(scope, record, extended_tcp_info, 'rtt'))
      // Linux starts with all ones.
      const least = numberOf(recordValue(scope, record, extended_tcp_info, 'min_rtt', 'all ones'))
      return { form: 'number', value: scope.local(`${least}>=0?${rtt}>${least}?${rtt}-${least}:0:-1`) }
    },
    { unit: 'µs' },
  ),
  fromFlow('transport', 'tcpunacked', extended_tcp_info, 'unacked'),
  fromTransport('udpsourceport', 'udp.srcport', 'src_port', UDP),
  fromTransport('udpdestinationport', 'udp.dstport', 'dst_port', UDP),
]
