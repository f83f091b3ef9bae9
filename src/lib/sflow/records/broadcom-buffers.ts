// Owns the records of bv-sflow.txt: peak use of the buffers of a Broadcom switch.
// Must not know how records are decoded. Start at bst_device_buffers.

import { arrayOf, f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'bv-sflow.txt, "Broadcom Peak Buffer Utilization"'
const notes = 'Layout from sflow-parser only.'
const percent = 'hundredths of a percent'

export const bst_egress_queue = record({
  name: 'bst_egress_queue',
  tag: [4413, 1],
  source: document,
  notes: 'As extended_egress_queue (0:1036). Layout from sflow-parser only.',
  fields: [f('queue', u32, 'egress queue number')],
})
export type BstEgressQueue = Of<typeof bst_egress_queue>

export const bst_device_buffers = record({
  name: 'bst_device_buffers',
  tag: [4413, 1],
  source: document,
  notes,
  fields: [
    f('uc_pc', u32, 'peak use of unicast buffers since the last export', percent),
    f('mc_pc', u32, 'peak use of multicast buffers since the last export', percent),
  ],
})
export type BstDeviceBuffers = Of<typeof bst_device_buffers>

export const bst_port_buffers = record({
  name: 'bst_port_buffers',
  tag: [4413, 2],
  source: document,
  notes,
  fields: [
    f('ingress_uc_pc', u32, 'peak use of ingress unicast buffers', percent),
    f('ingress_mc_pc', u32, 'peak use of ingress multicast buffers', percent),
    f('egress_uc_pc', u32, 'peak use of egress unicast buffers', percent),
    f('egress_mc_pc', u32, 'peak use of egress multicast buffers', percent),
    f('egress_queue_uc_pc', arrayOf(u32), 'peak use of each egress unicast queue, up to 8', percent),
    f('egress_queue_mc_pc', arrayOf(u32), 'peak use of each egress multicast queue, up to 8', percent),
  ],
})
export type BstPortBuffers = Of<typeof bst_port_buffers>

/** Flow records of this file, for the registry. */
export const flow = [bst_egress_queue] as const

/** Counter records of this file, for the registry. */
export const counters = [bst_device_buffers, bst_port_buffers] as const
