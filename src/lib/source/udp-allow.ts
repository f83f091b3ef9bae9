// Owns leaving out senders that are not allowed, before anything looks at their bytes. See udp.ts.

import { type Prefix, prefixContains } from '../parse/address.ts'
import type { Batch } from './source.ts'

/** A Batch that its owner fills. */
export type OwnBatch = Batch & { count: number }

/**
 * Keeps the datagrams whose sender lies in one of the prefixes, in their order; moves no bytes.
 * @returns how many were left out
 */
export function keepAllowed(batch: OwnBatch, allow: readonly Prefix[]): number {
  const { count, sender } = batch
  let kept = 0
  for (let i = 0; i < count; i++) {
    if (!isAllowed(allow, sender, 4 * i)) continue
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
