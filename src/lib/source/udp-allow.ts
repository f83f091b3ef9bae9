// Owns leaving out senders that are not allowed, before anything looks at their bytes. See udp.ts.

import { type Prefix, prefixContains } from '../parse/address.ts'
import { addressText } from '../wire/address-text.ts'
import type { Batch } from './source.ts'

/** So many are named; a flood of spoofed ones needs no more than these. */
const MOST_NAMED = 3

/** The first senders that were not allowed. */
export class RefusedSenders {
  readonly #words = new Uint32Array(4 * MOST_NAMED)
  #count = 0
  #more = false

  /** The sender of four words at `at`. Allocates nothing. */
  add(sender: Uint32Array, at: number): void {
    if (this.#more) return
    const words = this.#words
    for (let k = 0; k < 4 * this.#count; k += 4) {
      if (
        words[k] === sender[at] &&
        words[k + 1] === sender[at + 1] &&
        words[k + 2] === sender[at + 2] &&
        words[k + 3] === sender[at + 3]
      )
        return
    }
    if (this.#count === MOST_NAMED) {
      this.#more = true
      return
    }
    for (let k = 0; k < 4; k++) words[4 * this.#count + k] = sender[at + k]!
    this.#count++
  }

  /** Their addresses; behind them `others` where there were more. */
  names(): string[] {
    const names = Array.from({ length: this.#count }, (_, i) => addressText(this.#words, 4 * i) ?? 'unknown')
    return this.#more ? [...names, 'others'] : names
  }
}

/** A Batch that its owner fills. */
export type OwnBatch = Batch & { count: number }

/**
 * Keeps the datagrams whose sender lies in one of the prefixes, in their order; moves no bytes.
 * @param refused takes the senders of the others
 * @returns how many were left out
 */
export function keepAllowed(batch: OwnBatch, allow: readonly Prefix[], refused: RefusedSenders): number {
  const { count, sender } = batch
  let kept = 0
  for (let i = 0; i < count; i++) {
    if (!isAllowed(allow, sender, 4 * i)) {
      refused.add(sender, 4 * i)
      continue
    }
    if (kept < i) move(batch, i, kept)
    kept++
  }
  batch.count = kept
  return count - kept
}

function isAllowed(allow: readonly Prefix[], sender: Uint32Array, at: number): boolean {
  for (let i = 0; i < allow.length; i++) {
    if (prefixContains(allow[i]!, sender[at]!, sender[at + 1]!, sender[at + 2]!, sender[at + 3]!)) return true
  }
  return false
}

function move(batch: Batch, from: number, to: number): void {
  batch.offset[to] = batch.offset[from]!
  batch.length[to] = batch.length[from]!
  batch.wireLength[to] = batch.wireLength[from]!
  batch.sec[to] = batch.sec[from]!
  batch.nsec[to] = batch.nsec[from]!
  batch.senderPort[to] = batch.senderPort[from]!
  batch.sender.copyWithin(4 * to, 4 * from, 4 * from + 4)
}
