// Owns the structure of enterprise 1991 (Foundry): the body of its ACL sample.
// Must not know how records are decoded. Start at foundry_acl.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

/** Body of sample 1991:1. */
export const foundry_acl = record({
  name: 'foundry_acl',
  tag: [1991, 1],
  source: 'Net::sFlow (Perl)',
  notes: "Said not to be in the datagram's count of samples, so that bytes may follow the counted ones.",
  fields: [f('flags', u32, 'flags'), f('group_id', u32, 'group of the access list')],
})
export type FoundryAcl = Of<typeof foundry_acl>

/** Bodies of samples without records, for the registry. */
export const bodies = [foundry_acl] as const
