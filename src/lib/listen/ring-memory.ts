// Owns the datagrams of the last seconds in memory: bounded in time and in bytes, oldest out first, read by one reader. Knows
// no file. See ring.ts. Start at RingMemory.add.

import type { Batch } from '../source/source.ts'

/** Words before each payload: seconds, nanoseconds, sender in four words, its port, length, length as sent. */
const SEC = 0
const NSEC = 1
const SENDER = 2
const PORT = 6
const LENGTH = 7
const WIRE = 8
const HEAD = 9

/** Large enough that a chunk costs nothing a datagram, small enough that 1 MiB is a bound. */
const CHUNK_BYTES = 256 << 10
const CHUNK_WORDS = CHUNK_BYTES / 4
/** Chunks that are kept for the next datagrams, once they are out of the ring. */
const MOST_SPARE = 4

class Chunk {
  readonly words = new Uint32Array(CHUNK_WORDS)
  readonly bytes = new Uint8Array(this.words.buffer)
  /** Words in use. */
  length = 0
  datagrams = 0
  /** Seconds of the newest datagram. */
  lastSec = 0
}

/** What the reader stands on; of no use after the next `read`. */
export interface RingEntry {
  readonly sec: number
  readonly nsec: number
  /** Four words of the sender's address from `senderAt` on. */
  readonly words: Uint32Array
  readonly senderAt: number
  readonly port: number
  readonly bytes: Uint8Array
  readonly at: number
  readonly length: number
  readonly wireLength: number
}

export class RingMemory {
  /** Datagrams that are held. */
  datagrams = 0
  /** Datagrams that were thrown out before the reader came to them. */
  unread = 0
  /** Seconds that fitted when the bound of bytes was last in the way; undefined where it never was. */
  shortSeconds: number | undefined
  readonly entry: { -readonly [K in keyof RingEntry]: RingEntry[K] } = {
    sec: 0,
    nsec: 0,
    words: new Uint32Array(0),
    senderAt: 0,
    port: 0,
    bytes: new Uint8Array(0),
    at: 0,
    length: 0,
    wireLength: 0,
  }
  readonly #seconds: number
  readonly #mostChunks: number
  /** Oldest first; the last one is filled. */
  readonly #chunks: Chunk[] = []
  readonly #spare: Chunk[] = []
  /** The reader's chunk, counted from the oldest (-1: there is no reader), the word it stands at, datagrams before it. */
  #reader = -1
  #readAt = 0
  #readCount = 0

  constructor(seconds: number, bytes: number) {
    this.#seconds = seconds
    this.#mostChunks = Math.max(2, Math.trunc(bytes / CHUNK_BYTES))
  }

  /** Bytes taken from the system, spare ones too. */
  get bytes(): number {
    return (this.#chunks.length + this.#spare.length) * CHUNK_BYTES
  }

  /** Copies datagram `i` of the batch; throws out what is older than the span, or what the bound has no room for. */
  add(batch: Batch, i: number): void {
    const length = batch.length[i]!
    const need = HEAD + ((length + 3) >>> 2)
    const sec = batch.sec[i]!
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || chunk.length + need > CHUNK_WORDS) {
      this.expire(sec)
      chunk = this.#newChunk(sec)
    }
    const { words } = chunk
    const at = chunk.length
    const from = i * 4
    words[at + SEC] = sec
    words[at + NSEC] = batch.nsec[i]!
    words[at + SENDER] = batch.sender[from]!
    words[at + SENDER + 1] = batch.sender[from + 1]!
    words[at + SENDER + 2] = batch.sender[from + 2]!
    words[at + SENDER + 3] = batch.sender[from + 3]!
    words[at + PORT] = batch.senderPort[i]!
    words[at + LENGTH] = length
    words[at + WIRE] = batch.wireLength[i]!
    const offset = batch.offset[i]!
    chunk.bytes.set(batch.bytes.subarray(offset, offset + length), (at + HEAD) * 4)
    chunk.length = at + need
    chunk.datagrams++
    chunk.lastSec = Math.max(chunk.lastSec, sec)
    this.datagrams++
  }

  /** Throws out what is older than the span at `sec`. By chunks: some of what is older may stay. */
  expire(sec: number): void {
    while (this.#chunks.length > 0 && this.#chunks[0]!.lastSec < sec - this.#seconds) this.#dropOldest()
  }

  /** Puts the reader to the oldest datagram. */
  startReading(): void {
    this.#reader = 0
    this.#readAt = 0
    this.#readCount = 0
    this.unread = 0
  }

  stopReading(): void {
    this.#reader = -1
  }

  /** Moves the reader on, `entry` is what it stood on; false where it has read all. */
  read(): boolean {
    if (this.#reader < 0) return false
    let chunk = this.#chunks[this.#reader]
    while (chunk !== undefined && this.#readAt === chunk.length && this.#reader < this.#chunks.length - 1) {
      this.#reader++
      this.#readAt = 0
      this.#readCount = 0
      chunk = this.#chunks[this.#reader]
    }
    if (chunk === undefined || this.#readAt === chunk.length) return false
    const { words } = chunk
    const { entry } = this
    const at = this.#readAt
    entry.sec = words[at + SEC]!
    entry.nsec = words[at + NSEC]!
    entry.words = words
    entry.senderAt = at + SENDER
    entry.port = words[at + PORT]!
    entry.bytes = chunk.bytes
    entry.at = (at + HEAD) * 4
    entry.length = words[at + LENGTH]!
    entry.wireLength = words[at + WIRE]!
    this.#readAt = at + HEAD + ((entry.length + 3) >>> 2)
    this.#readCount++
    return true
  }

  #newChunk(sec: number): Chunk {
    if (this.#chunks.length === this.#mostChunks) {
      const kept = sec - this.#chunks[0]!.lastSec
      if (kept < this.#seconds) this.shortSeconds = kept
      this.#dropOldest()
    }
    const chunk = this.#spare.pop() ?? new Chunk()
    chunk.length = 0
    chunk.datagrams = 0
    chunk.lastSec = 0
    this.#chunks.push(chunk)
    return chunk
  }

  #dropOldest(): void {
    const chunk = this.#chunks.shift()!
    this.datagrams -= chunk.datagrams
    if (this.#reader > 0) {
      this.#reader--
    } else if (this.#reader === 0) {
      this.unread += chunk.datagrams - this.#readCount
      this.#readAt = 0
      this.#readCount = 0
    }
    if (this.#spare.length < MOST_SPARE) this.#spare.push(chunk)
  }
}
