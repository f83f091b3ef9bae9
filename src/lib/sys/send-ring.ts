// Owns sendmmsg(2): datagrams collected, then handed to the kernel in one call. See libc.ts for the folder.

import { Arena } from './arena.ts'
import { errnoName } from './errno.ts'
import type { Libc } from './libc.ts'

// struct mmsghdr of 64-bit Linux, as in receive-ring.ts; the socket is connected, so there is no name and no control message.
const MMSGHDR_BYTES = 64
const IOV = 16
const IOVLEN = 24
const IOVEC_BYTES = 16

/** UIO_MAXIOV, the most that sendmmsg takes, is 1024; from 64 on a call more costs nothing noticeable. */
const ROOM = 128
/** A batch of 1,400-byte datagrams, and at least two of the longest. */
const DATA_BYTES = 256 << 10

const MSG_DONTWAIT = 0x40
const EINTR = 4
const EAGAIN = 11
const ENOBUFS = 105
export const ECONNREFUSED = 111
/** A refusal is said of an earlier datagram; so many in a row are not, and the datagram is given up. */
const MOST_TRIES = 3

/** What became of datagrams. */
export interface SendCounts {
  /** Taken by the kernel. That is no promise of arrival. */
  sent: number
  bytes: number
  /** Times that the other end answered "port unreachable" (ECONNREFUSED): nobody listens there. */
  unreachable: number
  /** Not sent: send buffer or device queue full (EAGAIN, ENOBUFS). */
  full: number
  /** Not sent for other reasons, by the error's name. */
  readonly failed: Map<string, number>
}

/** Datagrams on their way to a connected socket. */
export class SendRing {
  /** Datagrams that wait for flush. */
  count = 0
  readonly #libc: Libc
  readonly #arena: Arena
  readonly #messages: number
  readonly #vectors: number
  readonly #data: number
  #end = 0

  constructor(libc: Libc) {
    this.#libc = libc
    const arena = new Arena(libc, ROOM * (MMSGHDR_BYTES + IOVEC_BYTES) + DATA_BYTES + 64)
    this.#arena = arena
    this.#messages = arena.take(ROOM * MMSGHDR_BYTES)
    this.#vectors = arena.take(ROOM * IOVEC_BYTES)
    this.#data = arena.take(DATA_BYTES, 64)
    for (let i = 0; i < ROOM; i++) {
      arena.point(this.#messages + i * MMSGHDR_BYTES + IOV, this.#vectors + i * IOVEC_BYTES)
      arena.view.setUint32(this.#messages + i * MMSGHDR_BYTES + IOVLEN, 1, true)
    }
  }

  /** Copies a datagram in; false where there is no room before the next flush. */
  add(bytes: Uint8Array, offset: number, length: number): boolean {
    const i = this.count
    if (i === ROOM || length > DATA_BYTES - this.#end) return false
    const at = this.#data + this.#end
    this.#arena.bytes.set(bytes.subarray(offset, offset + length), at)
    const vector = this.#vectors + i * IOVEC_BYTES
    this.#arena.point(vector, at)
    this.#arena.view.setUint32(vector + 8, length, true)
    this.#end += length
    this.count = i + 1
    return true
  }

  /**
   * Hands everything over and is empty then.
   * @param wait lets the call wait for room in the socket's buffer; else what has no room is counted as `full`
   */
  flush(fd: number, wait: boolean, counts: SendCounts): void {
    const flags = wait ? 0 : MSG_DONTWAIT
    let at = 0
    let tries = 0
    while (at < this.count) {
      const messages = this.#arena.address + this.#messages + at * MMSGHDR_BYTES
      const sent = this.#libc.sendmmsg(fd, messages, this.count - at, flags)
      if (sent > 0) {
        for (let i = at; i < at + sent; i++) counts.bytes += this.#lengthOf(i)
        counts.sent += sent
        at += sent
        tries = 0
        continue
      }
      const errno = this.#libc.errno()
      if (errno === ECONNREFUSED) counts.unreachable++
      if ((errno === EINTR || errno === ECONNREFUSED) && ++tries < MOST_TRIES) continue
      tries = 0
      at += this.#giveUp(errno, this.count - at, counts)
    }
    this.count = 0
    this.#end = 0
  }

  close(): void {
    this.#arena.close()
  }

  /** Counts what can't be sent; gives how many of the rest that is. */
  #giveUp(errno: number, left: number, counts: SendCounts): number {
    if (errno === EAGAIN) {
      counts.full += left
      return left
    }
    if (errno === ENOBUFS) {
      counts.full++
    } else {
      const name = errnoName(errno)
      counts.failed.set(name, (counts.failed.get(name) ?? 0) + 1)
    }
    return 1
  }

  #lengthOf(i: number): number {
    return this.#arena.view.getUint32(this.#vectors + i * IOVEC_BYTES + 8, true)
  }
}
