// Owns compressing into snappy's block format, which remote write demands. By hand: the format is small, packages for it are as
// large as this whole zone or bring native code, and series that differ in one label compress to an eighth.
// See push.ts for the folder.

/** Entries of the table of places where four bytes were last seen. */
const TABLE_BITS = 14
/** A copy reaches so far back, since its offset has two bytes. */
const FARTHEST = 0xffff
const SHORTEST_COPY = 4
/** By which a copy is cut, since its length has six bits. */
const LONGEST_COPY = 64
/** By which a literal is cut, so that its length has two bytes at most. */
const LONGEST_LITERAL = 0x10000

/**
 * @returns a block without framing
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  const block = new SnappyBlock(bytes)
  return block.compress()
}

class SnappyBlock {
  readonly #input: Uint8Array
  readonly #view: DataView
  readonly #output: Uint8Array
  #length = 0

  constructor(input: Uint8Array) {
    this.#input = input
    this.#view = new DataView(input.buffer, input.byteOffset, input.byteLength)
    // Literals add three bytes to each 64 KiB, a copy of four or more bytes has three; the length before them has five at most.
    this.#output = new Uint8Array(input.length + 3 * Math.ceil(input.length / LONGEST_LITERAL) + input.length / 4 + 8)
  }

  compress(): Uint8Array {
    const view = this.#view
    const end = this.#input.length
    const seen = new Int32Array(1 << TABLE_BITS).fill(-1)
    this.#varint(end)
    let literal = 0
    let at = 0
    while (at + SHORTEST_COPY <= end) {
      const word = view.getUint32(at, true)
      const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS)
      const before = seen[slot]!
      seen[slot] = at
      if (before < 0 || at - before > FARTHEST || view.getUint32(before, true) !== word) {
        at++
        continue
      }
      const length = SHORTEST_COPY + this.#same(before + SHORTEST_COPY, at + SHORTEST_COPY)
      this.#literal(literal, at)
      this.#copy(at - before, length)
      at += length
      literal = at
    }
    this.#literal(literal, end)
    return this.#output.subarray(0, this.#length)
  }

  /** How many bytes from `a` on are those from `b` on. */
  #same(a: number, b: number): number {
    const input = this.#input
    let count = 0
    while (b + count < input.length && input[a + count] === input[b + count]) count++
    return count
  }

  #varint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#output[this.#length++] = (rest & 0x7f) | 0x80
    this.#output[this.#length++] = rest
  }

  /** Tag bits 00: the bytes as they are. */
  #literal(from: number, to: number): void {
    const output = this.#output
    for (let at = from; at < to; ) {
      const count = Math.min(LONGEST_LITERAL, to - at)
      if (count <= 60) output[this.#length++] = (count - 1) << 2
      else {
        output[this.#length++] = 61 << 2
        this.#twoBytes(count - 1)
      }
      output.set(this.#input.subarray(at, at + count), this.#length)
      this.#length += count
      at += count
    }
  }

  /** Tag bits 10: bytes that were there before, up to 64 KiB ago. */
  #copy(offset: number, length: number): void {
    for (let rest = length; rest > 0; rest -= LONGEST_COPY) {
      this.#output[this.#length++] = ((Math.min(rest, LONGEST_COPY) - 1) << 2) | 2
      this.#twoBytes(offset)
    }
  }

  #twoBytes(value: number): void {
    this.#output[this.#length++] = value & 0xff
    this.#output[this.#length++] = value >>> 8
  }
}
