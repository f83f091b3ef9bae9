// Owns fields of a socket buffer as a person writes them in C, `skb->dev->ifindex`: found in the kernel's types (BTF) and turned
// into offsets. Pure. See trace-watch.ts for the folder. Start at readMetaPath.

import { InputError } from '../../errors.ts'
import { didYouMean } from '../../parse/nearest.ts'
import { type Btf, btfKind, TYPE_BYTES } from '../bpf/btf.ts'
import type { KernelBtf } from '../bpf/kernel-btf.ts'

/** Pointers on the way and the field: what src/bpf/trace.bpf.c has room for. */
export const MOST_META_STEPS = 8

/** Where a field lies, from the buffer on. */
export interface MetaPath {
  /** As it was written. */
  readonly text: string
  /** Each but the last leads to a pointer, which is followed; at the last the value is read. */
  readonly offsets: readonly number[]
  readonly bytes: 1 | 2 | 4 | 8
  /** Of the bytes read as a little-endian number, the field's lowest bit and how many it has. */
  readonly bitOffset: number
  readonly bits: number
  readonly signed: boolean
  /** In network order there (__be16, __be32, __be64). */
  readonly bigEndian: boolean
}

/** The field's value in the bytes that were read as an unsigned little-endian number: in host order, with its sign. */
export function metaValue({ bitOffset, bits, bytes, signed, bigEndian }: MetaPath, read: bigint): bigint {
  if (bigEndian) {
    let swapped = 0n
    for (let i = 0; i < bytes; i++) swapped = (swapped << 8n) | ((read >> BigInt(8 * i)) & 0xffn)
    return swapped
  }
  const value = read >> BigInt(bitOffset)
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
}

/**
 * Reads a path.
 * @param text `skb`, then `->FIELD`, `.FIELD` or `[N]`, as C has them; fields of structures without a name are their surroundings'
 * @throws InputError, which points at the place and names fields that there are
 */
export function readMetaPath(text: string, types: KernelBtf): MetaPath {
  return new Walk(text, types.btf).path()
}

interface Token {
  readonly at: number
  readonly text: string
}

interface Member {
  readonly type: number
  /** From the beginning of the outermost structure. */
  readonly bit: number
  /** Of a bit field; 0 for others. */
  readonly bits: number
}

const FIELD_BYTES = 12
/** Structures without names lie in each other less deep. */
const DEEPEST = 16

class Walk {
  readonly #text: string
  readonly #btf: Btf
  readonly #tokens: readonly Token[]
  #next = 0
  /** Finished steps. */
  readonly #offsets: number[] = []
  /** What is at `#bit` of the last step: a type, not resolved. */
  #type = 0
  #bit = 0
  #bits = 0

  constructor(text: string, btf: Btf) {
    this.#text = text
    this.#btf = btf
    this.#tokens = [...text.matchAll(/->|[A-Za-z_]\w*|\d+|\S/g)].map((match) => ({ at: match.index, text: match[0] }))
  }

  path(): MetaPath {
    const root = this.#take()
    if (root.text !== 'skb') throw this.#problem(root, 'it begins with skb, the socket buffer.')
    const buffer = this.#btf.find(btfKind.struct, 'sk_buff')
    if (buffer === undefined) throw this.#problem(root, 'this kernel tells no fields of struct sk_buff.')
    // As if something pointed at it: the first arrow costs no step.
    this.#type = buffer
    let isFirst = true
    while (this.#next < this.#tokens.length) {
      const link = this.#take()
      if (link.text === '->' || link.text === '.') this.#enter(link, isFirst)
      else if (link.text === '[' && !isFirst) this.#index()
      else throw this.#problem(link, `"${link.text}" is neither ->FIELD, .FIELD nor [NUMBER].`)
      isFirst = false
    }
    if (isFirst)
      throw this.#problem(root, 'it names no field of the buffer.', ['Such as skb->mark or skb->dev->ifindex.'])
    return this.#value()
  }

  #enter(link: Token, isFirst: boolean): void {
    const field = this.#take()
    const type = this.#btf.resolve(this.#type)
    const isPointer = this.#btf.kind(type) === btfKind.ptr
    const before = this.#text.slice(0, link.at).trimEnd()
    if (isFirst && link.text === '.')
      throw this.#problem(link, `${before} is a pointer: write ${before}->${field.text}.`)
    if (isPointer) {
      if (link.text === '.') throw this.#problem(link, `${before} is a pointer: write -> instead of the point.`)
      this.#follow(type, link)
    }
    const struct = this.#btf.resolve(this.#type)
    const kind = this.#btf.kind(struct)
    if (kind !== btfKind.struct && kind !== btfKind.union) {
      const what =
        kind === btfKind.fwd
          ? `is a struct ${this.#btf.name(struct)}, whose fields this kernel does not tell`
          : `is ${this.#describe(this.#type)} and has no fields`
      throw this.#problem(link, `${before} ${what}.`)
    }
    if (!isFirst && !isPointer && link.text === '->') {
      throw this.#problem(link, `${before} is no pointer: write . instead of ->.`)
    }
    const member = /^\w/.test(field.text) ? this.#member(struct, field.text, 0) : undefined
    if (member === undefined) throw this.#noField(struct, field)
    this.#bit += member.bit
    this.#bits = member.bits
    this.#type = member.type
  }

  #index(): void {
    const number = this.#take()
    if (!/^\d+$/.test(number.text)) throw this.#problem(number, 'a number stands in the brackets.')
    const close = this.#take()
    if (close.text !== ']') throw this.#problem(close, 'the bracket is not closed.')
    const index = Number(number.text)
    const type = this.#btf.resolve(this.#type)
    const kind = this.#btf.kind(type)
    if (kind === btfKind.ptr) this.#follow(type, number)
    else if (kind !== btfKind.array) throw this.#problem(number, `it is ${this.#describe(this.#type)}, not an array.`)
    else {
      const length = this.#btf.arrayLength(type)
      // Of length 0 are those that end a structure and are as long as it was made.
      if (length > 0 && index >= length) {
        throw this.#problem(number, `the array has ${length} elements, [0] to [${length - 1}].`)
      }
      this.#type = this.#btf.view.getUint32(this.#btf.at(type) + TYPE_BYTES, true)
    }
    const bytes = index * this.#sizeOf(this.#type, number)
    if (bytes > 0xffff) throw this.#problem(number, 'that is too far away.')
    this.#bit += 8 * bytes
  }

  /** Ends a step at a pointer; what it points to is next. */
  #follow(pointer: number, place: Token): void {
    if (this.#offsets.length + 1 >= MOST_META_STEPS) {
      throw this.#problem(place, `the way leads over more than ${MOST_META_STEPS - 1} pointers.`)
    }
    this.#offsets.push(this.#bit / 8)
    this.#bit = 0
    this.#bits = 0
    this.#type = this.#btf.sizeOrType(pointer)
    if (this.#btf.resolve(this.#type) === 0)
      throw this.#problem(place, 'the kernel does not tell what it points to (void).')
  }

  #member(struct: number, name: string, depth: number): Member | undefined {
    const btf = this.#btf
    const at = btf.at(struct)
    // kind_flag: offsets hold the width of bit fields in their upper 8 bits.
    const hasWidths = btf.view.getUint8(at + 7) >>> 7 === 1
    for (let i = 0; i < btf.memberCount(struct); i++) {
      const field = at + TYPE_BYTES + FIELD_BYTES * i
      const fieldName = btf.text(btf.view.getUint32(field, true))
      const type = btf.view.getUint32(field + 4, true)
      const place = btf.view.getUint32(field + 8, true)
      const bit = hasWidths ? place & 0xff_ffff : place
      if (fieldName === name) return { type, bit, bits: hasWidths ? place >>> 24 : 0 }
      if (fieldName !== '' || depth > DEEPEST) continue
      const inner = btf.resolve(type)
      if (btf.kind(inner) !== btfKind.struct && btf.kind(inner) !== btfKind.union) continue
      const found = this.#member(inner, name, depth + 1)
      if (found) return { ...found, bit: bit + found.bit }
    }
    return undefined
  }

  #fields(struct: number, depth = 0): string[] {
    const btf = this.#btf
    const names: string[] = []
    for (let i = 0; i < btf.memberCount(struct); i++) {
      const field = btf.at(struct) + TYPE_BYTES + FIELD_BYTES * i
      const name = btf.text(btf.view.getUint32(field, true))
      const inner = btf.resolve(btf.view.getUint32(field + 4, true))
      if (name !== '') names.push(name)
      else if (depth < DEEPEST && (btf.kind(inner) === btfKind.struct || btf.kind(inner) === btfKind.union)) {
        names.push(...this.#fields(inner, depth + 1))
      }
    }
    return names
  }

  #value(): MetaPath {
    const btf = this.#btf
    const type = btf.resolve(this.#type)
    const kind = btf.kind(type)
    const last = this.#tokens.at(-1)!
    if (kind === btfKind.struct || kind === btfKind.union) {
      const some = this.#fields(type).slice(0, 6).join(', ')
      throw this.#problem(last, `it is ${this.#describe(this.#type)}: name a field of it.`, [`It has ${some}.`])
    }
    if (kind === btfKind.array) {
      throw this.#problem(last, `it is an array of ${btf.arrayLength(type)}: choose one, such as [0].`)
    }
    const whole = this.#sizeOf(type, last)
    const isInt = kind === btfKind.int
    // BTF_INT_SIGNED; an enumeration's kind_flag says the same.
    const signed = isInt
      ? ((btf.view.getUint32(btf.at(type) + TYPE_BYTES, true) >>> 24) & 1) === 1
      : (kind === btfKind.enum || kind === btfKind.enum64) && btf.view.getUint8(btf.at(type) + 7) >>> 7 === 1
    const bits = this.#bits === 0 ? 8 * whole : this.#bits
    for (const bytes of [1, 2, 4, 8] as const) {
      const begin = Math.floor(this.#bit / (8 * bytes)) * bytes
      const bitOffset = this.#bit - 8 * begin
      if (bitOffset + bits > 8 * bytes) continue
      const bigEndian = this.#bits === 0 && this.#isBigEndian()
      return { text: this.#text, offsets: [...this.#offsets, begin], bytes, bitOffset, bits, signed, bigEndian }
    }
    throw this.#problem(last, `it is ${this.#describe(this.#type)}, more than the 8 bytes that can be told.`)
  }

  /** Whether one of the names on the way to the type is that of a number in network order. */
  #isBigEndian(): boolean {
    const btf = this.#btf
    const end = btf.resolve(this.#type)
    for (let type = this.#type; type !== end; type = btf.sizeOrType(type)) {
      if (btf.kind(type) === btfKind.typedef && /^__be(16|32|64)$/.test(btf.name(type))) return true
    }
    return false
  }

  #sizeOf(type: number, place: Token): number {
    const resolved = this.#btf.resolve(type)
    const kind = this.#btf.kind(resolved)
    const hasSize = kind !== btfKind.fwd && kind !== btfKind.funcProto && kind !== 0
    if (!hasSize) throw this.#problem(place, `it is ${this.#describe(type)}, whose size this kernel does not tell.`)
    return this.#btf.size(resolved)
  }

  #describe(type: number): string {
    const resolved = this.#btf.resolve(type)
    const name = this.#btf.name(resolved)
    switch (this.#btf.kind(resolved)) {
      case btfKind.struct:
      case btfKind.union:
      case btfKind.fwd:
        return name === '' ? 'a structure' : `a struct ${name}`
      case btfKind.ptr:
        return 'a pointer'
      case btfKind.array:
        return 'an array'
      case btfKind.enum:
      case btfKind.enum64:
        return `an enum ${name}`
      case btfKind.funcProto:
        return 'a function'
      default:
        return name === '' ? 'a number' : `a number (${name})`
    }
  }

  #take(): Token {
    return this.#tokens[this.#next++] ?? { at: this.#text.length, text: '' }
  }

  #noField(struct: number, field: Token): InputError {
    const fields = this.#fields(struct)
    const owner = this.#btf.name(struct) === '' ? 'that structure' : `struct ${this.#btf.name(struct)}`
    const near = didYouMean(field.text, fields) ?? `It has ${fields.slice(0, 6).join(', ')} and others.`
    const what =
      field.text === '' ? `a field of ${owner} is missing.` : `${owner} of this kernel has no field "${field.text}".`
    return this.#problem(field, what, [near])
  }

  #problem({ at, text }: Token, message: string, nextSteps: readonly string[] = []): InputError {
    const shown = this.#text.replace(/[\s\p{C}]/gu, ' ')
    const mark = ' '.repeat(at) + '^'.repeat(Math.max(1, text.length))
    return new InputError(`--meta is wrong: ${message}\n  ${shown}\n  ${mark}`, nextSteps)
  }
}
