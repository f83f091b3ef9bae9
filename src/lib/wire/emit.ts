// Owns turning a declaration into JavaScript: the order of fields, bounds checks, loops. What is done with each value
// is a Face (write.ts, full.ts, lean.ts). Only static declarations reach the source text, never a byte of input.
// Start at emitMembers.

import { armList } from './interpret.ts'
import type { Field, Kind } from './kinds.ts'
import type { Outcome } from './outcome.ts'
import type { RecordType } from './record.ts'

/*
 * Names in scope of generated code: `s` bytes and `d` DataView of the input, `q` position (moves), `end`, `F` the
 * Outcome; faces add their own.
 */

/** What a face does with values. Methods that give a string give the expression of the value ('' where none is kept). */
export interface Face {
  readonly code: Code
  /** Statement that leaves the function after `failure`, an expression that tells the Outcome. */
  fail(failure: string): string
  /** Called before the value of each member of a structure. */
  member(field: Field, first: boolean): void
  scalar(kind: Kind, field: Field, at: string): string
  counted(kind: 'opaque' | 'string', field: Field, at: string, length: string): string
  address(field: Field, type: string, at: string): string
  struct(field: Field, members: () => ReadonlyArray<readonly [Field, string]>): string
  array(field: Field, count: string, item: () => string): string
  union(field: Field, type: string, arms: ReadonlyArray<readonly [number, () => string]>): string
  nested(field: Field, count: string, item: (tag: string, at: string, length: string) => void): string
  /** The rest of the members, given only where the record is long enough. */
  optional(fields: readonly Field[], condition: string, members: () => void): void
}

/** Collects source lines and gives out names. */
export class Code {
  readonly lines: string[] = []
  /** Values that generated code closes over, by name. */
  readonly constants = new Map<string, unknown>()
  #next = 0
  /** Face hook: called before any line, so that pending literal text is written first. */
  before: (() => void) | undefined

  line(text: string): void {
    this.before?.()
    this.lines.push(text)
  }

  name(prefix: string): string {
    return `${prefix}${this.#next++}`
  }

  /** A name for a constant value. */
  constant(prefix: string, value: unknown): string {
    for (const [name, known] of this.constants) if (known === value) return name
    const name = this.name(prefix)
    this.constants.set(name, value)
    return name
  }
}

/**
 * Emits the members of a structure; gives their value expressions.
 * @param checked bounds are known to hold already
 * @param first the first of `fields` is the structure's first member
 */
export function emitMembers(
  face: Face,
  fields: readonly Field[],
  checked: boolean,
  first = true,
): Array<readonly [Field, string]> {
  const values: Array<readonly [Field, string]> = []
  for (let i = 0; i < fields.length; ) {
    const run = fixedRun(fields, i)
    if (run.length > 0) {
      emitRun(face, run, checked, first && i === 0, values)
      i += run.length
      continue
    }
    const field = fields[i]!
    face.member(field, first && i === 0)
    values.push([field, emitValue(face, field, field.kind)])
    i++
  }
  return values
}

/** Emits a whole record; the optional tail where it fits. */
export function emitRecord(face: Face, type: RecordType): Array<readonly [Field, string]> {
  const cut = type.optionalFrom === undefined ? -1 : type.fields.findIndex((x) => x.name === type.optionalFrom)
  if (cut < 0) return emitMembers(face, type.fields, false)
  const values = emitMembers(face, type.fields.slice(0, cut), false)
  const rest = type.fields.slice(cut)
  const least = rest.reduce((n, x) => n + x.kind.least, 0)
  face.optional(rest, `end-q>=${least}`, () => {
    values.push(...emitMembers(face, rest, false, false))
  })
  return values
}

const isLeaf = (kind: Kind) => kind.size !== undefined && kind.kind !== 'struct'

function fixedRun(fields: readonly Field[], from: number): readonly Field[] {
  let to = from
  while (to < fields.length && isLeaf(fields[to]!.kind)) to++
  return fields.slice(from, to)
}

/** Fields of fixed size: one bounds check, constant offsets. */
function emitRun(
  face: Face,
  run: readonly Field[],
  checked: boolean,
  first: boolean,
  values: Array<readonly [Field, string]>,
): void {
  const size = run.reduce((n, x) => n + x.kind.size!, 0)
  if (!checked) {
    const layout = face.code.constant('R', run)
    face.code.line(`if(q+${size}>end)${face.fail(`runShort(F,${layout},q,end)`)}`)
  }
  let offset = 0
  for (const [i, field] of run.entries()) {
    face.member(field, first && i === 0)
    values.push([field, face.scalar(field.kind, field, offset === 0 ? 'q' : `q+${offset}`)])
    offset += field.kind.size!
  }
  face.code.line(`q+=${size};`)
}

/** Tells which field of a run of fixed-size fields does not fit. Called by generated code. */
export function runShort(outcome: Outcome, run: readonly Field[], from: number, end: number): number {
  let at = from
  for (const field of run) {
    if (at + field.kind.size! > end) return outcome.short(field.name, at, field.kind.size!, end)
    at += field.kind.size!
  }
  return -1
}

function emitValue(face: Face, field: Field, kind: Kind, checked = false): string {
  const { code } = face
  const name = JSON.stringify(field.name)
  const need = (size: number) => {
    if (!checked) code.line(`if(q+${size}>end)${face.fail(`F.short(${name},q,${size},end)`)}`)
  }
  if (isLeaf(kind)) {
    need(kind.size!)
    const value = face.scalar(kind, field, 'q')
    code.line(`q+=${kind.size};`)
    return value
  }
  switch (kind.kind) {
    case 'struct': {
      const whole = kind.size !== undefined && checked
      return face.struct(field, () => emitMembers(face, kind.fields!, whole))
    }
    case 'opaque':
    case 'string': {
      need(4)
      const length = code.name('n')
      const at = code.name('a')
      code.line(`const ${length}=d.getUint32(q);`)
      code.line(`if(${length}>end-q-4)${face.fail(`F.long(${name},q,${length},end)`)}`)
      code.line(`const ${at}=q+4;`)
      const value = face.counted(kind.kind, field, at, length)
      // The padding of the last field may be missing (0:1037 of some agents).
      code.line(`q=${at}+(${length}+3&~3);if(q>end)q=end;`)
      return value
    }
    case 'address': {
      need(4)
      const type = code.name('y')
      code.line(`const ${type}=d.getUint32(q);`)
      code.line(`if(${type}>2)${face.fail(`F.arm(${name},q,${type},"0 (unknown), 1 (IPv4) or 2 (IPv6)")`)}`)
      const size = `(${type}===1?8:${type}===2?20:4)`
      code.line(`if(q+${size}>end)${face.fail(`F.short(${name},q,${size},end)`)}`)
      const value = face.address(field, type, 'q+4')
      code.line(`q+=${size};`)
      return value
    }
    case 'array': {
      need(4)
      const count = code.name('c')
      const of = kind.of!
      code.line(`const ${count}=d.getUint32(q);`)
      code.line(`if(${count}*${of.least}>end-q-4)${face.fail(`F.count(${name},q,${count},${of.least},end)`)}`)
      code.line('q+=4;')
      return face.array(field, count, () => emitValue(face, field, of, of.size !== undefined))
    }
    case 'union': {
      need(4)
      const type = code.name('y')
      code.line(`const ${type}=d.getUint32(q);`)
      const known = [...kind.arms!.keys()].map((x) => `${type}!==${x}`).join('&&')
      code.line(`if(${known})${face.fail(`F.arm(${name},q,${type},${JSON.stringify(armList(kind))})`)}`)
      code.line('q+=4;')
      const arms = [...kind.arms!].map(([value, arm]) => [value, () => emitValue(face, field, arm)] as const)
      return face.union(field, type, arms)
    }
    case 'records': {
      need(4)
      const count = code.name('c')
      code.line(`const ${count}=d.getUint32(q);`)
      code.line(`if(${count}*8>end-q-4)${face.fail(`F.count(${name},q,${count},8,end)`)}`)
      code.line('q+=4;')
      return face.nested(field, count, (tag, at, length) => {
        code.line(`if(q+8>end)${face.fail(`F.short(${name},q,8,end)`)}`)
        code.line(`const ${tag}=d.getUint32(q),${length}=d.getUint32(q+4),${at}=q+8;`)
        code.line(`if(${length}>end-${at})${face.fail(`F.long(${name},q+4,${length},end)`)}`)
        code.line(`q=${at}+(${length}+3&~3);if(q>end)q=end;`)
      })
    }
    default:
      throw new RangeError(`${field.name}: no code for ${kind.kind}`)
  }
}

/** Makes the function. `file` names it in profiles and stacks. */
export function build<T>(code: Code, parameters: string, file: string): T {
  const names = [...code.constants.keys()]
  const body = `return function(${parameters}){${code.lines.join('\n')}}\n//# sourceURL=codec/${file}.js`
  return new Function(...names, body)(...code.constants.values()) as T
}
