// Owns the shape of ../shared/spec/vectors.json and reading it: layouts and vectors that other decoders verified.

import { sharedJson } from '../helpers/shared.ts'

export interface LayoutField {
  name: string
  /** `u32`, `string<255>`, `opaque[16]`, `lane[]`, ... */
  type: string
}

export interface Layout {
  enterprise: number
  format: number
  name: string
  fields: LayoutField[]
}

/** A value as the vectors write it: u64 as decimal text, addresses as text, opaque as hex. */
export type VectorValue = string | number | null | VectorValue[] | { [name: string]: VectorValue }

export interface VectorRecord {
  enterprise: number
  format: number
  name: string
  fields?: Record<string, VectorValue>
  /** Instead of fields: the body of an unknown record, hex. */
  raw?: string
}

export interface VectorSample {
  type: string
  enterprise: number
  format: number
  /** Of flow, counter and discard samples; the metrics of text samples are in `fields`. */
  records?: VectorRecord[]
  [name: string]: unknown
}

export interface Vector {
  id: string
  hex: string
  expected: {
    version: number
    agent_address: string | null
    sub_agent_id: number
    sequence_number: number
    uptime: number
    samples: VectorSample[]
  }
}

export interface RecordVector extends Vector {
  kind: 'flow' | 'counter'
  record_body_hex: string
  record_length: number
}

export interface Vectors {
  vectors: Vector[]
  record_vectors: RecordVector[]
  layouts: { flow: Layout[]; counter: Layout[]; substructs: Record<string, LayoutField[]> }
  drop_reasons: {
    code: number
    name: string
    category: string
    defined_in: string
    devlink_traps: string[]
    linux_reasons: string[]
    wire_code_in_headers: number
  }[]
  linux_reason_map: Record<string, string>
  devlink_trap_map: Record<string, string | null>
}

export const vectors: Vectors | undefined = sharedJson<Vectors>('spec/vectors.json')

/** For node:test: why a test of this file can't run, or false. */
export const skip: string | false = vectors === undefined ? '../shared/spec/vectors.json is not there' : false
