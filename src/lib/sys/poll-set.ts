// Owns waiting until one of some descriptors can be read, with a way to end the wait. See libc.ts for the folder.

import { Arena } from './arena.ts'
import { SystemCallError } from './errno.ts'
import type { Libc } from './libc.ts'

const POLLIN = 1
/** struct pollfd: i32 fd, i16 events, i16 revents. */
const POLLFD_BYTES = 8
/** EFD_CLOEXEC | EFD_NONBLOCK */
const EVENTFD_FLAGS = 0o2000000 | 0o4000

/** Descriptors to wait for, which others own and close. */
export class PollSet {
  readonly #libc: Libc
  readonly #arena: Arena
  readonly #count: number
  readonly #wakeFd: number
  /** What Atomics.wait sleeps on; nothing ever changes it. */
  readonly #never = new Int32Array(new SharedArrayBuffer(4))
  #aside = 0
  #closed = false

  /** @throws SystemCallError */
  constructor(libc: Libc, fds: readonly number[]) {
    this.#libc = libc
    this.#count = fds.length + 1
    this.#wakeFd = libc.eventfd(0, EVENTFD_FLAGS)
    if (this.#wakeFd < 0) throw new SystemCallError('eventfd', libc.errno())
    this.#arena = new Arena(libc, this.#count * POLLFD_BYTES)
    for (const [i, fd] of [...fds, this.#wakeFd].entries()) {
      this.#arena.view.setInt32(i * POLLFD_BYTES, fd, true)
      this.#arena.view.setInt16(i * POLLFD_BYTES + 4, POLLIN, true)
    }
  }

  /** Blocks this thread until something can be read, at most `ms`; whether something can. */
  wait(ms: number): boolean {
    return this.#libc.poll(this.#arena.address, this.#count, ms) > 0
  }

  /** As wait, in another thread. After close it resolves at once. */
  async waitAside(ms: number): Promise<boolean> {
    if (this.#closed) return false
    this.#aside++
    const ready = await this.#libc.pollAside(this.#arena.address, this.#count, ms)
    this.#aside--
    if (this.#closed) this.#free()
    return ready > 0
  }

  /** Ends the waits of this moment and all later ones. */
  wake(): void {
    if (!this.#closed) this.#libc.write(this.#wakeFd, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 8)
  }

  /** Blocks this thread for a time, whatever arrives. */
  sleep(ms: number): void {
    Atomics.wait(this.#never, 0, 0, ms)
  }

  /** Ends waits; memory and wake descriptor go when the last wait in another thread is over. */
  close(): void {
    if (this.#closed) return
    this.wake()
    this.#closed = true
    if (this.#aside === 0) this.#free()
  }

  #free(): void {
    if (this.#aside > 0) return
    this.#libc.close(this.#wakeFd)
    this.#arena.close()
  }
}
