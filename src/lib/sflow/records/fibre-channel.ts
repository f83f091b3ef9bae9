// Owns the Fibre Channel record of the CEE and FCoE proposal.
// Must not know how records are decoded. Start at extended_fc.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_fc = record({
  name: 'extended_fc',
  tag: [0, 1018],
  source: 'sFlow.org structure numbers, "sFlow, CEE and FCoE"',
  notes: 'Layout from sflow-parser only. Also called extended_fcs (C23).',
  fields: [
    f('src_mask_len', u32, 'length of the source FC address prefix (RFC 4625)', 'bits'),
    f('dst_mask_len', u32, 'length of the destination FC address prefix', 'bits'),
    f('next_hop', u32, 'FC address of the next hop, 24 bits'),
    f('metric', u32, 'bit 31 type of route, bits 30-24 protocol, bits 23-0 metric'),
  ],
})
export type ExtendedFc = Of<typeof extended_fc>

/** Flow records of this file, for the registry. */
export const flow = [extended_fc] as const
