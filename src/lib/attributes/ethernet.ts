// Owns the attributes of Ethernet, VLAN tags and ARP. Start at ethernetAttributes.

import { LayerId } from '../packet/layer-ids.ts'
import { extended_switch, sampled_ethernet } from '../sflow/records/version-5.ts'
import type { Attribute, Value } from './attribute.ts'
import { either, withoutColons } from './combine.ts'
import { etherType } from './compose-packet.ts'
import { attribute, fromFlow, fromLayer } from './define.ts'
import { layerValue } from './layer-value.ts'
import { recordValue } from './record-value.ts'
import type { Scope } from './scope.ts'

/** The address of the header, or of the record that was sent in its place. */
export function macAddress(scope: Scope, side: 'src' | 'dst', nth: number): Extract<Value, { form: 'mac' }> {
  let value = withoutColons(layerValue(scope, `eth.${side}`, nth))
  if (nth === 0) {
    const record = scope.insteadOfHeader(sampled_ethernet)
    value = either(scope, value, recordValue(scope, record, sampled_ethernet, `${side}_mac`))
  }
  if (value.form !== 'mac') throw new RangeError('not a MAC address')
  return value
}

const layered = { layered: true }

export const ethernetAttributes: readonly Attribute[] = [
  attribute(
    'ethernet',
    'macsource',
    'source address: 12 hex digits, upper case',
    (scope, nth) => macAddress(scope, 'src', nth),
    layered,
  ),
  attribute(
    'ethernet',
    'macdestination',
    'destination address: 12 hex digits, upper case',
    (scope, nth) => macAddress(scope, 'dst', nth),
    layered,
  ),
  attribute(
    'ethernet',
    'ethernetprotocol',
    'Ethernet type of what the frame carries, behind VLAN tags and SNAP; missing for other 802.3 frames',
    (scope, nth) => {
      const frame = scope.layer([LayerId.eth], nth)
      const read = scope.code.constant('C', etherType)
      const value: Value = { form: 'number', value: scope.local(`${read}(${scope.packet()},${frame.index})`) }
      if (nth > 0) return value
      const record = scope.insteadOfHeader(sampled_ethernet)
      return either(scope, value, recordValue(scope, record, sampled_ethernet, 'type'))
    },
    layered,
  ),
  attribute(
    'ethernet',
    'isunicast',
    'the destination address is of one station',
    (scope, nth) => {
      const { at } = macAddress(scope, 'dst', nth)
      return { form: 'bool', value: scope.local(`${at}>=0?1-(d.getUint8(${at})&1):-1`) }
    },
    layered,
  ),
  attribute(
    'ethernet',
    'isbroadcast',
    'the destination address is FFFFFFFFFFFF',
    (scope, nth) => {
      const { at } = macAddress(scope, 'dst', nth)
      const all = `d.getUint32(${at})===0xffffffff&&d.getUint16(${at}+4)===0xffff`
      return { form: 'bool', value: scope.local(`${at}>=0?${all}?1:0:-1`) }
    },
    layered,
  ),
  fromLayer('ethernet', 'vlan', 'vlan.id', { doc: 'VLAN of the outermost tag in the header; `.1` is the next tag' }),
  fromLayer('ethernet', 'priority', 'vlan.priority', { doc: 'priority of the outermost tag in the header' }),
  fromFlow('ethernet', 'vlansource', extended_switch, 'src_vlan', { unknown: 'all ones' }),
  fromFlow('ethernet', 'vlandestination', extended_switch, 'dst_vlan', { unknown: 'all ones' }),
  fromFlow('ethernet', 'prioritysource', extended_switch, 'src_priority', { unknown: 'all ones' }),
  fromFlow('ethernet', 'prioritydestination', extended_switch, 'dst_priority', { unknown: 'all ones' }),
]

export const arpAttributes: readonly Attribute[] = [
  fromLayer('arp', 'arpoperation', 'arp.opcode', { doc: 'operation: 1 request, 2 reply' }),
  fromLayer('arp', 'arpipsender', 'arp.src.proto_ipv4', { doc: 'IPv4 address of the sender' }),
  fromLayer('arp', 'arpiptarget', 'arp.dst.proto_ipv4', { doc: 'IPv4 address of the target' }),
]
