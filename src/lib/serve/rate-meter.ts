// Owns rates of counts that only grow, over the last seconds. See serve.ts for the folder. Start at RateMeter.

/** Rates are over so much, or what there is of it. */
const OVER_MS = 5000

interface Mark {
  readonly ms: number
  readonly datagrams: number
  readonly bytes: number
}

export class RateMeter {
  readonly #marks: Mark[]

  constructor(nowMs: number) {
    this.#marks = [{ ms: nowMs, datagrams: 0, bytes: 0 }]
  }

  /** Once a second or so. */
  mark(ms: number, datagrams: number, bytes: number): void {
    const marks = this.#marks
    marks.push({ ms, datagrams, bytes })
    while (marks.length > 2 && ms - marks[1]!.ms >= OVER_MS) marks.shift()
  }

  /** Between the first and the last mark that are kept. */
  rates(): { readonly datagramsPerSecond: number; readonly bytesPerSecond: number } {
    const first = this.#marks[0]!
    const last = this.#marks.at(-1)!
    const seconds = (last.ms - first.ms) / 1000
    if (seconds <= 0) return { datagramsPerSecond: 0, bytesPerSecond: 0 }
    return {
      datagramsPerSecond: (last.datagrams - first.datagrams) / seconds,
      bytesPerSecond: (last.bytes - first.bytes) / seconds,
    }
  }
}
