// Owns the declaration of a record: the one place that states its name, tag, fields and source.
// Knows kinds, no protocol. Everything else (decoders, encoder, types, docs, tests) is derived. Start at record().

import type { Field, Members } from './kinds.ts'

/** A declared record, sample or other structure. `F` carries the names and types of its fields. */
export interface RecordType<F extends readonly Field[] = readonly Field[]> {
  /** The specification's identifier, verbatim. */
  readonly name: string
  /** Enterprise and format. */
  readonly tag: readonly [enterprise: number, format: number]
  /** Document and section. */
  readonly source: string
  /** Notes for docs/records.md: conflicts, agents' habits. */
  readonly notes?: string
  readonly deprecated?: boolean
  /** The name is known, the layout not for sure: the body is kept as bytes, `fields` is empty. */
  readonly opaque?: boolean
  readonly fields: F
  /**
   * Name of the first field that older agents leave out. The fields from it on are there together or not at all;
   * the record's length decides.
   */
  readonly optionalFrom?: F[number]['name']
  /** Least bytes of the body. */
  readonly least: number
}

/** Type of a record in the full face, inferred from its declaration. Optional fields may be undefined. */
export type Of<R> = R extends RecordType<infer F> ? Members<F> : never

/** Declares a record. Names of fields must be unique. */
export function record<const F extends readonly Field[]>(declaration: Omit<RecordType<F>, 'least'>): RecordType<F> {
  const { fields, optionalFrom, name } = declaration
  if (new Set(fields.map((x) => x.name)).size !== fields.length)
    throw new RangeError(`${name}: a field name is used twice`)
  const cut = optionalFrom === undefined ? fields.length : fields.findIndex((x) => x.name === optionalFrom)
  if (cut < 0) throw new RangeError(`${name}: no field ${String(optionalFrom)}`)
  let least = 0
  for (const field of fields.slice(0, cut)) least += field.kind.least
  return { ...declaration, least }
}

/** `enterprise << 12 | format`, as on the wire. */
export function tagValue(tag: readonly [number, number]): number {
  return tag[0] * 4096 + tag[1]
}

/** `0:1003` of a tag on the wire. */
export function formatTag(value: number): string {
  return `${Math.floor(value / 4096)}:${value % 4096}`
}
