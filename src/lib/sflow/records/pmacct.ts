// Owns the records of enterprise 43874 (pmacct): the class and the tags that pmacctd gave a flow.
// Must not know how records are decoded. Start at pmacct_class.

import { f, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

/** Old readers take a number, pmacct itself writes a name of 16 bytes, so its body stays bytes. */
export const pmacct_class = record({
  name: 'class',
  tag: [43874, 1],
  source: 'pmacct; no document',
  notes:
    'Private to pmacct. Older readers have a u32 class number, pmacct writes and reads a name of 16 bytes. Kept as bytes.',
  opaque: true,
  fields: [],
})

export const pmacct_tag = record({
  name: 'tag',
  tag: [43874, 2],
  source: 'pmacct; no document',
  notes: 'Private to pmacct: known from its source only, where writer and reader agree.',
  fields: [f('tag', u64, 'first tag'), f('tag2', u64, 'second tag')],
})
export type PmacctTag = Of<typeof pmacct_tag>

/** Flow records of this file, for the registry. */
export const flow = [pmacct_class, pmacct_tag] as const
