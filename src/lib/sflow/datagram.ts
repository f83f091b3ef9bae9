// Owns the types of the full face: a datagram as objects. Knows no bytes. Start at Datagram.

import type { Fields } from '../wire/interpret.ts'
import type { Address } from '../wire/kinds.ts'

/** A whole datagram. Names are the specification's (sflow_version_5.txt section 5). */
export interface Datagram {
  agent: Address
  sub_agent_id: number
  sequence_number: number
  /** Milliseconds. */
  uptime: number
  samples: Sample[]
  /** Bytes behind the counted samples (Foundry puts an ACL sample there). */
  trailing?: Uint8Array
}

export type Sample = FlowSample | CountersSample | DiscardedPacket | TextSample | OpaqueSample

interface SampleBase {
  /** `enterprise << 12 | format`. */
  tag: number
  name: string
  /** Bytes behind the last record. */
  trailing?: Uint8Array
}

interface RecordsSample extends SampleBase {
  sequence_number: number
  source_id_type: number
  source_id_index: number
  records: DecodedRecord[]
}

/** flow_sample and flow_sample_expanded: the tag tells which. */
export interface FlowSample extends RecordsSample {
  kind: 'flow'
  sampling_rate: number
  sample_pool: number
  drops: number
  input_format: number
  input_value: number
  output_format: number
  output_value: number
}

export interface CountersSample extends RecordsSample {
  kind: 'counters'
}

export interface DiscardedPacket extends RecordsSample {
  kind: 'discard'
  drops: number
  inputifindex: number
  outputifindex: number
  reason: number
}

/** rtmetric, rtflow, foundry_acl: a body of fields instead of records. */
export interface TextSample extends SampleBase {
  kind: 'text'
  fields: Fields
}

/** An unknown sample, or one too broken to read: its body as it came. */
export interface OpaqueSample extends SampleBase {
  kind: 'opaque'
  bytes: Uint8Array
}

/** A record whose fields were read, or one that is unknown, opaque by choice, or broken: its body as it came. */
export type DecodedRecord =
  | { tag: number; name: string; fields: Fields; trailing?: Uint8Array }
  | { tag: number; name?: string; bytes: Uint8Array }
