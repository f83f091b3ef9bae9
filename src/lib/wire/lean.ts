// Owns the lean face: compiled readers that put the fields of a record into one reused object, numbers only, nothing
// allocated. What engines use. Start at compileLean.

import { build, Code, emitRecord, type Face, runShort } from './emit.ts'
import type { Field, Kind } from './kinds.ts'
import type { Outcome } from './outcome.ts'
import type { RecordType } from './record.ts'

/*
 * Names in the reused object, by kind: u32 i32 f32 f64 `NAME`; u64 `NAME_hi NAME_lo` (two u32; never bigint);
 * mac ipv4 ipv6 fixed `NAME_at` (first byte, absolute); opaque and string `NAME_at NAME_length`;
 * address `NAME_type NAME_at`; array, union and nested records `NAME_at NAME_count` (the first item; for a union its
 * type). An optional field that is not there is -1.
 */
type LeanField<N extends string, T> = [T] extends [bigint]
  ? { [K in `${N}_hi` | `${N}_lo`]: number }
  : [T] extends [number]
    ? { [K in N]: number }
    : [T] extends [{ readonly type: 0 | 1 | 2; readonly bytes: Uint8Array }]
      ? { [K in `${N}_type` | `${N}_at`]: number }
      : [T] extends [string]
        ? { [K in `${N}_at` | `${N}_length`]: number }
        : [T] extends [Uint8Array]
          ? { [K in `${N}_at`]: number } & { [K in `${N}_length`]?: number }
          : [T] extends [readonly unknown[]]
            ? { [K in `${N}_at` | `${N}_count`]: number }
            : object
type Intersect<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? I : never

/** Shape of the reused object of a record. */
export type Lean<R> =
  R extends RecordType<infer F>
    ? Intersect<F[number] extends infer X ? (X extends Field<infer N, infer T> ? LeanField<N, T> : never) : never>
    : never

/** Reads from `at` into `into`. @returns first byte behind the known fields, or -1 (see `outcome`) */
export type LeanReader<R> = (
  s: Uint8Array,
  d: DataView,
  at: number,
  end: number,
  into: Lean<R>,
  outcome: Outcome,
) => number

export function compileLean<R extends RecordType>(type: R): LeanReader<R> {
  const code = new Code()
  code.constants.set('runShort', runShort)
  emitRecord(new LeanFace(code), type)
  code.line('return q;')
  return build<LeanReader<R>>(code, 's,d,q,end,o,F', `${type.name}.lean`)
}

/** A fresh object for compileLean, all fields 0. */
export function leanObject<R extends RecordType>(type: R): Lean<R> {
  const into: Record<string, number> = {}
  for (const field of type.fields) for (const suffix of suffixes(field.kind)) into[field.name + suffix] = 0
  return into as Lean<R>
}

function suffixes(kind: Kind): readonly string[] {
  switch (kind.kind) {
    case 'u32':
    case 'i32':
    case 'f32':
    case 'f64':
      return ['']
    case 'u64':
      return ['_hi', '_lo']
    case 'mac':
    case 'ipv4':
    case 'ipv6':
    case 'fixed':
      return ['_at']
    case 'opaque':
    case 'string':
      return ['_at', '_length']
    case 'address':
      return ['_type', '_at']
    case 'array':
    case 'records':
    case 'union':
      return ['_at', '_count']
    case 'struct':
      return ['_at']
  }
}

class LeanFace implements Face {
  readonly code: Code
  /** Inside an array, struct or union nothing is kept: the caller walks it from NAME_at. */
  #depth = 0

  constructor(code: Code) {
    this.code = code
  }

  fail(failure: string): string {
    return `return ${failure};`
  }

  member(): void {}

  #set(field: Field, suffix: string, value: string): void {
    if (this.#depth === 0) this.code.line(`o[${JSON.stringify(field.name + suffix)}]=${value};`)
  }

  #inside(body: () => void): void {
    this.#depth++
    body()
    this.#depth--
  }

  scalar(kind: Kind, field: Field, at: string): string {
    switch (kind.kind) {
      case 'u32':
        this.#set(field, '', `d.getUint32(${at})`)
        break
      case 'i32':
        this.#set(field, '', `d.getInt32(${at})`)
        break
      case 'f32':
        this.#set(field, '', `d.getFloat32(${at})`)
        break
      case 'f64':
        this.#set(field, '', `d.getFloat64(${at})`)
        break
      case 'u64':
        this.#set(field, '_hi', `d.getUint32(${at})`)
        this.#set(field, '_lo', `d.getUint32(${at}+4)`)
        break
      default:
        this.#set(field, '_at', at)
    }
    return ''
  }

  counted(_kind: 'opaque' | 'string', field: Field, at: string, length: string): string {
    this.#set(field, '_at', at)
    this.#set(field, '_length', length)
    return ''
  }

  address(field: Field, type: string, at: string): string {
    this.#set(field, '_type', type)
    this.#set(field, '_at', at)
    return ''
  }

  struct(field: Field, members: () => ReadonlyArray<readonly [Field, string]>): string {
    this.#set(field, '_at', 'q')
    this.#inside(members)
    return ''
  }

  array(field: Field, count: string, item: () => string): string {
    this.#set(field, '_at', 'q')
    this.#set(field, '_count', count)
    const i = this.code.name('i')
    this.code.line(`for(let ${i}=0;${i}<${count};${i}++){`)
    this.#inside(item)
    this.code.line('}')
    return ''
  }

  union(field: Field, type: string, arms: ReadonlyArray<readonly [number, () => string]>): string {
    this.#set(field, '_at', 'q')
    this.#set(field, '_count', type)
    this.code.line(`switch(${type}){`)
    for (const [key, arm] of arms) {
      this.code.line(`case ${key}:{`)
      this.#inside(arm)
      this.code.line('break}')
    }
    this.code.line('}')
    return ''
  }

  nested(field: Field, count: string, item: (tag: string, at: string, length: string) => void): string {
    this.#set(field, '_at', 'q')
    this.#set(field, '_count', count)
    const [i, tag, at, length] = ['i', 't', 'a', 'n'].map((x) => this.code.name(x)) as [string, string, string, string]
    this.code.line(`for(let ${i}=0;${i}<${count};${i}++){`)
    item(tag, at, length)
    this.code.line('}')
    return ''
  }

  optional(fields: readonly Field[], condition: string, members: () => void): void {
    this.code.line(`if(${condition}){`)
    members()
    this.code.line('}else{')
    for (const field of fields) for (const suffix of suffixes(field.kind)) this.#set(field, suffix, '-1')
    this.code.line('}')
  }
}
