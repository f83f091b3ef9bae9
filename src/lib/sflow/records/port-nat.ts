// Owns the record of sflow_pnat.txt: translated ports.
// Must not know how records are decoded. Start at extended_nat_port.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_nat_port = record({
  name: 'extended_nat_port',
  tag: [0, 1020],
  source: 'sflow_pnat.txt, "extended_nat_port"',
  fields: [f('src_port', u32, 'translated source port'), f('dst_port', u32, 'translated destination port')],
})
export type ExtendedNatPort = Of<typeof extended_nat_port>

/** Flow records of this file, for the registry. */
export const flow = [extended_nat_port] as const
