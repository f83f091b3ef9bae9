// Owns one reused buffer over a ByteInput: the bytes that are read and not yet taken. Knows no format.
// Start at Window.

import type { ByteInput } from './byte-input.ts'

/** Read at once from a plain file: large enough that system calls don't count, small enough for the cache. */
export const BLOCK_BYTES = 1 << 20

/**
 * Bytes `start` to `end` of `bytes` are read and not yet taken. What was handed out points into `bytes` and is valid
 * until the next fill(). After the block there are `spare` bytes for the owner, for what must lie in the same memory
 * (datagrams put together from fragments).
 */
export class Window {
  bytes: Uint8Array
  view: DataView
  start = 0
  end = 0
  /** The input has no more bytes than those here. */
  ended = false
  /** Offset in the input of `bytes[0]`. */
  #base = 0
  readonly #input: ByteInput
  readonly #spare: number
  #capacity: number

  constructor(input: ByteInput, capacity = BLOCK_BYTES, spare = 0) {
    this.#input = input
    this.#spare = spare
    this.#capacity = capacity
    this.bytes = new Uint8Array(capacity + spare)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Bytes read and not yet taken. */
  get left(): number {
    return this.end - this.start
  }

  /** Offset in the input of `bytes[start]`. */
  get at(): number {
    return this.#base + this.start
  }

  /** First byte of the owner's part at the end of `bytes`. */
  get spareStart(): number {
    return this.#capacity
  }

  /** Offset in the input of a position in `bytes`. */
  offsetOf(position: number): number {
    return this.#base + position
  }

  /**
   * Reads until `need` bytes are here, or the input ends. Moves what is left to the front; grows only when `need` is
   * larger than the block, so callers bound it.
   * @returns whether `need` bytes are here
   */
  async fill(need: number): Promise<boolean> {
    if (this.left >= need) return true
    this.#moveToFront(need)
    while (this.left < need && !this.ended) {
      const n = await this.#input.read(this.bytes, this.end, this.#capacity)
      if (n === 0) this.ended = true
      this.end += n
    }
    return this.left >= need
  }

  /** Takes up to `most` bytes; undefined at the end. Valid until the next call. */
  async take(most: number): Promise<Uint8Array | undefined> {
    if (!(await this.fill(1))) return undefined
    const n = Math.min(most, this.left)
    this.start += n
    return this.bytes.subarray(this.start - n, this.start)
  }

  /** Starts again with the first byte of the input; false where it can't. */
  rewind(): boolean {
    if (!this.#input.rewind()) return false
    this.start = 0
    this.end = 0
    this.#base = 0
    this.ended = false
    return true
  }

  #moveToFront(need: number): void {
    if (need > this.#capacity) {
      this.#capacity = Math.max(need, this.#capacity * 2)
      const grown = new Uint8Array(this.#capacity + this.#spare)
      grown.set(this.bytes.subarray(this.start, this.end))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    } else if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end)
    }
    this.#base += this.start
    this.end -= this.start
    this.start = 0
  }
}
