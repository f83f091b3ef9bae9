// Owns the record of the slow path proposal: packets that the hardware could not forward by itself.
// Must not know how records are decoded. Start at slow_path_counts.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const slow_path_counts = record({
  name: 'slow_path_counts',
  tag: [0, 8],
  source: 'sFlow discussion list, "slow path" proposal',
  notes: 'Layout from sflow-parser only.',
  fields: [
    f('unknown', u32, 'reason unknown', 'packets'),
    f('other', u32, 'another reason', 'packets'),
    f('cam_miss', u32, 'no entry in the forwarding table', 'packets'),
    f('cam_full', u32, 'forwarding table full', 'packets'),
    f('no_hw_support', u32, 'not supported by the hardware', 'packets'),
    f('cntrl', u32, 'control packets', 'packets'),
  ],
})
export type SlowPathCounts = Of<typeof slow_path_counts>

/** Counter records of this file, for the registry. */
export const counters = [slow_path_counts] as const
