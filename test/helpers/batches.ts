// Owns making Batches by hand, as a socket would give them.

import type { Batch } from '../../src/lib/source/source.ts'

export interface Arrival {
  readonly bytes: Uint8Array
  /** Bytes as sent, where the end is missing. */
  readonly wire?: number
  readonly sec?: number
  readonly nsec?: number
  /** Four words; 192.0.2.1 where not given. */
  readonly sender?: readonly number[]
  readonly port?: number
}

/** One batch of these datagrams, copied one behind the other. */
export function batchOf(arrivals: readonly Arrival[]): Batch {
  const count = arrivals.length
  const bytes = new Uint8Array(Buffer.concat(arrivals.map((x) => x.bytes)))
  const batch = {
    bytes,
    view: new DataView(bytes.buffer),
    count,
    offset: new Uint32Array(count),
    length: new Uint32Array(count),
    wireLength: new Uint32Array(count),
    sec: new Uint32Array(count),
    nsec: new Uint32Array(count),
    sender: new Uint32Array(count * 4),
    senderPort: new Uint16Array(count),
  }
  let at = 0
  for (const [i, x] of arrivals.entries()) {
    batch.offset[i] = at
    batch.length[i] = x.bytes.length
    batch.wireLength[i] = x.wire ?? x.bytes.length
    batch.sec[i] = x.sec ?? 1_767_225_600
    batch.nsec[i] = x.nsec ?? 0
    batch.sender.set(x.sender ?? [0, 0, 0xffff, 0xc0000201], i * 4)
    batch.senderPort[i] = x.port ?? 40_000
    at += x.bytes.length
  }
  return batch
}

/** Hands each datagram of a batch to a side, or to anything that takes one. */
export function giveAll(side: { take(batch: Batch, i: number): void }, batch: Batch): void {
  for (let i = 0; i < batch.count; i++) side.take(batch, i)
}
