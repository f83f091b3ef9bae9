// Owns the record that names the containers or services at both ends of a flow.
// Must not know how records are decoded. Start at extended_entities.

import { dataSourceTypes } from '../../names/sflow.ts'
import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_entities = record({
  name: 'extended_entities',
  tag: [0, 2210],
  source: 'blog.sflow.com, "Systemd traffic marking" (October 2018)',
  notes: 'Type 0 with index 0 is unknown. hsflowd uses type 3 for containers, virtual machines and services.',
  fields: [
    f('src_ds_class', u32, 'type of the data source that sent', { names: dataSourceTypes }),
    f('src_ds_index', u32, 'index of the data source that sent'),
    f('dst_ds_class', u32, 'type of the data source that received', { names: dataSourceTypes }),
    f('dst_ds_index', u32, 'index of the data source that received'),
  ],
})
export type ExtendedEntities = Of<typeof extended_entities>

/** Flow records of this file, for the registry. */
export const flow = [extended_entities] as const
