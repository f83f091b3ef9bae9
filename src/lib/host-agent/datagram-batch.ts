// Owns datagrams of this host's own agent as a Batch, so that they go the way of received ones. Knows no sFlow. Start at
// DatagramBatch.

import type { Batch } from '../source/source.ts'

const FIRST_BYTES = 1 << 16
const FIRST_COUNT = 64

/**
 * A Batch that grows to the largest that was needed. Sender and port are not known: the datagrams came over no network.
 * `add` until it is read, then `clear`.
 */
export class DatagramBatch implements Batch {
  bytes = new Uint8Array(FIRST_BYTES)
  view = new DataView(this.bytes.buffer)
  count = 0
  offset = new Uint32Array(FIRST_COUNT)
  length = new Uint32Array(FIRST_COUNT)
  sec = new Uint32Array(FIRST_COUNT)
  nsec = new Uint32Array(FIRST_COUNT)
  sender = new Uint32Array(4 * FIRST_COUNT)
  senderPort = new Uint16Array(FIRST_COUNT)
  #end = 0

  /** They come whole. */
  get wireLength(): Uint32Array {
    return this.length
  }

  /** Copies a datagram in, with the time at which it was made: milliseconds since 1970. */
  add(bytes: Uint8Array, length: number, timeMs: number): void {
    const n = this.count
    if (n === this.offset.length) this.#growCount()
    if (this.#end + length > this.bytes.length) this.#growBytes(length)
    this.bytes.set(bytes.subarray(0, length), this.#end)
    this.offset[n] = this.#end
    this.length[n] = length
    this.sec[n] = Math.floor(timeMs / 1000)
    this.nsec[n] = Math.floor((timeMs % 1000) * 1_000_000)
    this.#end += length
    this.count = n + 1
  }

  clear(): void {
    this.count = 0
    this.#end = 0
  }

  #growBytes(more: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.#end + more))
    bytes.set(this.bytes.subarray(0, this.#end))
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }

  #growCount(): void {
    const count = 2 * this.offset.length
    this.offset = grown(this.offset, count)
    this.length = grown(this.length, count)
    this.sec = grown(this.sec, count)
    this.nsec = grown(this.nsec, count)
    this.sender = new Uint32Array(4 * count)
    this.senderPort = new Uint16Array(count)
  }
}

function grown(from: Uint32Array<ArrayBuffer>, count: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(count)
  to.set(from)
  return to
}
