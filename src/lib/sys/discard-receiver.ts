// Owns taking datagrams from a socket only to count them. See libc.ts for the folder.

import { Arena } from './arena.ts'
import type { Libc } from './libc.ts'

// struct mmsghdr of 64-bit Linux, as in receive-ring.ts; nothing of a datagram is wanted, so it has no room for any of it.
const MMSGHDR_BYTES = 64
/** Datagrams a call. */
const ROOM = 256
const MSG_DONTWAIT = 0x40

/** Counts what comes to a bound socket. Close it; the socket is its owner's. */
export class DiscardReceiver {
  /** Datagrams up to now. */
  count = 0
  readonly #libc: Libc
  readonly #fd: number
  readonly #arena: Arena

  constructor(libc: Libc, fd: number) {
    this.#libc = libc
    this.#fd = fd
    this.#arena = new Arena(libc, ROOM * MMSGHDR_BYTES)
  }

  /** Takes all that waits; never blocks. */
  drain(): void {
    for (;;) {
      const got = this.#libc.recvmmsg(this.#fd, this.#arena.address, ROOM, MSG_DONTWAIT, 0)
      if (got <= 0) return
      this.count += got
      if (got < ROOM) return
    }
  }

  close(): void {
    this.#arena.close()
  }
}
