// Owns the eight sample types of sFlow version 5: their tags, names and shapes. Knows no record.
// The layouts themselves are read in walker.ts and written in encode.ts, by hand, because everything passes there.
// Start at sampleTypes.

/** What a sample is, whatever its encoding. `text` samples (InMon) and `other` ones have a body instead of records. */
export const SampleKind = { flow: 1, counters: 2, discard: 3, text: 4, other: 5 } as const
export type SampleKind = (typeof SampleKind)[keyof typeof SampleKind]

export interface SampleType {
  /** `enterprise << 12 | format`. */
  readonly tag: number
  /** The specification's name. */
  readonly name: string
  readonly kind: SampleKind
  /** Bytes of the body before the first record; 0 where the body has no records. */
  readonly head: number
  /** Name of its list of records, for issues. */
  readonly records: string
}

/** Tags of the sample types, `enterprise << 12 | format`. */
export const SampleTag = {
  flow_sample: 1,
  counters_sample: 2,
  flow_sample_expanded: 3,
  counters_sample_expanded: 4,
  discarded_packet: 5,
  foundry_acl: 1991 * 4096 + 1,
  rtmetric: 4300 * 4096 + 1002,
  rtflow: 4300 * 4096 + 1003,
} as const

const type = (tag: number, name: string, kind: SampleKind, head: number, records = ''): SampleType => ({
  tag,
  name,
  kind,
  head,
  records,
})

/** All sample types, in order of tag. Sources: sflow_version_5.txt section 5, sflow_drops.txt, InMon's structure list. */
export const sampleTypes: readonly SampleType[] = [
  type(SampleTag.flow_sample, 'flow_sample', SampleKind.flow, 32, 'flow_records'),
  type(SampleTag.counters_sample, 'counters_sample', SampleKind.counters, 12, 'counters'),
  type(SampleTag.flow_sample_expanded, 'flow_sample_expanded', SampleKind.flow, 44, 'flow_records'),
  type(SampleTag.counters_sample_expanded, 'counters_sample_expanded', SampleKind.counters, 16, 'counters'),
  type(SampleTag.discarded_packet, 'discarded_packet', SampleKind.discard, 32, 'flow_records'),
  type(SampleTag.foundry_acl, 'foundry_acl', SampleKind.text, 0),
  type(SampleTag.rtmetric, 'rtmetric', SampleKind.text, 0),
  type(SampleTag.rtflow, 'rtflow', SampleKind.text, 0),
]

const byTag: ReadonlyMap<number, SampleType> = new Map(sampleTypes.map((x) => [x.tag, x]))

/** The type of a tag, or undefined where it is not known. */
export function sampleTypeOf(tag: number): SampleType | undefined {
  return byTag.get(tag)
}

/** `samples[2] flow_sample (0:1)`, for issues. */
export function sampleName(tag: number): string {
  return byTag.get(tag)?.name ?? 'unknown sample'
}
