// Owns a byte buffer that grows. Knows nothing of what is in it. Start at GrowingBuffer.

/** Bytes with a DataView over the same memory; both may be other objects after `ensure`. */
export class GrowingBuffer {
  bytes: Uint8Array
  view: DataView
  /** Bytes written so far. */
  length = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `more` bytes after `length`. */
  ensure(more: number): void {
    const need = this.length + more
    if (need <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(need, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  /** Appends bytes as they are. */
  append(bytes: Uint8Array): void {
    this.ensure(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** What was written, as a view into the buffer: valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
  }
}
