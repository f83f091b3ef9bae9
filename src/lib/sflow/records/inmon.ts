// Owns the structures of enterprise 4300 (InMon): text metrics, text flows, and the historic process record.
// Must not know how records are decoded. rtmetric and rtflow are bodies of samples, not records. Start at rtmetric.

import { arrayOf, f, f32, f64, i32, ipv4, ipv6, mac, string, struct, u32, u64, union } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

/** A historic record whose two known readers disagree on its layout, so its body stays bytes. */
export const extended_process = record({
  name: 'extended_process',
  tag: [4300, 3],
  source: 'old decoders derived from sflowtool; no document',
  notes: 'A list of processes; readers disagree whether each has a pid. Kept as bytes.',
  opaque: true,
  fields: [],
})

/** Body of sample 4300:1002. */
export const rtmetric = record({
  name: 'rtmetric',
  tag: [4300, 1002],
  source: 'sFlow-RT, "Custom Metrics"; sflowtool',
  notes: 'No sequence number, no data source. A value of an unknown type ends the sample.',
  fields: [
    f('datasource', string, 'name of the source'),
    f(
      'fields',
      arrayOf(
        struct(
          f('name', string, 'name of the metric'),
          f(
            'value',
            union({ 0: string, 1: u32, 2: u64, 3: u32, 4: u64, 5: f32, 6: f64 }),
            'type and value: 0 string, 1 counter32, 2 counter64, 3 gauge32, 4 gauge64, 5 gaugefloat, 6 gaugedouble',
          ),
        ),
      ),
      'metrics',
    ),
  ],
})
export type Rtmetric = Of<typeof rtmetric>

/** Body of sample 4300:1003. */
export const rtflow = record({
  name: 'rtflow',
  tag: [4300, 1003],
  source: 'sFlow-RT, "Custom Metrics"; sflowtool',
  notes: 'No sequence number, no data source. A value of an unknown type ends the sample.',
  fields: [
    f('datasource', string, 'name of the source'),
    f('sampling_rate', u32, 'one in so many events, 1 or more'),
    f('sample_pool', u32, 'events that could have been sampled; hsflowd sends 0'),
    f(
      'fields',
      arrayOf(
        struct(
          f('name', string, 'name of the key'),
          f(
            'value',
            union({ 0: string, 1: mac, 2: ipv4, 3: ipv6, 4: i32, 5: u64, 6: f32, 7: f64 }),
            'type and value: 0 string, 1 mac, 2 ip, 3 ip6, 4 int32, 5 int64, 6 float, 7 double',
          ),
        ),
      ),
      'keys',
    ),
  ],
})
export type Rtflow = Of<typeof rtflow>

/** Flow records of this file, for the registry. */
export const flow = [extended_process] as const

/** Bodies of samples without records, for the registry. */
export const bodies = [rtmetric, rtflow] as const
