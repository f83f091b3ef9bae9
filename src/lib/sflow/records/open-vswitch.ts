// Owns the record of an Open vSwitch datapath's flow cache.
// Must not know how records are decoded. Start at ovs_dp_stats.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const ovs_dp_stats = record({
  name: 'ovs_dp_stats',
  tag: [0, 2207],
  source: 'blog.sflow.com, "Open vSwitch performance monitoring" (January 2015)',
  fields: [
    f('hits', u32, 'packets that a cached flow matched', 'packets'),
    f('misses', u32, 'packets that went to user space', 'packets'),
    f('lost', u32, 'packets dropped on the way to user space', 'packets'),
    f('mask_hits', u32, 'masks looked at'),
    f('flows', u32, 'flows cached'),
    f('masks', u32, 'masks'),
  ],
})
export type OvsDpStats = Of<typeof ovs_dp_stats>

/** Counter records of this file, for the registry. */
export const counters = [ovs_dp_stats] as const
