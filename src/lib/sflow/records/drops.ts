// Owns the records of sflow_drops.txt that explain a discarded packet: queue, access list, function.
// Must not know how records are decoded, nor drop reasons (names/drop-reasons.ts). Start at extended_acl.

import { aclDirections } from '../../names/sflow.ts'
import { f, string, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_drops.txt'

export const extended_egress_queue = record({
  name: 'extended_egress_queue',
  tag: [0, 1036],
  source: `${document}, "extended_egress_queue"`,
  notes: 'Belongs to the output port of the sample.',
  fields: [f('queue', u32, 'egress queue number')],
})
export type ExtendedEgressQueue = Of<typeof extended_egress_queue>

export const extended_acl = record({
  name: 'extended_acl',
  tag: [0, 1037],
  source: `${document}, "extended_acl"`,
  fields: [
    f('number', u32, 'access list number'),
    f('name', string, 'access list name'),
    f('direction', u32, 'side of the device that the list guards', { names: aclDirections }),
  ],
})
export type ExtendedAcl = Of<typeof extended_acl>

export const extended_function = record({
  name: 'extended_function',
  tag: [0, 1038],
  source: `${document}, "extended_function"`,
  fields: [f('symbol', string, 'function that dropped the packet, as tcp_v4_rcv+0x7c/0xef0')],
})
export type ExtendedFunction = Of<typeof extended_function>

/** Flow records of this file, for the registry. */
export const flow = [extended_egress_queue, extended_acl, extended_function] as const
