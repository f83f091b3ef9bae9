// Owns the full face: compiled decoders that give objects (bigint, Uint8Array copies, strings). For the library, cards
// and the encoder, and as the oracle of the other faces; the hot path uses write.ts and lean.ts. Start at compileFull.

import { build, Code, emitRecord, type Face, runShort } from './emit.ts'
import { decodeText, type Fields } from './interpret.ts'
import { type Field, fixedLength, type Kind } from './kinds.ts'
import type { Outcome } from './outcome.ts'
import type { RecordType } from './record.ts'

/**
 * Decodes from `at`, as interpret() does.
 * @returns fresh values, or undefined where the record is broken; `outcome.next` is behind the last known field
 */
export type FullDecoder = (s: Uint8Array, d: DataView, at: number, end: number, outcome: Outcome) => Fields | undefined

export function compileFull(type: RecordType): FullDecoder {
  const code = new Code()
  code.constants.set('runShort', runShort).set('decodeText', decodeText)
  const face = new FullFace(code)
  const values = emitRecord(face, type)
  code.line(`F.next=q;F.field='';`)
  code.line(`const out=${objectOf(values.filter(([field]) => !face.late.has(field)))};`)
  for (const [field, value] of values) {
    if (face.late.has(field)) code.line(`if(${value}!==undefined)out[${JSON.stringify(field.name)}]=${value};`)
  }
  code.line('return out;')
  return build<FullDecoder>(code, 's,d,q,end,F', `${type.name}.full`)
}

const objectOf = (values: ReadonlyArray<readonly [Field, string]>) =>
  `{${values.map(([field, value]) => `${JSON.stringify(field.name)}:${value}`).join(',')}}`

class FullFace implements Face {
  readonly code: Code
  /** Optional fields: set only where they are there. */
  readonly late = new Set<Field>()
  #optional = false

  constructor(code: Code) {
    this.code = code
  }

  fail(failure: string): string {
    return `{${failure};return undefined}`
  }

  member(): void {}

  #keep(expression: string): string {
    const name = this.code.name('x')
    if (this.#optional) {
      this.code.lines.unshift(`let ${name};`)
      this.code.line(`${name}=${expression};`)
    } else {
      this.code.line(`const ${name}=${expression};`)
    }
    return name
  }

  scalar(kind: Kind, _field: Field, at: string): string {
    return this.#keep(scalarExpression(kind, at))
  }

  counted(kind: 'opaque' | 'string', _field: Field, at: string, length: string): string {
    return this.#keep(kind === 'opaque' ? `s.slice(${at},${at}+${length})` : `decodeText(s,${at},${length})`)
  }

  address(_field: Field, type: string, at: string): string {
    return this.#keep(`{type:${type},bytes:s.slice(${at},${at}+(${type}===1?4:${type}===2?16:0))}`)
  }

  struct(_field: Field, members: () => ReadonlyArray<readonly [Field, string]>): string {
    return this.#keep(objectOf(members()))
  }

  array(_field: Field, count: string, item: () => string): string {
    const list = this.#keep('[]')
    const i = this.code.name('i')
    this.code.line(`for(let ${i}=0;${i}<${count};${i}++){`)
    this.code.line(`${list}.push(${item()});}`)
    return list
  }

  union(_field: Field, type: string, arms: ReadonlyArray<readonly [number, () => string]>): string {
    const value = this.code.name('x')
    this.code.line(`let ${value};switch(${type}){`)
    for (const [key, arm] of arms) {
      this.code.line(`case ${key}:{`)
      this.code.line(`${value}=${arm()};break}`)
    }
    this.code.line('}')
    return this.#keep(`{type:${type},value:${value}}`)
  }

  nested(_field: Field, count: string, item: (tag: string, at: string, length: string) => void): string {
    const list = this.#keep('[]')
    const [i, tag, at, length] = ['i', 't', 'a', 'n'].map((x) => this.code.name(x)) as [string, string, string, string]
    this.code.line(`for(let ${i}=0;${i}<${count};${i}++){`)
    item(tag, at, length)
    this.code.line(`${list}.push({tag:${tag},bytes:s.slice(${at},${at}+${length})});}`)
    return list
  }

  optional(fields: readonly Field[], condition: string, members: () => void): void {
    for (const field of fields) this.late.add(field)
    this.#optional = true
    this.code.line(`if(${condition}){`)
    members()
    this.code.line('}')
    this.#optional = false
  }
}

/** JavaScript expression that reads a field of fixed size at `at`. */
function scalarExpression(kind: Kind, at: string): string {
  switch (kind.kind) {
    case 'u32':
      return `d.getUint32(${at})`
    case 'i32':
      return `d.getInt32(${at})`
    case 'u64':
      return `d.getBigUint64(${at})`
    case 'f32':
      return `d.getFloat32(${at})`
    case 'f64':
      return `d.getFloat64(${at})`
    case 'mac':
      return `s.slice(${at},${at}+6)`
    case 'ipv4':
      return `s.slice(${at},${at}+4)`
    case 'ipv6':
      return `s.slice(${at},${at}+16)`
    case 'fixed':
      return `s.slice(${at},${at}+${fixedLength(kind)})`
    default:
      throw new RangeError(`${kind.kind} has no fixed size`)
  }
}
