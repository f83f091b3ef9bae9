// Owns texts of keys as numbers, each text once. Bounded: what a network sends can't grow it. Start at Texts.intern.

import { KEY_TEXT_BYTES } from '../attributes/attribute.ts'

const FIRST_TEXTS = 64
const FIRST_BYTES = 4096

export interface TextBounds {
  readonly texts: number
  readonly bytes: number
}

const usual: TextBounds = { texts: 1 << 20, bytes: 1 << 26 }

/** A number keeps its text as long as the table lives. */
export class Texts {
  /** A text was refused: there are too many. */
  hit = false
  /** Texts that are known; their numbers are 0 to count - 1. */
  count = 0
  readonly #bounds: TextBounds
  readonly #seed: number
  #bytes = new Uint8Array(FIRST_BYTES)
  /** First byte of each text, and one past the last one of the last. */
  #from = new Uint32Array(FIRST_TEXTS + 1)
  #hashes = new Int32Array(FIRST_TEXTS)
  /** Number + 1 by hash; at least twice as many places as texts. */
  #places = new Int32Array(FIRST_TEXTS * 2)

  constructor(seed: number, bounds: TextBounds = usual) {
    this.#seed = seed
    this.#bounds = bounds
  }

  /** The number of a text, cut to KEY_TEXT_BYTES; -1 where no more can be remembered. */
  intern(source: Uint8Array, at: number, length: number): number {
    const size = length > KEY_TEXT_BYTES ? KEY_TEXT_BYTES : length
    let hash = this.#seed ^ size
    for (let i = at, end = at + size; i < end; i++) hash = Math.imul(hash ^ source[i]!, 0x01000193)
    hash ^= hash >>> 15
    const places = this.#places
    const mask = places.length - 1
    const hashes = this.#hashes
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const text = places[i]! - 1
      if (text < 0) return this.#add(source, at, size, hash)
      if (hashes[text] === hash && this.#equal(text, source, at, size)) return text
    }
  }

  /** Bytes that are no UTF-8 give U+FFFD. */
  text(number: number): string {
    return new TextDecoder().decode(this.bytes(number))
  }

  /** Valid until the next intern. */
  bytes(number: number): Uint8Array {
    return this.#bytes.subarray(this.#from[number]!, this.#from[number + 1]!)
  }

  #equal(text: number, source: Uint8Array, at: number, size: number): boolean {
    const from = this.#from[text]!
    if (this.#from[text + 1]! - from !== size) return false
    const bytes = this.#bytes
    for (let i = 0; i < size; i++) if (bytes[from + i] !== source[at + i]) return false
    return true
  }

  #add(source: Uint8Array, at: number, size: number, hash: number): number {
    const number = this.count
    const from = this.#from[number]!
    if (number === this.#bounds.texts || from + size > this.#bounds.bytes) {
      this.hit = true
      return -1
    }
    if (from + size > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(this.#bytes.length * 2, from + size))
      longer.set(this.#bytes)
      this.#bytes = longer
    }
    for (let i = 0; i < size; i++) this.#bytes[from + i] = source[at + i]!
    if (number === this.#hashes.length) this.#grow()
    this.#from[number + 1] = from + size
    this.#hashes[number] = hash
    this.count = number + 1
    this.#place(number, hash)
    return number
  }

  #place(number: number, hash: number): void {
    const places = this.#places
    const mask = places.length - 1
    let i = hash & mask
    while (places[i] !== 0) i = (i + 1) & mask
    places[i] = number + 1
  }

  #grow(): void {
    const size = this.#hashes.length * 2
    const from = new Uint32Array(size + 1)
    from.set(this.#from)
    const hashes = new Int32Array(size)
    hashes.set(this.#hashes)
    this.#from = from
    this.#hashes = hashes
    this.#places = new Int32Array(size * 2)
    for (let i = 0; i < this.count; i++) this.#place(i, hashes[i]!)
  }
}
