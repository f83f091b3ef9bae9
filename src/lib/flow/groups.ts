// Owns joining the entries of a window to flows: those of one key, and with an owner (agent, data source) of one owner.
// Knows no estimate. Start at Groups.

import type { FlowTable } from './table.ts'

/** Entries that are looked up together, see drainOf in compile.ts. */
const BATCH = 64

/** Entries by key and owner, numbered as they were met. */
export class Groups {
  count = 0
  /** By entry: its group, -1 where it does not count. */
  readonly of: Int32Array
  /** By group: its first entry, and its owner. */
  readonly first: Int32Array
  readonly owner: Int32Array
  /** Keeps the engine from leaving loads out. */
  touched = 0
  readonly #table: FlowTable
  readonly #places: Int32Array
  readonly #hashes: Int32Array

  /** @param ownerOf by segment: the owner, -1 where its samples do not count */
  constructor(table: FlowTable, ownerOf: Int32Array) {
    const { count } = table
    this.#table = table
    this.of = new Int32Array(count)
    this.first = new Int32Array(count)
    this.owner = new Int32Array(count)
    this.#hashes = new Int32Array(count)
    let places = 16
    while (places < count * 2) places *= 2
    this.#places = new Int32Array(places)
    const hashes = new Int32Array(BATCH)
    for (let e = 0; e < count; e += BATCH) this.#join(e, Math.min(e + BATCH, count), ownerOf, hashes)
  }

  #join(from: number, to: number, ownerOf: Int32Array, hashes: Int32Array): void {
    const { words, stride, keyWords } = this.#table
    const { of, first } = this
    const places = this.#places
    const mask = places.length - 1
    let touched = 0
    for (let e = from; e < to; e++) {
      const at = e * stride
      const owner = ownerOf[words[at]!]!
      let h = owner ^ 0x9e3779b1
      for (let k = 1; k < keyWords; k++) {
        h = Math.imul(h ^ words[at + k]!, 0x9e3779b1)
        h ^= h >>> 15
      }
      h = Math.imul(h, 0x85ebca6b)
      h ^= h >>> 13
      hashes[e - from] = h
      touched ^= places[h & mask]!
    }
    for (let i = 0; i < to - from; i++) {
      const group = places[hashes[i]! & mask]! - 1
      if (group >= 0) touched ^= words[first[group]! * stride]!
    }
    this.touched = touched
    for (let e = from; e < to; e++) {
      const owner = ownerOf[words[e * stride]!]!
      of[e] = owner < 0 ? -1 : this.#find(e, owner, hashes[e - from]!)
    }
  }

  #find(entry: number, owner: number, h: number): number {
    const { words, stride, keyWords } = this.#table
    const at = entry * stride
    const places = this.#places
    const mask = places.length - 1
    for (let i = h & mask; ; i = (i + 1) & mask) {
      const group = places[i]! - 1
      if (group < 0) {
        const made = this.count++
        this.first[made] = entry
        this.owner[made] = owner
        this.#hashes[made] = h
        places[i] = made + 1
        return made
      }
      if (this.#hashes[group] !== h || this.owner[group] !== owner) continue
      const other = this.first[group]! * stride
      let k = 1
      while (k < keyWords && words[other + k] === words[at + k]) k++
      if (k === keyWords) return group
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
