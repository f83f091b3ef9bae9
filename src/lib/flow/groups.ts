// Owns joining the entries of a window to flows: those of one key, and with an owner (agent, data source) of one owner.
// Knows no estimate. Start at Groups.

import type { FlowTable } from './table.ts'
import { segmentHash } from './values.ts'

/** Entries that are looked up together, see drainOf in compile.ts. */
const BATCH = 64

/** Entries by key, numbered as they were met. */
export class Groups {
  count = 0
  /** Entries that count. */
  entries = 0
  /** By entry: its group, -1 where it does not count. */
  readonly of: Int32Array
  /** By group: its first entry. */
  readonly first: Int32Array
  /** Keeps the engine from leaving loads out. */
  touched = 0
  readonly #table: FlowTable
  readonly #places: Int32Array
  readonly #hashes: Int32Array

  /** @param ownerOf by segment: below 0 where its samples do not count */
  constructor(table: FlowTable, ownerOf: Int32Array) {
    const { count } = table
    this.#table = table
    this.of = new Int32Array(count)
    this.first = new Int32Array(count)
    this.#hashes = new Int32Array(count)
    let places = 16
    while (places < count * 2) places *= 2
    this.#places = new Int32Array(places)
    const hashes = new Int32Array(BATCH)
    for (let e = 0; e < count; e += BATCH) this.#join(e, Math.min(e + BATCH, count), ownerOf, hashes)
  }

  #join(from: number, to: number, ownerOf: Int32Array, hashes: Int32Array): void {
    const table = this.#table
    const { words, stride } = table
    const { of, first } = this
    const places = this.#places
    const mask = places.length - 1
    let touched = 0
    for (let e = from; e < to; e++) {
      // The entry's hash without its segment: that of the key.
      const h = table.hashes[e]! ^ segmentHash(table.words[e * table.stride]!)
      hashes[e - from] = h
      touched ^= places[h & mask]!
    }
    for (let i = 0; i < to - from; i++) {
      const group = places[hashes[i]! & mask]! - 1
      if (group >= 0) touched ^= words[first[group]! * stride]!
    }
    this.touched = touched
    for (let e = from; e < to; e++) {
      if (ownerOf[words[e * stride]!]! < 0) {
        of[e] = -1
        continue
      }
      this.entries++
      of[e] = this.#find(e, hashes[e - from]!)
    }
  }

  #find(entry: number, h: number): number {
    const { words, stride, keyWords } = this.#table
    const at = entry * stride
    const places = this.#places
    const mask = places.length - 1
    for (let i = h & mask; ; i = (i + 1) & mask) {
      const group = places[i]! - 1
      if (group < 0) {
        const made = this.count++
        this.first[made] = entry
        this.#hashes[made] = h
        places[i] = made + 1
        return made
      }
      if (this.#hashes[group] !== h) continue
      const other = this.first[group]! * stride
      let k = 1
      while (k < keyWords && words[other + k] === words[at + k]) k++
      if (k === keyWords) return group
    }
  }
}

/** Groups of one key, parted by owner. */
export class OwnedGroups {
  count = 0
  /** By entry: its group, -1 where it does not count. */
  readonly of: Int32Array
  /** By group: its first entry, its owner, and its number among the groups by key. */
  readonly first: Int32Array
  readonly owner: Int32Array
  readonly key: Int32Array

  /** @param ownerOf by segment: the owner, 0 or more where its samples count */
  constructor(table: FlowTable, keys: Groups, ownerOf: Int32Array) {
    const { count, words, stride } = table
    this.owner = new Int32Array(keys.entries)
    this.key = new Int32Array(keys.entries)
    if (keys.count === keys.entries) {
      // Each key has one entry, so one owner: as usual where a switch samples what enters it.
      this.of = keys.of
      this.first = keys.first
      this.count = keys.count
      for (let g = 0; g < keys.count; g++) {
        this.owner[g] = ownerOf[words[keys.first[g]! * stride]!]!
        this.key[g] = g
      }
      return
    }
    this.of = new Int32Array(count).fill(-1)
    this.first = new Int32Array(keys.entries)
    let size = 16
    while (size < count * 2) size *= 2
    const places = new Int32Array(size)
    for (let e = 0; e < count; e++) {
      const key = keys.of[e]!
      if (key < 0) continue
      const owner = ownerOf[words[e * stride]!]!
      let h = Math.imul(key ^ Math.imul(owner, 0x85ebca6b), 0x9e3779b1)
      h ^= h >>> 15
      let i = h & (size - 1)
      let group = places[i]! - 1
      while (group >= 0 && (this.key[group] !== key || this.owner[group] !== owner)) {
        i = (i + 1) & (size - 1)
        group = places[i]! - 1
      }
      if (group < 0) {
        group = this.count++
        this.first[group] = e
        this.owner[group] = owner
        this.key[group] = key
        places[i] = group + 1
      }
      this.of[e] = group
    }
  }
}

/**
 * The `most` best of 0 to count - 1, best first.
 * @param worse whether a is behind b; an order without ties
 */
export function bestOf(count: number, most: number, worse: (a: number, b: number) => boolean): number[] {
  /** A heap with the worst on top. */
  const heap: number[] = []
  const sink = (from: number): void => {
    for (let i = from; ; ) {
      const left = 2 * i + 1
      if (left >= heap.length) return
      const right = left + 1
      const child = right < heap.length && worse(heap[right]!, heap[left]!) ? right : left
      if (!worse(heap[child]!, heap[i]!)) return
      const swap = heap[i]!
      heap[i] = heap[child]!
      heap[child] = swap
      i = child
    }
  }
  for (let x = 0; x < count; x++) {
    if (heap.length < most) {
      heap.push(x)
      if (heap.length === most) for (let i = most >> 1; i >= 0; i--) sink(i)
    } else if (most > 0 && worse(heap[0]!, x)) {
      heap[0] = x
      sink(0)
    }
  }
  return heap.sort((a, b) => (worse(a, b) ? 1 : -1))
}
