// Owns the write face: compiled writers that turn a record's bytes into the members of its NDJSON object, without an
// object or string between. What decode and listen use. Start at compileWrite.

import { build, Code, emitRecord, type Face, runShort } from './emit.ts'
import * as jsonText from './json-text.ts'
import { type Field, fixedLength, type Kind } from './kinds.ts'
import type { NameTable } from './name-table.ts'
import type { Outcome } from './outcome.ts'
import { PackedNames } from './packed-text.ts'
import type { RecordType } from './record.ts'
import * as text from './text.ts'

/**
 * Appends `{"field":value,...}` to `out`, which must have room (OUTPUT_BYTES_PER_INPUT_BYTE). A broken record leaves
 * `out` as it was.
 * @returns first byte behind the known fields, or -1 (see `outcome`)
 */
export type FieldsWriter = (
  s: Uint8Array,
  d: DataView,
  at: number,
  end: number,
  out: text.TextBuffer,
  outcome: Outcome,
) => number

export function compileWrite(type: RecordType): FieldsWriter {
  return compile(type, (face) => face.object(() => emitRecord(face, type)))
}

/**
 * As compileWrite, but the whole record object: `{"tag":"0:1001","name":"extended_switch","fields":{...}}`, with
 * `"trailing":"hex"` where bytes follow the known fields.
 */
export function compileWriteRecord(type: RecordType): FieldsWriter {
  return compile(type, (face) => {
    face.literal(`{"tag":"${type.tag.join(':')}","name":"${type.name}","fields":`)
    face.object(() => emitRecord(face, type))
    face.trailing()
    face.literal('}')
  })
}

function compile(type: RecordType, body: (face: WriteFace) => void): FieldsWriter {
  const code = new Code()
  code.constants.set('runShort', runShort)
  for (const [name, value] of Object.entries({ ...text, ...jsonText })) code.constants.set(name, value)
  code.line('const v=out.view;let p=out.length;')
  body(new WriteFace(code))
  code.line('out.length=p;return q;')
  return build<FieldsWriter>(code, 's,d,q,end,out,F', `${type.name}.write`)
}

/** Source that keeps a number as `name` and writes it; short ones, the most frequent, without a call. `|0`: a call then boxes none. */
export function u32Code(name: string, value: string): string {
  return `const ${name}=${value};if(${name}<SHORT){v.setUint32(p,shortDigits[${name}],true);p+=shortLength[${name}];}else p=writeU32(v,p,${name}|0);`
}

/** Tables up to this size become a switch of constants. */
const MOST_CASES = 24

class WriteFace implements Face {
  readonly code: Code
  #pending = ''

  constructor(code: Code) {
    this.code = code
    code.before = () => {
      const literal = this.#pending
      if (literal === '') return
      this.#pending = ''
      code.lines.push(text.literalCode(literal))
    }
  }

  /** Constant text; written together with its neighbours. */
  literal(value: string): void {
    this.#pending += value
  }

  object(members: () => void): void {
    this.literal('{')
    members()
    this.literal('}')
  }

  /** `,"trailing":"..."` where bytes are left. */
  trailing(): void {
    this.code.line('if(q<end){')
    this.literal(',"trailing":"')
    this.code.line('p=writeHex(v,p,d,q,end-q);')
    this.literal('"')
    this.code.line('}')
  }

  fail(failure: string): string {
    return `return ${failure};`
  }

  member(field: Field, first: boolean): void {
    this.literal(`${first ? '' : ','}"${field.name}":`)
  }

  scalar(kind: Kind, field: Field, at: string): string {
    const { code } = this
    switch (kind.kind) {
      case 'u32':
        if (field.names === undefined) {
          code.line(u32Code(code.name('u'), `d.getUint32(${at})`))
        } else {
          this.#named(field.name, field.names, at)
        }
        return ''
      case 'i32':
        code.line(`p=writeI32(v,p,d.getInt32(${at}));`)
        return ''
      case 'u64':
        code.line(`p=writeU64(v,p,d.getUint32(${at}),d.getUint32(${at}+4));`)
        return ''
      case 'f32':
      case 'f64': {
        const value = code.name('u')
        const size = kind.kind === 'f32' ? 32 : 64
        code.line(`const ${value}=d.getFloat${size}(${at});p=writeF${size}(v,p,${value});`)
        this.#hexUnless(`Number.isFinite(${value})`, field, at, String(kind.size))
        return ''
      }
      case 'mac':
        return this.#quoted(() => code.line(`p=writeMac(v,p,d,${at});`))
      case 'ipv4':
        return this.#quoted(() => code.line(`p=writeIpv4(v,p,d,${at});`))
      case 'ipv6':
        return this.#quoted(() => code.line(`p=writeIpv6(v,p,d,${at});`))
      case 'fixed':
        return this.#quoted(() => code.line(`p=writeHex(v,p,d,${at},${fixedLength(kind)});`))
      default:
        throw new RangeError(`${field.name}: ${kind.kind} has no fixed size`)
    }
  }

  /** A number, and the name it has beside it: few names as constants in the code, many from a table. */
  #named(key: string, names: NameTable, at: string): void {
    const { code } = this
    const value = code.name('u')
    code.line(u32Code(value, `d.getUint32(${at})`))
    if (names.entries.length > MOST_CASES) {
      code.line(`p=${code.constant('N', new PackedNames(key, names))}.beside(v,p,${value});`)
      return
    }
    code.line(`switch(${value}){`)
    for (const [number, name] of names.entries) {
      code.line(`case ${number}:`)
      this.literal(`,"${key}_name":"${name}"`)
      code.line('break;')
    }
    code.line('}')
  }

  #quoted(body: () => void): string {
    this.literal('"')
    body()
    this.literal('"')
    return ''
  }

  /** `,"KEY_hex":"..."` where the value does not tell the bytes. */
  #hexUnless(condition: string, field: Field, at: string, length: string): void {
    this.code.line(`if(!${condition}){`)
    this.literal(`,"${field.name}_hex":"`)
    this.code.line(`p=writeHex(v,p,d,${at},${length});`)
    this.literal('"')
    this.code.line('}')
  }

  counted(kind: 'opaque' | 'string', field: Field, at: string, length: string): string {
    if (kind === 'opaque') return this.#quoted(() => this.code.line(`p=writeHex(v,p,d,${at},${length});`))
    this.#quoted(() => this.code.line(`p=writeJsonText(v,p,s,${at},${length});`))
    this.#hexUnless(`isUtf8(s,${at},${length})`, field, at, length)
    return ''
  }

  address(_field: Field, type: string, at: string): string {
    this.code.line(`if(${type}===1){`)
    this.#quoted(() => this.code.line(`p=writeIpv4(v,p,d,${at});`))
    this.code.line(`}else if(${type}===2){`)
    this.#quoted(() => this.code.line(`p=writeIpv6(v,p,d,${at});`))
    this.code.line('}else{')
    this.literal('null')
    this.code.line('}')
    return ''
  }

  struct(_field: Field, members: () => ReadonlyArray<readonly [Field, string]>): string {
    this.object(members)
    return ''
  }

  array(_field: Field, count: string, item: () => string): string {
    this.#list(count, item)
    return ''
  }

  #list(count: string, item: () => void): void {
    const i = this.code.name('i')
    this.literal('[')
    this.code.line(`for(let ${i}=0;${i}<${count};${i}++){if(${i}>0)v.setUint8(p++,44);`)
    item()
    this.code.line('}')
    this.literal(']')
  }

  union(_field: Field, type: string, arms: ReadonlyArray<readonly [number, () => string]>): string {
    this.literal('{"type":')
    this.code.line(`p=writeU32(v,p,${type});`)
    this.literal(',"value":')
    this.code.line(`switch(${type}){`)
    for (const [key, arm] of arms) {
      this.code.line(`case ${key}:{`)
      arm()
      this.code.line('break}')
    }
    this.code.line('}')
    this.literal('}')
    return ''
  }

  nested(_field: Field, count: string, item: (tag: string, at: string, length: string) => void): string {
    const [tag, at, length] = ['t', 'a', 'n'].map((x) => this.code.name(x)) as [string, string, string]
    this.#list(count, () => {
      item(tag, at, length)
      this.literal('{"tag":"')
      this.code.line(`p=writeU32(v,p,${tag}>>>12);v.setUint8(p++,58);p=writeU32(v,p,${tag}&4095);`)
      this.literal('","bytes":"')
      this.code.line(`p=writeHex(v,p,d,${at},${length});`)
      this.literal('"}')
    })
    return ''
  }

  optional(_fields: readonly Field[], condition: string, members: () => void): void {
    this.code.line(`if(${condition}){`)
    members()
    this.code.line('}')
  }
}
