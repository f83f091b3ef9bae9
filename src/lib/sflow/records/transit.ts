// Owns the records of sflow_transit.txt: delay and queue depth that the packet met in the device.
// Must not know how records are decoded. Start at extended_transit.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_transit = record({
  name: 'extended_transit',
  tag: [0, 1039],
  source: 'sflow_transit.txt, "extended_transit"',
  notes:
    '0xffffffff means that or more; hsflowd cuts longer delays to their low 32 bits (C14). Also transit_delay (C23).',
  fields: [f('delay', u32, 'time that the packet spent in the device', 'ns')],
})
export type ExtendedTransit = Of<typeof extended_transit>

export const extended_queue = record({
  name: 'extended_queue',
  tag: [0, 1040],
  source: 'sflow_transit.txt, "extended_queue"',
  notes: 'Goes with extended_egress_queue. Also queue_depth (C23).',
  fields: [f('depth', u32, 'bytes in the queue when the packet came', 'bytes')],
})
export type ExtendedQueue = Of<typeof extended_queue>

/** Flow records of this file, for the registry. */
export const flow = [extended_transit, extended_queue] as const
