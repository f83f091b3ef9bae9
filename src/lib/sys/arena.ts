// Owns memory whose address the kernel may be told: one mapping that stays where it is. See libc.ts for the folder.

import { SystemCallError } from './errno.ts'
import type { Libc } from './libc.ts'

const PROT_READ_WRITE = 3
/** MAP_PRIVATE | MAP_ANONYMOUS: zeros, resident only where touched. */
const PRIVATE_ANONYMOUS = 0x22
const PAGE_BYTES = 4096

/**
 * Memory outside of JavaScript's heap. Structures that hold addresses of others (iovec, msghdr) must lie here with all that they
 * point to: the garbage collector sees no address inside a buffer, frees what only such an address needs, and the kernel then
 * writes into freed memory (seen: "double free or corruption").
 */
export class Arena {
  readonly bytes: Uint8Array
  readonly u32: Uint32Array
  readonly view: DataView
  /** Address of the first byte. */
  readonly address: number
  readonly #libc: Libc
  readonly #buffer: ArrayBuffer
  #mapped: number
  #used = 0

  /** @throws SystemCallError where there is no such memory */
  constructor(libc: Libc, bytes: number) {
    const size = Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES
    const address = libc.mmap(0, size, PROT_READ_WRITE, PRIVATE_ANONYMOUS, -1, 0)
    if (address === -1) throw new SystemCallError(`mmap of ${size} bytes`, libc.errno())
    this.#libc = libc
    this.#mapped = size
    this.address = address
    this.#buffer = libc.viewOf(address, size)
    this.bytes = new Uint8Array(this.#buffer)
    this.u32 = new Uint32Array(this.#buffer)
    this.view = new DataView(this.#buffer)
  }

  /**
   * Takes the next `bytes` of it.
   * @param align a power of two
   * @returns their offset in the arena
   * @throws RangeError where the arena was made too small
   */
  take(bytes: number, align = 16): number {
    const at = Math.ceil(this.#used / align) * align
    if (at + bytes > this.#mapped) throw new RangeError(`arena of ${this.#mapped} bytes has no ${bytes} more`)
    this.#used = at + bytes
    return at
  }

  /** Writes the address of offset `to` into the eight bytes at offset `at`. */
  point(at: number, to: number): void {
    this.view.setBigUint64(at, BigInt(this.address + to), true)
  }

  /** Gives the memory back. Every view of it is empty from then on, so that a late reader finds nothing instead of a fault. */
  close(): void {
    if (this.#mapped === 0) return
    this.#buffer.transfer(0)
    this.#libc.munmap(this.address, this.#mapped)
    this.#mapped = 0
  }
}
