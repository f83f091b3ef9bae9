// Owns asking a table of networks once an address: answers are kept by address. Called by generated code. Start at
// AddressMemo.

import { formatIp } from '../wire/json.ts'
import { GrowingLabels } from './constant.ts'
import type { GeoFacts, GeoTable } from './data.ts'

/** Addresses whose answer is kept: each has one place, and the last one asked for has it. A power of two. */
const PLACES = 65_536
const WORDS = 4
/** What no answer has: not asked yet. */
const EMPTY = -2

/** Answers by address, in fixed memory: 1.3 MB. */
export class AddressMemo {
  readonly #ask: (address: string) => number
  readonly #keys = new Uint32Array(PLACES * WORDS)
  readonly #answers = new Float64Array(PLACES).fill(EMPTY)

  /** @param ask gives a number of 0 or more, or -1 */
  constructor(ask: (address: string) => number) {
    this.#ask = ask
  }

  /** @param kind 4 or 6; others have no answer: -1 */
  find(kind: number, view: DataView, at: number): number {
    if (kind < 4) return -1
    const isV4 = kind === 4
    const a = isV4 ? 0 : view.getUint32(at)
    const b = isV4 ? 0 : view.getUint32(at + 4)
    const c = isV4 ? 0xffff : view.getUint32(at + 8)
    const d = view.getUint32(isV4 ? at : at + 12)
    const place = hash(a, b, c, d) & (PLACES - 1)
    const keys = this.#keys
    const key = place * WORDS
    if (this.#answers[place] !== EMPTY) {
      const same = keys[key] === a && keys[key + 1] === b && keys[key + 2] === c && keys[key + 3] === d
      if (same) return this.#answers[place]!
    }
    keys[key] = a
    keys[key + 1] = b
    keys[key + 2] = c
    keys[key + 3] = d
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, isV4 ? 4 : 16)
    const answer = this.#ask(formatIp(bytes))
    this.#answers[place] = answer
    return answer
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul((h ^ (h >>> 15)) + b, 0xc2b2ae35)
  h = Math.imul((h ^ (h >>> 13)) + c, 0x27d4eb2f)
  h = Math.imul((h ^ (h >>> 15)) + d, 0x85ebca6b)
  return (h ^ (h >>> 16)) >>> 0
}

/** Text of what is known of an address. */
export class GeoFinder {
  readonly labels = new GrowingLabels()
  readonly #memo: AddressMemo

  constructor(table: GeoTable | undefined, textOf: (facts: GeoFacts) => string | undefined) {
    this.#memo = new AddressMemo((address) => {
      const facts = table?.find(address)
      const text = facts === undefined ? undefined : textOf(facts)
      return text === undefined ? -1 : this.labels.find(text)
    })
  }

  find(kind: number, view: DataView, at: number): number {
    return this.#memo.find(kind, view, at)
  }
}

/** Numbers of autonomous systems. */
export class GeoNumbers {
  readonly #memo: AddressMemo

  constructor(table: GeoTable | undefined) {
    this.#memo = new AddressMemo((address) => table?.find(address)?.number ?? -1)
  }

  find(kind: number, view: DataView, at: number): number {
    return this.#memo.find(kind, view, at)
  }
}
