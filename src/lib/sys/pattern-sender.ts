// Owns sendmmsg(2) of a few fixed payloads over and over, each packet marked as congested or not. See libc.ts for the folder.

import type { AddressWords } from '../parse/address.ts'
import { Arena } from './arena.ts'
import { errnoName } from './errno.ts'
import type { Libc } from './libc.ts'
import type { SendCounts } from './send-ring.ts'
import { AF_INET6, SOCKADDR_BYTES, sockaddr } from './sockaddr.ts'
import type { UdpSocket } from './socket.ts'

// struct mmsghdr of 64-bit Linux, as in receive-ring.ts.
const MMSGHDR_BYTES = 64
const NAME = 0
const NAMELEN = 8
const IOV = 16
const IOVLEN = 24
const CONTROL = 32
const CONTROLLEN = 40
const SENT_LENGTH = 56
const IOVEC_BYTES = 16

/** One control message: 16 bytes of cmsghdr, an int, padding to 8. Its own length is 20. */
const CMSG_SPACE = 24
const CMSG_LEN = 20
const IPPROTO_IP = 0
const IP_TOS = 1
const IPPROTO_IPV6 = 41
const IPV6_TCLASS = 67

/** Packets a call. */
const ROOM = 128

const EINTR = 4
const EAGAIN = 11
const ENOBUFS = 105

/** Where packets go. */
export interface PatternTarget {
  readonly words: AddressWords
  readonly port: number
}

/**
 * Sends out of memory that is written once, so that a packet costs four words. The socket need not be connected, and better is not:
 * packets of one that is carry a random hash, by which routers of this machine choose among routes, instead of by ports. Close it.
 */
export class PatternSender {
  /** What became of the packets up to now. */
  readonly counts: SendCounts = { sent: 0, bytes: 0, unreachable: 0, full: 0, failed: new Map() }
  /** Of those taken by the kernel, how many were marked. */
  marked = 0
  /** Packets that wait for flush. */
  count = 0
  readonly #libc: Libc
  readonly #fd: number
  readonly #arena: Arena
  readonly #messages: number
  readonly #vectors: number
  readonly #control: number

  /**
   * @param payloads at least one
   * @param marked the traffic class (TOS) of a marked packet; others have the socket's own
   */
  constructor(
    libc: Libc,
    socket: UdpSocket,
    { words, port }: PatternTarget,
    payloads: readonly Uint8Array[],
    marked: number,
  ) {
    this.#libc = libc
    this.#fd = socket.fd
    const bytes = payloads.reduce((sum, payload) => sum + payload.length, 0)
    const arena = new Arena(libc, ROOM * MMSGHDR_BYTES + payloads.length * (IOVEC_BYTES + 64) + 128 + bytes)
    this.#arena = arena
    this.#messages = arena.take(ROOM * MMSGHDR_BYTES)
    this.#vectors = arena.take(payloads.length * IOVEC_BYTES)
    this.#control = arena.take(CMSG_SPACE)
    const name = arena.take(SOCKADDR_BYTES)
    const address = sockaddr(socket.family, words, port)
    arena.bytes.set(address, name)
    const isIpv6 = socket.family === AF_INET6
    arena.view.setUint32(this.#control, CMSG_LEN, true)
    arena.view.setInt32(this.#control + 8, isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP, true)
    arena.view.setInt32(this.#control + 12, isIpv6 ? IPV6_TCLASS : IP_TOS, true)
    arena.view.setInt32(this.#control + 16, marked, true)
    for (const [i, payload] of payloads.entries()) {
      const at = arena.take(payload.length, 64)
      arena.bytes.set(payload, at)
      arena.point(this.#vectors + i * IOVEC_BYTES, at)
      arena.view.setUint32(this.#vectors + i * IOVEC_BYTES + 8, payload.length, true)
    }
    for (let i = 0; i < ROOM; i++) {
      arena.view.setUint32(this.#messages + i * MMSGHDR_BYTES + IOVLEN, 1, true)
      arena.point(this.#messages + i * MMSGHDR_BYTES + NAME, name)
      arena.view.setUint32(this.#messages + i * MMSGHDR_BYTES + NAMELEN, address.length, true)
      arena.point(this.#messages + i * MMSGHDR_BYTES + CONTROL, this.#control)
    }
  }

  /** Queues one packet; hands over what is queued where the queue is full. */
  send(payload: number, isMarked: boolean): void {
    const { u32, address } = this.#arena
    const vector = address + this.#vectors + payload * IOVEC_BYTES
    const word = (this.#messages + this.count * MMSGHDR_BYTES) >>> 2
    u32[word + (IOV >>> 2)] = vector
    u32[word + (IOV >>> 2) + 1] = Math.floor(vector / 0x100000000)
    // With a length of 0 the kernel does not look where the control message is.
    u32[word + (CONTROLLEN >>> 2)] = isMarked ? CMSG_SPACE : 0
    if (++this.count === ROOM) this.flush()
  }

  /** Hands everything over, waiting for room in the socket's buffer where there is none, and is empty then. */
  flush(): void {
    const { counts } = this
    let at = 0
    while (at < this.count) {
      const messages = this.#messages + at * MMSGHDR_BYTES
      const sent = this.#libc.sendmmsg(this.#fd, this.#arena.address + messages, this.count - at, 0)
      if (sent > 0) {
        const { u32 } = this.#arena
        for (let i = 0; i < sent; i++) {
          const message = messages + i * MMSGHDR_BYTES
          counts.bytes += u32[(message + SENT_LENGTH) >>> 2]!
          if (u32[(message + CONTROLLEN) >>> 2] !== 0) this.marked++
        }
        counts.sent += sent
        at += sent
        continue
      }
      const errno = this.#libc.errno()
      if (errno === EINTR) continue
      if (errno === EAGAIN || errno === ENOBUFS) counts.full++
      else counts.failed.set(errnoName(errno), (counts.failed.get(errnoName(errno)) ?? 0) + 1)
      at++
    }
    this.count = 0
  }

  close(): void {
    this.#arena.close()
  }
}
