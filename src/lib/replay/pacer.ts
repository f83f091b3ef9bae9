// Owns the clock of a replay and waiting on it, so that a stop is heard at once. Knows no datagram; the last tenth of a
// second is waited for in sys/precise-wait.ts. Start at Pacer.until.

import { PreciseWait } from '../sys/precise-wait.ts'

/** A stop is heard sooner than a person notices; what is nearer is left to PreciseWait, which nothing interrupts. */
const UNINTERRUPTED_MS = 100
/** Beyond 2^31 ms a timer of Node's fires at once. */
const LONGEST_TIMER_MS = 0x7fffffff
/** The event loop gets a turn at least so often where nothing is waited for: Ctrl-C and refusals. */
const TURN_MS = 10

export class Pacer {
  readonly #stop: AbortSignal
  readonly #wait = new PreciseWait()
  readonly #startNs = process.hrtime.bigint()
  #turnMs = 0

  constructor(stop: AbortSignal) {
    this.#stop = stop
  }

  /** Milliseconds since the start; never goes back. */
  now(): number {
    return Number(process.hrtime.bigint() - this.#startNs) / 1e6
  }

  /** Resolves at that many milliseconds after the start, at once where they have passed, and sooner when stopped. */
  async until(dueMs: number): Promise<void> {
    for (let left = dueMs - this.now(); left > UNINTERRUPTED_MS; left = dueMs - this.now()) {
      if (this.#stop.aborted) return
      await this.#sleep(Math.min(left - UNINTERRUPTED_MS / 2, LONGEST_TIMER_MS))
    }
    await this.#wait.waitUntil(this.#startNs + BigInt(Math.round(dueMs * 1e6)))
  }

  /** Gives the event loop a turn where it had none for long. */
  async turn(): Promise<void> {
    if (this.now() - this.#turnMs < TURN_MS) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#turnMs = this.now()
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#stop.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#stop.addEventListener('abort', wake, { once: true })
    })
  }
}
