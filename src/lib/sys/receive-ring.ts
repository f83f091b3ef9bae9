// Owns recvmmsg(2): room for some hundred datagrams, filled by one call. Knows nothing of what is in them. See libc.ts for the folder.

import { Arena } from './arena.ts'
import type { Libc } from './libc.ts'
import { SOCKADDR_BYTES } from './sockaddr.ts'

// struct mmsghdr of 64-bit Linux: name, namelen, iov, iovlen, control, controllen, flags, then the length received.
const MMSGHDR_BYTES = 64
const NAME = 0
const NAMELEN = 8
const IOV = 16
const IOVLEN = 24
const CONTROL = 32
const IOVEC_BYTES = 16
/** The same as u32 words. */
const MMSGHDR_WORDS = MMSGHDR_BYTES / 4
const NAMELEN_WORD = 2
const CONTROLLEN_WORD = 10
const LENGTH_WORD = 14

/** struct sockaddr_in6, with room so that the next begins at 16. */
const NAME_STRIDE = 32
const AF_INET = 2

/** One control message: 16 bytes of cmsghdr, a struct timespec of two i64. Exactly that, so the kernel leaves the length as it was. */
const CONTROL_BYTES = 32
const CONTROL_WORDS = CONTROL_BYTES / 4
const SCM_TIMESTAMPNS = 35

const MSG_TRUNC = 0x20
const MSG_DONTWAIT = 0x40

/** The largest UDP payload: 65,535 less 8 of UDP (IPv6 has no header in that length; jumbograms are not received). */
const SLOT_BYTES = 65_528
/**
 * From slot to slot. Only touched pages are resident, so long slots cost nothing; but slots a power of two apart would share
 * the same lines of the CPU's cache, hence the odd number of lines on top.
 */
const SLOT_STRIDE = 65_536 + 320

/**
 * Datagrams of the last call, in the form of a Batch: see there for what the arrays hold. Bytes are a view of the arena, valid
 * until the next call. Allocates nothing in receive.
 */
export class ReceiveRing {
  readonly bytes: Uint8Array
  readonly view: DataView
  count = 0
  readonly offset: Uint32Array
  readonly length: Uint32Array
  readonly wireLength: Uint32Array
  readonly sec: Uint32Array
  readonly nsec: Uint32Array
  readonly sender: Uint32Array
  readonly senderPort: Uint16Array
  readonly #libc: Libc
  readonly #arena: Arena
  readonly #room: number
  readonly #messages: number
  readonly #names: number
  readonly #controls: number
  readonly #data: number

  /** @param room datagrams a call; each takes at least a page */
  constructor(libc: Libc, room: number) {
    this.#libc = libc
    this.#room = room
    const perMessage = MMSGHDR_BYTES + IOVEC_BYTES + NAME_STRIDE + CONTROL_BYTES + SLOT_STRIDE
    const arena = new Arena(libc, room * perMessage + 4096)
    this.#arena = arena
    this.#messages = arena.take(room * MMSGHDR_BYTES)
    const vectors = arena.take(room * IOVEC_BYTES)
    this.#names = arena.take(room * NAME_STRIDE)
    this.#controls = arena.take(room * CONTROL_BYTES)
    this.#data = arena.take(room * SLOT_STRIDE, 64)
    const { view } = arena
    for (let i = 0; i < room; i++) {
      const message = this.#messages + i * MMSGHDR_BYTES
      const vector = vectors + i * IOVEC_BYTES
      arena.point(message + NAME, this.#names + i * NAME_STRIDE)
      view.setUint32(message + NAMELEN, SOCKADDR_BYTES, true)
      arena.point(message + IOV, vector)
      view.setUint32(message + IOVLEN, 1, true)
      arena.point(message + CONTROL, this.#controls + i * CONTROL_BYTES)
      view.setUint32(message + CONTROLLEN_WORD * 4, CONTROL_BYTES, true)
      arena.point(vector, this.#data + i * SLOT_STRIDE)
      view.setUint32(vector + 8, SLOT_BYTES, true)
    }
    this.bytes = arena.bytes
    this.view = view
    this.offset = new Uint32Array(room)
    this.length = new Uint32Array(room)
    this.wireLength = new Uint32Array(room)
    this.sec = new Uint32Array(room)
    this.nsec = new Uint32Array(room)
    this.sender = new Uint32Array(4 * room)
    this.senderPort = new Uint16Array(room)
  }

  /**
   * Takes what waits at a socket, without waiting; fills count and the arrays.
   * @returns datagrams, at most `room`; 0 where none waits; less than 0: the error number, negated
   */
  receive(fd: number): number {
    const { address } = this.#arena
    // MSG_TRUNC: the length reported is the datagram's own, also where the slot was too short for it.
    const got = this.#libc.recvmmsg(fd, address + this.#messages, this.#room, MSG_DONTWAIT | MSG_TRUNC, 0)
    this.count = 0
    if (got < 0) {
      const errno = this.#libc.errno()
      return errno === EAGAIN || errno === EINTR ? 0 : -errno
    }
    const { u32, view } = this.#arena
    for (let i = 0; i < got; i++) {
      const message = (this.#messages >>> 2) + i * MMSGHDR_WORDS
      const length = u32[message + LENGTH_WORD]!
      this.offset[i] = this.#data + i * SLOT_STRIDE
      this.length[i] = length < SLOT_BYTES ? length : SLOT_BYTES
      this.wireLength[i] = length
      this.#takeName(view, u32, i)
      const control = (this.#controls >>> 2) + i * CONTROL_WORDS
      if (u32[message + CONTROLLEN_WORD] === CONTROL_BYTES && u32[control + 3] === SCM_TIMESTAMPNS) {
        this.sec[i] = u32[control + 4]!
        this.nsec[i] = u32[control + 6]!
      } else {
        this.#stampNow(i)
      }
      u32[message + NAMELEN_WORD] = SOCKADDR_BYTES
      u32[message + CONTROLLEN_WORD] = CONTROL_BYTES
    }
    this.count = got
    return got
  }

  /** Gives the memory back; no view of it may be in use. */
  close(): void {
    this.#arena.close()
  }

  #takeName(view: DataView, u32: Uint32Array, i: number): void {
    const name = this.#names + i * NAME_STRIDE
    const { sender } = this
    this.senderPort[i] = view.getUint16(name + 2)
    if ((u32[name >>> 2]! & 0xffff) === AF_INET) {
      sender[4 * i] = 0
      sender[4 * i + 1] = 0
      sender[4 * i + 2] = 0xffff
      sender[4 * i + 3] = view.getUint32(name + 4)
    } else {
      sender[4 * i] = view.getUint32(name + 8)
      sender[4 * i + 1] = view.getUint32(name + 12)
      sender[4 * i + 2] = view.getUint32(name + 16)
      sender[4 * i + 3] = view.getUint32(name + 20)
    }
  }

  /** A datagram without the kernel's time (a kernel that refuses SO_TIMESTAMPNS): the clock, in milliseconds. */
  #stampNow(i: number): void {
    const ms = Date.now()
    this.sec[i] = Math.trunc(ms / 1000)
    this.nsec[i] = (ms % 1000) * 1_000_000
  }
}

const EINTR = 4
const EAGAIN = 11
