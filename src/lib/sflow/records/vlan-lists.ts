// Owns the two records of the discussion list's proposal for VLAN stacks of either side.
// Must not know how records are decoded. Start at extended_vlanin.

import { arrayOf, f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sFlow discussion list, message 0199'
const notes = 'Layout from sflow-parser only (C23).'

export const extended_vlanin = record({
  name: 'extended_vlanin',
  tag: [0, 1034],
  source: document,
  notes,
  fields: [f('stack', arrayOf(u32), 'tags on the way in, outermost first: TPID << 16 | TCI')],
})
export type ExtendedVlanin = Of<typeof extended_vlanin>

export const extended_vlanout = record({
  name: 'extended_vlanout',
  tag: [0, 1035],
  source: document,
  notes,
  fields: [f('stack', arrayOf(u32), 'tags on the way out, outermost first: TPID << 16 | TCI')],
})
export type ExtendedVlanout = Of<typeof extended_vlanout>

/** Flow records of this file, for the registry. */
export const flow = [extended_vlanin, extended_vlanout] as const
