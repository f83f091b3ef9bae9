// Owns waiting for a moment to a tenth of a millisecond, with signals and timers kept alive. See libc.ts for the folder.

import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

/**
 * A timer of Node's is late by up to 2 ms, seldom 4 (measured at the receiver): so long before the moment the thread takes over.
 * It sleeps in Atomics.wait, late by 0.15 ms at most times, and spins through what that may be late. In 5 s of datagrams 10 ms
 * apart this gave p99 0.13 to 0.18 ms; timers alone 1.1 to 2.3 ms; Atomics.wait alone, or clock_nanosleep(2), 0.2 ms to 0.4 ms.
 */
const TIMER_MARGIN_MS = 4
const SPIN_MS = 0.1
/** With moments close to each other no timer is used; signals and other events then wait this long at most. */
const TURN_MS = 10

/** Waits for moments of the monotonic clock, one after the other. */
export class PreciseWait {
  /** What Atomics.wait sleeps on; nothing ever changes it. */
  readonly #never = new Int32Array(new SharedArrayBuffer(4))
  #turn = performance.now()

  /**
   * Resolves at the moment, or at once where it has passed.
   * @param ns as process.hrtime.bigint() counts
   */
  async waitUntil(ns: bigint): Promise<void> {
    let left = leftMs(ns)
    if (left > TIMER_MARGIN_MS + 1) {
      await pause(left - TIMER_MARGIN_MS)
      this.#turn = performance.now()
    } else if (performance.now() - this.#turn > TURN_MS) {
      await nextTurn()
      this.#turn = performance.now()
    }
    left = leftMs(ns)
    if (left > SPIN_MS) Atomics.wait(this.#never, 0, 0, left - SPIN_MS)
    while (leftMs(ns) > 0);
  }
}

const leftMs = (ns: bigint) => Number(ns - process.hrtime.bigint()) / 1e6
