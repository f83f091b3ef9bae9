// Owns the records of the InfiniBand draft: routing and transport headers, port counters.
// Must not know how records are decoded. Start at extended_ib_bth.

import { bthOpcodes } from '../../names/bth.ts'
import { f, fixed, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'draft_sflow_infiniband_2.txt'
const notes = 'Layout from sflow-parser only.'

export const extended_ib_lrh = record({
  name: 'extended_ib_lrh',
  tag: [0, 1031],
  source: `${document}, "extended_ib_lrh"`,
  notes,
  fields: [
    f('src_vl', u32, 'virtual lane, received'),
    f('src_sl', u32, 'service level, received'),
    f('src_dlid', u32, 'destination local id, received'),
    f('src_slid', u32, 'source local id, received'),
    f('src_lnh', u32, 'link next header, received'),
    f('dst_vl', u32, 'virtual lane, sent'),
    f('dst_sl', u32, 'service level, sent'),
    f('dst_dlid', u32, 'destination local id, sent'),
    f('dst_slid', u32, 'source local id, sent'),
    f('dst_lnh', u32, 'link next header, sent'),
  ],
})
export type ExtendedIbLrh = Of<typeof extended_ib_lrh>

export const extended_ib_grh = record({
  name: 'extended_ib_grh',
  tag: [0, 1032],
  source: `${document}, "extended_ib_grh"`,
  notes,
  fields: [
    f('flow_label', u32, 'flow label'),
    f('tc', u32, 'traffic class'),
    f('s_gid', fixed(16), 'source global id'),
    f('d_gid', fixed(16), 'destination global id'),
    f('next_header', u32, 'next header'),
    f('length', u32, 'payload length', 'bytes'),
  ],
})
export type ExtendedIbGrh = Of<typeof extended_ib_grh>

export const extended_ib_bth = record({
  name: 'extended_ib_bth',
  tag: [0, 1033],
  source: `${document}, "extended_ib_brh"`,
  notes: 'The registry calls it extended_ib_brh (C23). Layout from sflow-parser only.',
  fields: [
    f('pkey', u32, 'partition key'),
    f('dst_qp', u32, 'destination queue pair'),
    f('opcode', u32, 'opcode', { names: bthOpcodes }),
  ],
})
export type ExtendedIbBth = Of<typeof extended_ib_bth>

export const ib_counters = record({
  name: 'ib_counters',
  tag: [0, 9],
  source: `${document}, "ib_counters"`,
  notes,
  fields: [
    f('PortXmitPkts', u64, 'packets sent', 'packets'),
    f('PortRcvPkts', u64, 'packets received', 'packets'),
    f('SymbolErrorCounter', u32, 'minor link errors'),
    f('LinkErrorRecoveryCounter', u32, 'link error recoveries that succeeded'),
    f('LinkDownedCounter', u32, 'link error recoveries that failed and took the link down'),
    f('PortRcvErrors', u32, 'packets received with an error', 'packets'),
    f('PortRcvRemotePhysicalErrors', u32, 'packets received with the EBP delimiter', 'packets'),
    f('PortRcvSwitchRelayErrors', u32, 'packets received that the switch could not forward', 'packets'),
    f('PortXmitDiscards', u32, 'packets to send that were discarded, the port being down or congested', 'packets'),
    f('PortXmitConstraintErrors', u32, 'packets not sent because of a constraint', 'packets'),
    f('PortRcvConstraintErrors', u32, 'packets received and discarded because of a constraint', 'packets'),
    f('LocalLinkIntegrityErrors', u32, 'times that local physical errors passed their threshold'),
    f('ExcessiveBufferOverrunErrors', u32, 'times that buffer overruns passed their threshold'),
    f('VL15Dropped', u32, 'packets on virtual lane 15 dropped', 'packets'),
  ],
})
export type IbCounters = Of<typeof ib_counters>

/** Flow records of this file, for the registry. */
export const flow = [extended_ib_lrh, extended_ib_grh, extended_ib_bth] as const

/** Counter records of this file, for the registry. */
export const counters = [ib_counters] as const
