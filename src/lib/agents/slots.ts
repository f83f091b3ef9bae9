// Owns a bounded set of keys of a few 32-bit words: key → slot number, least recently used first out. Knows nothing of
// what its users keep in their own arrays at the slot. Start at find and insert.

import { longerNumbers, longerWords } from './columns.ts'

/** Slots at the start; doubled as they fill up, never beyond the bound. */
export const FIRST_CAPACITY = 64

/** Who keeps columns beside a Slots. */
export interface SlotUser {
  /** There are `capacity` slots now: columns must be as long. */
  grown(capacity: number): void
  /** The slot is about to be given to another key. */
  evicted(slot: number): void
}

/** Of those that push no key out (`findOrInsert`), and see to their columns themselves. */
export const keepsAll: SlotUser = Object.freeze({ grown() {}, evicted() {} })

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
  /**
   * Pairs of slot + 1 (0 for an empty place) and the key's hash, side by side for the cache; at least twice as many
   * places as slots.
   */
  #places = new Uint32Array(FIRST_CAPACITY * 4)
  #mask = FIRST_CAPACITY * 2 - 1
  /** When each slot was last used, as a count of uses. 0: free. */
  #used = new Float64Array(FIRST_CAPACITY)
  #uses = 0
  /**
   * Order of use as a list of neighbours, -1 at the ends. It costs more than all the rest of a look-up, so it is made
   * only when the bound is first reached, out of #used.
   */
  #ordered = false
  #newer = new Int32Array(0)
  #older = new Int32Array(0)
  #newest = -1
  #oldest = -1
  /** Slots that were never used start here; removed ones are in #free. */
  #fresh = 0
  readonly #free: number[] = []

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
    const mask = this.#mask
    const hash = this.#hash()
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const slot = places[2 * i]! - 1
      if (slot < 0) return -1
      if (places[2 * i + 1] !== hash) continue
      const at = slot * width
      let k = 0
      while (k < width && keys[at + k] === probe[k]) k++
      if (k === width) return slot
    }
  }

  /** Takes a slot for the key in `probe`, which must not be there. The columns at the slot hold what was there before. */
  insert(): number {
    if (this.count === this.most) this.#evict()
    let slot = this.#free.pop()
    if (slot === undefined) {
      slot = this.#fresh++
      if (slot === this.capacity) this.#grow()
    }
    this.keys.set(this.probe, slot * this.#width)
    this.#place(slot, this.#hash())
    this.#used[slot] = ++this.#uses
    if (this.#ordered) this.#link(slot)
    this.count++
    return slot
  }

  /** The slot of the key in `probe`, taken where it has none; -1 where all are in use: no other key is pushed out. */
  findOrInsert(): number {
    const slot = this.find()
    return slot >= 0 || this.count === this.most ? slot : this.insert()
  }

  /** Makes the slot the most recently used one. */
  touch(slot: number): void {
    this.#used[slot] = ++this.#uses
    if (!this.#ordered || slot === this.#newest) return
    this.#unlink(slot)
    this.#link(slot)
  }

  /** Frees the slot. `evicted` is not called. */
  remove(slot: number): void {
    this.#displace(slot)
    if (this.#ordered) this.#unlink(slot)
    this.#used[slot] = 0
    this.#free.push(slot)
    this.count--
  }

  /** The slots in use, most recently used first. */
  slots(): number[] {
    const used = this.#used
    const slots: number[] = []
    for (let slot = 0; slot < this.#fresh && slot < used.length; slot++) if (used[slot]! > 0) slots.push(slot)
    return slots.sort((a, b) => used[b]! - used[a]!)
  }

  #evict(): void {
    if (!this.#ordered) {
      this.#ordered = true
      this.#newer = new Int32Array(this.capacity)
      this.#older = new Int32Array(this.capacity)
      for (const slot of this.slots().reverse()) this.#link(slot)
    }
    const slot = this.#oldest
    this.evictions++
    this.#user.evicted(slot)
    this.remove(slot)
  }

  #hash(): number {
    return hashWords(this.probe, 0, this.#width, this.#seed)
  }

  #place(slot: number, hash: number): void {
    const places = this.#places
    const mask = this.#mask
    let i = hash & mask
    while (places[2 * i] !== 0) i = (i + 1) & mask
    places[2 * i] = slot + 1
    places[2 * i + 1] = hash
  }

  /** Empties the slot's place and moves those behind it up, so that no search ends too early. */
  #displace(slot: number): void {
    const places = this.#places
    const mask = this.#mask
    let hole = hashWords(this.keys, slot * this.#width, this.#width, this.#seed) & mask
    while (places[2 * hole] !== slot + 1) hole = (hole + 1) & mask
    for (let i = (hole + 1) & mask; places[2 * i] !== 0; i = (i + 1) & mask) {
      const home = places[2 * i + 1]! & mask
      if (((i - home) & mask) < ((i - hole) & mask)) continue
      places[2 * hole] = places[2 * i]!
      places[2 * hole + 1] = places[2 * i + 1]!
      hole = i
    }
    places[2 * hole] = 0
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

  /** Before the bound is reached, so there is no list yet. */
  #grow(): void {
    const old = this.#places
    this.capacity = Math.min(this.capacity * 2, this.most)
    while (this.#mask < this.capacity * 2 - 1) this.#mask = this.#mask * 2 + 1
    this.keys = longerWords(this.keys, this.capacity * this.#width)
    this.#used = longerNumbers(this.#used, this.capacity)
    this.#places = new Uint32Array((this.#mask + 1) * 2)
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0) this.#place(old[i]! - 1, old[i + 1]!)
    this.#user.grown(this.capacity)
  }
}

function hashWords(words: Uint32Array, from: number, count: number, seed: number): number {
  let h = seed
  for (let k = from; k < from + count; k++) {
    h = Math.imul(h ^ words[k]!, 0x9e3779b1)
    h ^= h >>> 15
  }
  h = Math.imul(h, 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}
