// Owns one call's attributes (union bpf_attr) and the memory that they point to. See bpf.ts for the folder.

import type { Arena } from '../../sys/arena.ts'

/** enum bpf_cmd: linux/bpf.h. */
export const command = {
  mapCreate: 0,
  mapLookup: 1,
  mapUpdate: 2,
  mapDelete: 3,
  mapNextKey: 4,
  programLoad: 5,
  programTestRun: 10,
  infoByFd: 15,
  programQuery: 16,
  rawTracepointOpen: 17,
  btfLoad: 18,
  mapFreeze: 22,
  linkCreate: 28,
} as const

/** The longest layout that is used, PROG_LOAD's; shorter ones are followed by zeros, which every kernel takes. */
export const ATTR_BYTES = 144
const NAME_BYTES = 16
/** One call's attributes and what they point to: an arena for as long as the call takes. */
export class Attr {
  readonly #arena: Arena
  readonly at: number

  constructor(arena: Arena) {
    this.#arena = arena
    this.at = arena.take(ATTR_BYTES)
  }

  get view(): DataView {
    return this.#arena.view
  }

  u32(offset: number, value: number): this {
    this.#arena.view.setUint32(this.at + offset, value, true)
    return this
  }

  u64(offset: number, value: bigint): this {
    this.#arena.view.setBigUint64(this.at + offset, value, true)
    return this
  }

  /** The address of a place in the arena. */
  pointer(offset: number, to: number): this {
    this.#arena.point(this.at + offset, to)
    return this
  }

  /** Copies bytes behind the attributes and writes their address; 0 for none. */
  bytes(offset: number, bytes: Uint8Array): this {
    if (bytes.length === 0) return this
    const to = this.#arena.take(bytes.length)
    this.#arena.bytes.set(bytes, to)
    return this.pointer(offset, to)
  }

  /** A text with its zero, likewise. */
  text(offset: number, text: string): this {
    return this.bytes(offset, new TextEncoder().encode(`${text}\0`))
  }

  /** Copies `count` texts, each with its zero, and writes the address of an array of their addresses. */
  texts(offset: number, texts: Uint8Array, count: number): this {
    const first = this.#arena.take(texts.length)
    this.#arena.bytes.set(texts, first)
    const array = this.#arena.take(8 * count)
    for (let i = 0, at = 0; i < count; i++) {
      this.#arena.point(array + 8 * i, first + at)
      at = texts.indexOf(0, at) + 1
    }
    return this.pointer(offset, array)
  }

  /** A name in its place, cut to 15 characters, of those that the kernel allows. */
  name(offset: number, name: string): this {
    const allowed = name.replace(/[^A-Za-z0-9_.]/g, '_').slice(0, NAME_BYTES - 1)
    for (let i = 0; i < allowed.length; i++) this.#arena.bytes[this.at + offset + i] = allowed.charCodeAt(i)
    return this
  }

  take(bytes: number): number {
    return this.#arena.take(bytes)
  }

  /** Text that the kernel wrote at a place of the arena. */
  textAt(at: number, most: number): string {
    const { bytes } = this.#arena
    const end = bytes.subarray(at, at + most).indexOf(0)
    return new TextDecoder().decode(bytes.slice(at, at + (end < 0 ? most : end)))
  }
}
