// Owns cutting blocks of bytes into lines. Knows no JSON. Start at LineCutter.

const NEWLINE = 10

/** Cuts blocks into lines; a line longer than the limit is reported and dropped, so memory is bounded. */
export class LineCutter {
  /** Number of the last line given, from 1. */
  number = 0
  /** Longest line kept, bytes. */
  readonly limit: number
  #rest: Uint8Array = new Uint8Array(0)
  #skipping = false
  readonly #tooLong: (line: number) => void

  constructor(limit: number, tooLong: (line: number) => void) {
    this.limit = limit
    this.#tooLong = tooLong
  }

  /** Calls `line` with each whole line of the block (and what was left of the last one). */
  push(block: Uint8Array, line: (bytes: Uint8Array, start: number, end: number) => void): void {
    let start = 0
    for (;;) {
      const end = block.indexOf(NEWLINE, start)
      if (end < 0) break
      this.number++
      if (this.#skipping) this.#skipping = false
      else if (this.#rest.length === 0) line(block, start, end)
      else {
        const whole = join(this.#rest, block.subarray(start, end))
        this.#rest = new Uint8Array(0)
        line(whole, 0, whole.length)
      }
      start = end + 1
    }
    if (this.#skipping || start === block.length) return
    if (this.#rest.length + block.length - start > this.limit) {
      this.#skipping = true
      this.#rest = new Uint8Array(0)
      this.#tooLong(this.number + 1)
      return
    }
    this.#rest = join(this.#rest, block.subarray(start))
  }

  /** Gives the last line where it has no line end. */
  finish(line: (bytes: Uint8Array, start: number, end: number) => void): void {
    if (this.#rest.length === 0) return
    const rest = this.#rest
    this.#rest = new Uint8Array(0)
    this.number++
    line(rest, 0, rest.length)
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
