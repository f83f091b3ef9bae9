// Owns BTF, the types of C in binary: an index of the types, their names and sizes. Pure; bytes may be hostile. The same for a
// BPF object's few hundred types and the kernel's hundred thousand. See bpf.ts for the folder.

import { ObjectError, textAt, viewOf } from './elf.ts'

/** BTF_KIND_*: the kernel's Documentation/bpf/btf.rst. */
export const btfKind = {
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  funcProto: 13,
  var: 14,
  datasec: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const

const MAGIC = 0xeb9f
const HEADER_BYTES = 24
/** Bytes of a type before what its kind adds: name, info, size or type. */
export const TYPE_BYTES = 12
/** By kind: bytes added once, and bytes added for each member (vlen). */
const addedBytes = Uint8Array.of(0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0)
const memberBytes = Uint8Array.of(0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12)
/** Chains of typedef and const are shorter; a hostile one may be a circle. */
const LONGEST_CHAIN = 32

/** Types of one BTF blob; ids are those of the blob it stands on (a module's on the kernel's) and its own behind them. */
export class Btf {
  readonly view: DataView
  /** Ids are smaller. Id 0 is void. */
  readonly count: number
  /** Bytes of all names, those of the base included: where the names of a blob on top of this one begin. */
  readonly namesEnd: number
  readonly #bytes: Uint8Array
  readonly #base: Btf | undefined
  readonly #firstId: number
  readonly #names: Uint8Array
  readonly #namesBegin: number
  /** Where each type begins, own ones only. */
  readonly #at: Uint32Array

  /** @throws ObjectError */
  constructor(bytes: Uint8Array, base?: Btf) {
    const view = viewOf(bytes)
    if (bytes.length < HEADER_BYTES || view.getUint16(0, true) !== MAGIC)
      throw new ObjectError('its types (BTF) are damaged')
    const header = view.getUint32(4, true)
    const typesAt = header + view.getUint32(8, true)
    const typesEnd = typesAt + view.getUint32(12, true)
    const namesAt = header + view.getUint32(16, true)
    const namesEnd = namesAt + view.getUint32(20, true)
    if (typesEnd > bytes.length || namesEnd > bytes.length) throw new ObjectError('its types (BTF) are cut off')
    this.view = view
    this.#bytes = bytes
    this.#base = base
    this.#names = bytes.subarray(namesAt, namesEnd)
    this.#namesBegin = base?.namesEnd ?? 0
    this.namesEnd = this.#namesBegin + this.#names.length
    this.#firstId = base?.count ?? 1
    this.#at = indexTypes(view, typesAt, typesEnd)
    this.count = this.#firstId + this.#at.length
  }

  /** The whole blob. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** First id that is not the base's. */
  get firstId(): number {
    return this.#firstId
  }

  /** Offset in `view` of an own type. @throws ObjectError for an id of the base or beyond the last */
  at(id: number): number {
    const at = this.#at[id - this.#firstId]
    if (at === undefined) throw new ObjectError(`type ${id} of ${this.count} (BTF) is named and is not there`)
    return at
  }

  /** Whose `view` holds a type: this blob, or one below it. */
  ownerOf(id: number): Btf {
    const owner = this.#owner(id)
    return owner === this ? this : owner.ownerOf(id)
  }

  /** As find, in the blobs below as well, the lowest first. */
  findBelow(kind: number, name: string): number | undefined {
    return this.#base?.findBelow(kind, name) ?? this.find(kind, name)
  }

  #owner(id: number): Btf {
    return this.#base !== undefined && id < this.#firstId ? this.#base : this
  }

  kind(id: number): number {
    if (id === 0) return 0
    const owner = this.#owner(id)
    return owner === this ? this.view.getUint8(this.at(id) + 7) & 0x1f : owner.kind(id)
  }

  /** Members, values, parameters: how many. */
  memberCount(id: number): number {
    return this.view.getUint16(this.at(id) + 4, true)
  }

  /** The third word: a size or a type, by kind. */
  sizeOrType(id: number): number {
    const owner = this.#owner(id)
    return owner === this ? this.view.getUint32(this.at(id) + 8, true) : owner.sizeOrType(id)
  }

  name(id: number): string {
    if (id === 0) return ''
    const owner = this.#owner(id)
    return owner === this ? this.text(this.view.getUint32(this.at(id), true)) : owner.name(id)
  }

  /** The name at an offset of the names. */
  text(at: number): string {
    return at < this.#namesBegin ? this.#base!.text(at) : textAt(this.#names, at - this.#namesBegin)
  }

  /** First own type of a kind with this name; undefined where there is none. One pass over the types, a millisecond for 100,000. */
  find(kind: number, name: string): number | undefined {
    const wanted = new TextEncoder().encode(`${name}\0`)
    const { view } = this
    for (let i = 0; i < this.#at.length; i++) {
      const at = this.#at[i]!
      if ((view.getUint8(at + 7) & 0x1f) === kind && this.#isNamed(view.getUint32(at, true), wanted))
        return this.#firstId + i
    }
    return undefined
  }

  #isNamed(at: number, wanted: Uint8Array): boolean {
    // A module's type may have a name that the kernel's blob holds already.
    if (at < this.#namesBegin) return this.#base!.#isNamed(at, wanted)
    const names = this.#names
    const from = at - this.#namesBegin
    for (let i = 0; i < wanted.length; i++) if (names[from + i] !== wanted[i]) return false
    return true
  }

  /** The type behind typedef, const, volatile, restrict and tags. @throws ObjectError for a circle */
  resolve(id: number): number {
    for (let i = 0; i < LONGEST_CHAIN; i++) {
      switch (this.kind(id)) {
        case btfKind.typedef:
        case btfKind.const:
        case btfKind.volatile:
        case btfKind.restrict:
        case btfKind.typeTag:
          id = this.sizeOrType(id)
          break
        default:
          return id
      }
    }
    throw new ObjectError(`type ${id} (BTF) goes round in a circle`)
  }

  /** sizeof of a type. @throws ObjectError for what has no size */
  size(id: number): number {
    let count = 1
    for (let i = 0; i < LONGEST_CHAIN; i++) {
      const type = this.resolve(id)
      switch (this.kind(type)) {
        case btfKind.int:
        case btfKind.struct:
        case btfKind.union:
        case btfKind.enum:
        case btfKind.enum64:
        case btfKind.float:
        case btfKind.datasec:
          return checkSize(count * this.sizeOrType(type))
        case btfKind.ptr:
          return checkSize(count * 8)
        case btfKind.array:
          count = checkSize(count * this.arrayLength(type))
          id = this.view.getUint32(this.at(type) + TYPE_BYTES, true)
          break
        case btfKind.var:
          id = this.sizeOrType(type)
          break
        default:
          throw new ObjectError(`type ${id} (BTF) has no size`)
      }
    }
    throw new ObjectError(`type ${id} (BTF) is an array without end`)
  }

  /** Elements of an array. */
  arrayLength(id: number): number {
    return this.view.getUint32(this.at(id) + TYPE_BYTES + 8, true)
  }
}

function checkSize(bytes: number): number {
  if (bytes > 0xffffffff) throw new ObjectError(`a type (BTF) claims ${bytes} bytes`)
  return bytes
}

/** One pass that finds where each type begins. Room for the shortest types is taken first, then what was found is kept. */
function indexTypes(view: DataView, begin: number, end: number): Uint32Array {
  const found = new Uint32Array(Math.floor((end - begin) / TYPE_BYTES))
  let count = 0
  let at = begin
  while (at + TYPE_BYTES <= end) {
    const info = view.getUint32(at + 4, true)
    const kind = (info >>> 24) & 0x1f
    if (kind === 0 || kind >= addedBytes.length) throw new ObjectError(`a type (BTF) is of the unknown kind ${kind}`)
    found[count++] = at
    at += TYPE_BYTES + addedBytes[kind]! + memberBytes[kind]! * (info & 0xffff)
    if (at > end) throw new ObjectError('its types (BTF) are cut off')
  }
  if (at !== end) throw new ObjectError('its types (BTF) are cut off')
  return found.slice(0, count)
}
