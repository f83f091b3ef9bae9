// Owns a bounded set of keys of a few 32-bit words: key → slot number, least recently used first out. Knows nothing of
// what its users keep in their own arrays at the slot. Start at find and insert.

import { longerWords } from './columns.ts'

/** Slots at the start; doubled as they fill up, never beyond the bound. */
export const FIRST_CAPACITY = 64

/** Who keeps columns beside a Slots. */
export interface SlotUser {
  /** There are `capacity` slots now: columns must be as long. */
  grown(capacity: number): void
  /** The slot is about to be given to another key. */
  evicted(slot: number): void
}

/**
 * An open-addressing hash over typed arrays. Fill `probe` with a key, then `find`, then `insert` where that gave -1.
 * The hash is seeded, so that a sender can't choose addresses that collide.
 */
export class Slots {
  /** The key to look for; the caller writes all of its words. */
  readonly probe: Uint32Array
  /** Keys of all slots, `width` words each. */
  keys: Uint32Array
  capacity = FIRST_CAPACITY
  /** Slots in use. */
  count = 0
  /** Keys that were pushed out by the bound. */
  evictions = 0
  readonly most: number
  readonly #width: number
  readonly #user: SlotUser
  readonly #seed: number
  /** Slot + 1 by place, 0 for an empty place; twice as many places as slots. */
  #places = new Int32Array(FIRST_CAPACITY * 2)
  #hashes = new Uint32Array(FIRST_CAPACITY)
  /** Order of use, as a list: each slot's neighbours, -1 at the ends. A free slot is not in it. */
  #newer = new Int32Array(FIRST_CAPACITY)
  #older = new Int32Array(FIRST_CAPACITY)
  #newest = -1
  #oldest = -1
  /** Slots that were never used start here; removed ones are linked through #older from #free. */
  #fresh = 0
  #free = -1

  constructor(width: number, most: number, user: SlotUser, seed = Math.floor(Math.random() * 0x100000000)) {
    if (!(most >= 1 && most <= 0x1000000)) throw new RangeError(`bound ${most}, needed 1 to 16777216`)
    this.#width = width
    this.most = most
    this.#user = user
    this.#seed = seed
    this.probe = new Uint32Array(width)
    this.keys = new Uint32Array(FIRST_CAPACITY * width)
  }

  /** The slot of the key in `probe`, or -1. Does not count as use. */
  find(): number {
    const { probe, keys } = this
    const places = this.#places
    const width = this.#width
    const mask = places.length - 1
    const hash = this.#hash()
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const slot = places[i]! - 1
      if (slot < 0) return -1
      if (this.#hashes[slot] !== hash) continue
      const at = slot * width
      let k = 0
      while (k < width && keys[at + k] === probe[k]) k++
      if (k === width) return slot
    }
  }

  /** Takes a slot for the key in `probe`, which must not be there. The columns at the slot hold what was there before. */
  insert(): number {
    let slot: number
    if (this.count === this.most) {
      slot = this.#oldest
      this.evictions++
      this.#user.evicted(slot)
      this.remove(slot)
    }
    if (this.#free >= 0) {
      slot = this.#free
      this.#free = this.#older[slot]!
    } else {
      slot = this.#fresh++
      if (slot === this.capacity) this.#grow()
    }
    const hash = this.#hash()
    this.keys.set(this.probe, slot * this.#width)
    this.#hashes[slot] = hash
    this.#place(slot, hash)
    this.#link(slot)
    this.count++
    return slot
  }

  /** Makes the slot the most recently used one. */
  touch(slot: number): void {
    if (slot === this.#newest) return
    this.#unlink(slot)
    this.#link(slot)
  }

  /** Frees the slot. `evicted` is not called. */
  remove(slot: number): void {
    this.#displace(slot)
    this.#unlink(slot)
    this.#older[slot] = this.#free
    this.#free = slot
    this.count--
  }

  /** The slots in use, most recently used first. */
  *slots(): Generator<number> {
    for (let slot = this.#newest; slot >= 0; slot = this.#older[slot]!) yield slot
  }

  #hash(): number {
    let h = this.#seed
    for (let k = 0; k < this.#width; k++) {
      h = Math.imul(h ^ this.probe[k]!, 0x9e3779b1)
      h ^= h >>> 15
    }
    h = Math.imul(h, 0x85ebca6b)
    return (h ^ (h >>> 13)) >>> 0
  }

  #place(slot: number, hash: number): void {
    const places = this.#places
    const mask = places.length - 1
    let i = hash & mask
    while (places[i] !== 0) i = (i + 1) & mask
    places[i] = slot + 1
  }

  /** Empties the slot's place and moves those behind it up, so that no search ends too early. */
  #displace(slot: number): void {
    const places = this.#places
    const mask = places.length - 1
    let hole = this.#hashes[slot]! & mask
    while (places[hole] !== slot + 1) hole = (hole + 1) & mask
    for (let i = (hole + 1) & mask; places[i] !== 0; i = (i + 1) & mask) {
      const home = this.#hashes[places[i]! - 1]! & mask
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        places[hole] = places[i]!
        hole = i
      }
    }
    places[hole] = 0
  }

  #link(slot: number): void {
    this.#newer[slot] = -1
    this.#older[slot] = this.#newest
    if (this.#newest >= 0) this.#newer[this.#newest] = slot
    else this.#oldest = slot
    this.#newest = slot
  }

  #unlink(slot: number): void {
    const newer = this.#newer[slot]!
    const older = this.#older[slot]!
    if (newer >= 0) this.#older[newer] = older
    else this.#newest = older
    if (older >= 0) this.#newer[older] = newer
    else this.#oldest = newer
  }

  #grow(): void {
    const capacity = Math.min(this.capacity * 2, Math.max(this.most, FIRST_CAPACITY))
    let places = this.#places.length
    while (places < capacity * 2) places *= 2
    const longer = (column: Int32Array) => {
      const copy = new Int32Array(capacity)
      copy.set(column)
      return copy
    }
    this.keys = longerWords(this.keys, capacity * this.#width)
    this.#hashes = longerWords(this.#hashes, capacity)
    this.#newer = longer(this.#newer)
    this.#older = longer(this.#older)
    this.#places = new Int32Array(places)
    this.capacity = capacity
    for (const slot of this.slots()) this.#place(slot, this.#hashes[slot]!)
    this.#user.grown(capacity)
  }
}
