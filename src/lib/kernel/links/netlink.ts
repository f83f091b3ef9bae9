// Owns a socket to the kernel's route messages (NETLINK_ROUTE): questions, and notifications. See interfaces.ts for what they say.

import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'

// linux/socket.h, linux/netlink.h.
const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const NETLINK_ROUTE = 0
const NLM_F_REQUEST = 1
const NLM_F_DUMP = 0x300
const NLM_F_DUMP_INTR = 0x10
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
/** struct nlmsghdr: length, type, flags, sequence, port. */
const NLMSG_BYTES = 16
/** struct sockaddr_nl: family, padding, port, groups. */
const SOCKADDR_NL_BYTES = 12

// struct mmsghdr of 64-bit Linux, as in sys/receive-ring.ts.
const MMSGHDR_BYTES = 64
const IOV = 16
const IOVLEN = 24
const RECEIVED = 56
const IOVEC_BYTES = 16
const MSG_DONTWAIT = 0x40

/** The kernel makes parts of a dump as long as the reader has room, up to 32 KiB. */
const PART_BYTES = 64 << 10
const EINTR = 4
const EAGAIN = 11
const ENOBUFS = 105
/** A dump that is changed while it is made is asked for again, so often. */
const MOST_TRIES = 5

/** Is told where a message's payload begins and ends, behind its header. The view is valid until it returns. */
export type TakeMessage = (view: DataView, type: number, at: number, end: number) => void

/** The answers come while the question is asked: nothing here waits. Belongs to the network namespace in which it was made. */
export class NetlinkSocket {
  readonly #libc: Libc
  readonly #fd: number
  readonly #arena: Arena
  readonly #message: number
  readonly #part: number
  #sequence = 0
  #open = true

  /** @param groups bits of the groups to hear of: RTMGRP_* of linux/rtnetlink.h @throws SystemCallError */
  constructor(libc: Libc, groups = 0) {
    this.#libc = libc
    this.#arena = new Arena(libc, MMSGHDR_BYTES + IOVEC_BYTES + PART_BYTES + 64)
    this.#message = this.#arena.take(MMSGHDR_BYTES)
    const vector = this.#arena.take(IOVEC_BYTES)
    this.#part = this.#arena.take(PART_BYTES)
    this.#arena.point(this.#message + IOV, vector)
    this.#arena.view.setUint32(this.#message + IOVLEN, 1, true)
    this.#arena.point(vector, this.#part)
    this.#arena.view.setUint32(vector + 8, PART_BYTES, true)
    this.#fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)
    if (this.#fd < 0) throw this.#failed('socket AF_NETLINK')
    const address = new Uint8Array(SOCKADDR_NL_BYTES)
    new DataView(address.buffer).setUint16(0, AF_NETLINK, true)
    new DataView(address.buffer).setUint32(8, groups, true)
    if (libc.bind(this.#fd, address, address.length) < 0) {
      const error = this.#failed('bind AF_NETLINK')
      this.close()
      throw error
    }
  }

  /**
   * Asks, and hands on all messages of the answer.
   * @param body behind the header
   * @param restart is called before a dump is asked for once more, since it changed in the middle
   * @throws SystemCallError with the kernel's answer, e.g. ENODEV
   */
  ask(type: number, dump: boolean, body: Uint8Array, take: TakeMessage, restart: () => void = () => undefined): void {
    for (let tries = 1; ; tries++) {
      this.#send(type, dump, body)
      const whole = this.#answer(dump, take)
      if (whole || tries === MOST_TRIES) return
      restart()
    }
  }

  /** Throws away what waits of notifications. @returns whether there was one, or some were lost */
  heard(): boolean {
    let any = false
    while (this.#open) {
      const got = this.#receive(MSG_DONTWAIT)
      if (got === -EAGAIN) return any
      // ENOBUFS: more came than the socket has room for; the next call goes on.
      if (got < 0 && got !== -ENOBUFS && got !== -EINTR) return any
      any = true
    }
    return any
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#libc.close(this.#fd)
    this.#arena.close()
  }

  #send(type: number, dump: boolean, body: Uint8Array): void {
    const message = new Uint8Array(NLMSG_BYTES + body.length)
    const view = new DataView(message.buffer)
    view.setUint32(0, message.length, true)
    view.setUint16(4, type, true)
    view.setUint16(6, NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0), true)
    view.setUint32(8, ++this.#sequence, true)
    message.set(body, NLMSG_BYTES)
    if (this.#libc.write(this.#fd, message, message.length) < 0) throw this.#failed('write AF_NETLINK')
  }

  /** @returns false where it changed while it was made */
  #answer(dump: boolean, take: TakeMessage): boolean {
    let whole = true
    for (;;) {
      const got = this.#receive(0)
      if (got === -EINTR) continue
      if (got < 0) throw new SystemCallError('recvmmsg AF_NETLINK', -got)
      const { view } = this.#arena
      const end = this.#part + got
      for (let at = this.#part; at + NLMSG_BYTES <= end; ) {
        const length = view.getUint32(at, true)
        if (length < NLMSG_BYTES || at + length > end) break
        const next = at + ((length + 3) & ~3)
        const mine = view.getUint32(at + 8, true) === this.#sequence
        if (mine) {
          const type = view.getUint16(at + 4, true)
          if ((view.getUint16(at + 6, true) & NLM_F_DUMP_INTR) !== 0) whole = false
          if (type === NLMSG_DONE) return whole
          if (type === NLMSG_ERROR) {
            const errno = -view.getInt32(at + NLMSG_BYTES, true)
            if (errno !== 0) throw new SystemCallError('netlink', errno)
            return whole
          }
          take(view, type, at + NLMSG_BYTES, at + length)
          if (!dump) return true
        }
        at = next
      }
    }
  }

  /** @returns bytes; less than 0: the error number, negated */
  #receive(flags: number): number {
    const { address, view } = this.#arena
    const got = this.#libc.recvmmsg(this.#fd, address + this.#message, 1, flags, 0)
    return got < 0 ? -this.#libc.errno() : view.getUint32(this.#message + RECEIVED, true)
  }

  #failed(call: string): SystemCallError {
    return new SystemCallError(call, this.#libc.errno())
  }
}
