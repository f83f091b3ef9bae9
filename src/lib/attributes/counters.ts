// Owns the attributes of counter samples. They are the values on the wire: running totals where the record has totals.
// Rates are made of two samples, which is not done here. Start at interfaceCounterAttributes.

import { ifDirections, machineTypes, osNames } from '../names/sflow.ts'
import { host_cpu, host_descr, host_disk_io, host_memory, host_net_io } from '../sflow/records/host.ts'
import { lag_port_stats } from '../sflow/records/lag.ts'
import { port_name } from '../sflow/records/openflow.ts'
import { sfp } from '../sflow/records/optics.ts'
import { ethernet_counters, if_counters } from '../sflow/records/version-5-counters.ts'
import { nameTable } from '../wire/name-table.ts'
import type { RecordType } from '../wire/record.ts'
import type { Attribute, Value } from './attribute.ts'
import { asName, mapNumber, numberOf } from './combine.ts'
import { composeUuid } from './compose-record.ts'
import { attribute, fromCounter } from './define.ts'
import { recordValue } from './record-value.ts'
import { composed } from './records.ts'
import type { Scope } from './scope.ts'

const area = 'interface counters'
const upDown = nameTable('status', 'RFC 2863, ifAdminStatus and ifOperStatus', { 0: 'down', 1: 'up' })

/** `ifinoctets` of ifInOctets. */
const counter = (name: string) => fromCounter(area, name.toLowerCase(), if_counters, name)

function status(name: string, bit: 0 | 1, doc: string): Attribute {
  return attribute(area, name, doc, (scope) => {
    const bits = recordValue(scope, scope.counterRecord(if_counters), if_counters, 'ifStatus', 'all ones')
    return asName(
      mapNumber(scope, bits, (x) => `${x}>>>${bit}&1`),
      upDown,
    )
  })
}

/**
 * Sum of the kinds of packets. A kind that the agent does not count is left out (hsflowd on Linux has no broadcasts: they
 * are among the others); missing where unicast is. It may exceed 32 bits.
 */
function packets(side: 'In' | 'Out'): Attribute {
  const sum = (scope: Scope): Value => {
    const record = scope.counterRecord(if_counters)
    const [a, b, c] = ['Ucast', 'Multicast', 'Broadcast'].map((kind) =>
      numberOf(recordValue(scope, record, if_counters, `if${side}${kind}Pkts`, 'all ones')),
    ) as [string, string, string]
    const total = scope.local(`${a}>=0?${a}+(${b}>0?${b}:0)+(${c}>0?${c}:0):-1`)
    return {
      form: 'u64',
      hi: scope.local(`${total}>=0?Math.floor(${total}/4294967296):-1`),
      lo: scope.local(`${total}>=0?${total}>>>0:0`),
    }
  }
  const which = side === 'In' ? 'received' : 'to send'
  return attribute(area, `if${side.toLowerCase()}pkts`, `packets ${which}: unicast, multicast and broadcast`, sum, {
    unit: 'packets',
  })
}

export const interfaceCounterAttributes: readonly Attribute[] = [
  fromCounter(area, 'ifindex', if_counters, 'ifIndex'),
  fromCounter(area, 'ifname', port_name, 'name'),
  fromCounter(area, 'iftype', if_counters, 'ifType', { doc: 'type of the interface (IANAifType), a number' }),
  fromCounter(area, 'ifspeed', if_counters, 'ifSpeed'),
  fromCounter(area, 'ifdirection', if_counters, 'ifDirection', {
    change: (_, value) => asName(value, ifDirections),
    doc: 'full-duplex, half-duplex, in, out, unknown',
  }),
  status('ifadminstatus', 0, 'wanted state of the interface: up or down'),
  status('ifoperstatus', 1, 'state of the interface: up or down'),
  counter('ifInOctets'),
  counter('ifInUcastPkts'),
  counter('ifInMulticastPkts'),
  counter('ifInBroadcastPkts'),
  packets('In'),
  counter('ifInDiscards'),
  counter('ifInErrors'),
  counter('ifInUnknownProtos'),
  counter('ifOutOctets'),
  counter('ifOutUcastPkts'),
  counter('ifOutMulticastPkts'),
  counter('ifOutBroadcastPkts'),
  packets('Out'),
  counter('ifOutDiscards'),
  counter('ifOutErrors'),
  ...ethernet_counters.fields.map(({ name }) =>
    fromCounter(area, `eth_${name.replace('dot3Stats', '').toLowerCase()}`, ethernet_counters, name),
  ),
  fromCounter(area, 'agg_actorsystemid', lag_port_stats, 'dot3adAggPortActorSystemID'),
  fromCounter(area, 'agg_partneropersystemid', lag_port_stats, 'dot3adAggPortPartnerOperSystemID'),
  fromCounter(area, 'agg_attachedaggid', lag_port_stats, 'dot3adAggPortAttachedAggID'),
  fromCounter(area, 'opt_module_id', sfp, 'module_id'),
  fromCounter(area, 'opt_module_lanes', sfp, 'module_num_lanes'),
]

const host = 'host counters'

const all = (type: RecordType, leave: readonly string[] = []) =>
  type.fields
    .filter((x) => !leave.includes(x.name))
    .map(({ name }) =>
      fromCounter(host, name, type, name, {
        // A load of -1 is unknown (sflow_host.txt).
        change(scope, value) {
          if (value.form !== 'float') return value
          return { ...value, value: scope.local(`${value.value}<0?NaN:${value.value}`) }
        },
      }),
    )

export const hostCounterAttributes: readonly Attribute[] = [
  fromCounter(host, 'host_name', host_descr, 'hostname'),
  attribute(host, 'uuid', 'UUID of the host; missing where it is all zeros', (scope) => {
    const r = scope.counterRecord(host_descr)
    const call = scope.code.constant('C', composeUuid)
    return composed(scope, r, (buffer) => `${call}(d,${r}.uuid_at,${buffer})`)
  }),
  fromCounter(host, 'machine_type', host_descr, 'machine_type', {
    unknown: undefined,
    change: (_, value) => asName(value, machineTypes),
  }),
  fromCounter(host, 'os_name', host_descr, 'os_name', {
    unknown: undefined,
    change: (_, value) => asName(value, osNames),
  }),
  fromCounter(host, 'os_release', host_descr, 'os_release'),
  ...all(host_cpu),
  ...all(host_memory),
  ...all(host_disk_io),
  ...all(host_net_io),
]
