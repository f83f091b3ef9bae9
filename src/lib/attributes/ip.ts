// Owns the attributes of IPv4 and IPv6. Start at ipv4Attributes.

import { dscpNames } from '../names/dscp.ts'
import { LayerId } from '../packet/layer-ids.ts'
import { sampled_ipv4, sampled_ipv6 } from '../sflow/records/version-5.ts'
import { nameTable } from '../wire/name-table.ts'
import type { RecordType } from '../wire/record.ts'
import type { Area, Attribute, Value } from './attribute.ts'
import { asBits, asName, either, mapNumber } from './combine.ts'
import { attribute, fromLayer, type Options } from './define.ts'
import { recordValue } from './record-value.ts'
import type { Scope } from './scope.ts'

/** The field of the header, or of the record that was sent in the header's place (outermost layer only). */
function withRecord(area: Area, record: RecordType) {
  return (
    name: string,
    field: string,
    inRecord: string,
    options: Options & { change?: (scope: Scope, value: Value) => Value; bits?: string } = {},
  ): Attribute => {
    const { change, bits, ...rest } = options
    return fromLayer(area, name, field, {
      ...rest,
      alias: change === undefined,
      change(scope, inHeader, nth) {
        let value = inHeader
        if (nth === 0) {
          const whole = recordValue(scope, scope.insteadOfHeader(record), record, inRecord)
          value = either(scope, value, bits === undefined ? whole : mapNumber(scope, whole, (x) => `${x}${bits}`))
        }
        return change === undefined ? value : change(scope, value)
      },
    })
  }
}

const four = withRecord('ipv4', sampled_ipv4)
const six = withRecord('ipv6', sampled_ipv6)
const DSCP = '>>>2&63'
const ECN = '&3'

const toDscpName = (_: Scope, value: Value) => asName(value, dscpNames)
const toEcn = (_: Scope, value: Value) => asBits(value, 2)

export const ipv4Attributes: readonly Attribute[] = [
  attribute(
    'ipv4',
    'ip_offset',
    'where the IPv4 header starts in the sampled header',
    (scope, nth) => {
      const { at } = scope.layer([LayerId.ip], nth)
      return { form: 'number', value: scope.local(`${at}>=0?${at}-${scope.packet()}.start:-1`) }
    },
    { unit: 'bytes', layered: true },
  ),
  four('ipsource', 'ip.src', 'src_ip'),
  four('ipdestination', 'ip.dst', 'dst_ip'),
  four('ipprotocol', 'ip.proto', 'protocol', { doc: 'protocol number' }),
  four('ipbytes', 'ip.len', 'length', { doc: 'total length as the header says; 0 with segmentation offload' }),
  fromLayer('ipv4', 'ipttl', 'ip.ttl'),
  four('iptos', 'ip.dsfield', 'tos', { doc: 'type of service byte: DSCP and ECN', aliases: ['ip.tos'] }),
  four('ipdscp', 'ip.dsfield.dscp', 'tos', { bits: DSCP }),
  four('ipdscpname', 'ip.dsfield.dscp', 'tos', { bits: DSCP, change: toDscpName, doc: 'name of ipdscp: AF41, EF' }),
  four('ipecn', 'ip.dsfield.ecn', 'tos', {
    bits: ECN,
    change: toEcn,
    doc: 'congestion notification: 00 not capable, 01 ECT(1), 10 ECT(0), 11 congestion experienced',
  }),
  fromLayer('ipv4', 'ipflags', 'ip.flags', {
    doc: "flags: reserved, don't fragment, more fragments",
    change: (_, value) => asBits(value, 3),
  }),
  fromLayer('ipv4', 'ipfragoffset', 'ip.frag_offset'),
]

const yesNo = nameTable('yes or no', 'sFlow-RT', { 0: 'no', 1: 'yes' })

export const ipv6Attributes: readonly Attribute[] = [
  six('ip6source', 'ipv6.src', 'src_ip'),
  six('ip6destination', 'ipv6.dst', 'dst_ip'),
  six('ip6nexthdr', 'ipv6.nxt', 'protocol', {
    doc: 'next header number of the IPv6 header itself; proto is behind extension headers',
  }),
  fromLayer('ipv6', 'ip6flowlabel', 'ipv6.flow'),
  six('ip6tos', 'ipv6.tclass', 'priority', { doc: 'traffic class byte: DSCP and ECN' }),
  six('ip6dscp', 'ipv6.tclass.dscp', 'priority', { bits: DSCP }),
  six('ip6dscpname', 'ipv6.tclass.dscp', 'priority', {
    bits: DSCP,
    change: toDscpName,
    doc: 'name of ip6dscp: AF41, EF',
  }),
  six('ip6ecn', 'ipv6.tclass.ecn', 'priority', { bits: ECN, change: toEcn, doc: 'congestion notification, as ipecn' }),
  fromLayer('ipv6', 'ip6fragm', 'ipv6.fraghdr.more', {
    doc: 'more fragments follow: yes or no; missing without a fragment header',
    change: (_, value) => asName(value, yesNo),
  }),
  fromLayer('ipv6', 'ip6fragoffset', 'ipv6.fraghdr.offset', {
    doc: 'offset of this fragment in 8-byte units; missing without a fragment header',
  }),
]

/** Total length of the `nth` IPv4 or IPv6 packet, header included; missing where the header leaves it 0. */
export function totalLength(scope: Scope, nth: number): Value {
  const packet = scope.layer([LayerId.ip, LayerId.ipv6], nth)
  const four = `${packet.at}+4<=${packet.limit}?d.getUint16(${packet.at}+2)||-1:-1`
  const six = `${packet.at}+6<=${packet.limit}?d.getUint16(${packet.at}+4)+40:-1`
  const read = `${packet.id}===${LayerId.ip}?${four}:${packet.id}===${LayerId.ipv6}?${six}:-1`
  const value: Value = { form: 'number', value: scope.local(read) }
  if (nth > 0) return value
  const record4 = recordValue(scope, scope.insteadOfHeader(sampled_ipv4), sampled_ipv4, 'length')
  const record6 = recordValue(scope, scope.insteadOfHeader(sampled_ipv6), sampled_ipv6, 'length')
  return either(scope, either(scope, value, record4), record6)
}

/** The `nth` IPv4 or IPv6 address from the outside; for the outermost also of the record sent in the header's place. */
export function networkAddress(scope: Scope, side: 'src' | 'dst', nth: number): Value {
  const packet = scope.layer([LayerId.ip, LayerId.ipv6], nth)
  const [at4, at6] = side === 'src' ? [12, 8] : [16, 24]
  const four = `${packet.id}===${LayerId.ip}&&${packet.at}+${at4 + 4}<=${packet.limit}`
  const six = `${packet.id}===${LayerId.ipv6}&&${packet.at}+${at6 + 16}<=${packet.limit}`
  const kind = scope.local(`${four}?4:${six}?6:0`)
  const value: Value = {
    form: 'address',
    kind,
    at: scope.local(`${packet.at}+(${kind}===4?${at4}:${at6})`),
    view: 'd',
  }
  if (nth > 0) return value
  const record4 = recordValue(scope, scope.insteadOfHeader(sampled_ipv4), sampled_ipv4, `${side}_ip`)
  const record6 = recordValue(scope, scope.insteadOfHeader(sampled_ipv6), sampled_ipv6, `${side}_ip`)
  return either(scope, either(scope, value, record4), record6)
}
