// Owns how much of the time answers may take from samples. See serve.ts for the folder. Start at Budget.

/** Answers may take this share of the time, */
const SHARE = 0.25
/** and at once as much as they would in so long. */
const SAVED_MS = 8000

/** A bucket that fills with time: who asks for expensive answers again and again is refused, a scrape now and then never. */
export class Budget {
  readonly #nowMs: () => number
  #left = SHARE * SAVED_MS
  #at: number

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
    this.#at = nowMs()
  }

  /** Whether another answer may be made. */
  allows(): boolean {
    const now = this.#nowMs()
    this.#left = Math.min(SHARE * SAVED_MS, this.#left + SHARE * (now - this.#at))
    this.#at = now
    return this.#left > 0
  }

  /** An answer took so long. */
  spend(ms: number): void {
    this.#left -= ms
  }
}
