// Owns the records that no document describes yet: their layout is that of host-sflow's and sflowtool's headers.
// Must not know how records are decoded. Start at extended_hw_trap.

import { f, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'host-sflow, sflow.h'

export const extended_hw_trap = record({
  name: 'extended_hw_trap',
  tag: [0, 1041],
  source: document,
  fields: [f('group', string, 'devlink trap group'), f('trap', string, 'devlink trap name')],
})
export type ExtendedHwTrap = Of<typeof extended_hw_trap>

export const extended_linux_drop_reason = record({
  name: 'extended_linux_drop_reason',
  tag: [0, 1042],
  source: document,
  fields: [f('reason', string, 'Linux skb_drop_reason without its prefix, as NO_SOCKET')],
})
export type ExtendedLinuxDropReason = Of<typeof extended_linux_drop_reason>

export const extended_timestamp = record({
  name: 'extended_timestamp',
  tag: [0, 1043],
  source: `${document} (October 2025)`,
  fields: [f('nanoseconds', u64, 'time of the packet since 1970, UTC', 'ns')],
})
export type ExtendedTimestamp = Of<typeof extended_timestamp>

export const pfc_counters = record({
  name: 'pfc_counters',
  tag: [0, 11],
  source: `${document} (April 2026)`,
  notes:
    'hsflowd puts received PFC frames in requests and sent ones in indications, over all classes; IEEE 802.1Qbb ' +
    'names them the other way round (C13).',
  fields: [
    f('requests', u32, 'PFC requests (ieee8021PfcRequests)', 'frames'),
    f('indications', u32, 'PFC indications (ieee8021PfcIndications)', 'frames'),
    f('pause_duration', u32, 'time paused', 'µs'),
    f('storm_detected', u32, 'times that the watchdog found a pause storm'),
    f('storm_restored', u32, 'times that the watchdog saw a pause storm end'),
  ],
})
export type PfcCounters = Of<typeof pfc_counters>

/** Flow records of this file, for the registry. */
export const flow = [extended_hw_trap, extended_linux_drop_reason, extended_timestamp] as const

/** Counter records of this file, for the registry. */
export const counters = [pfc_counters] as const
