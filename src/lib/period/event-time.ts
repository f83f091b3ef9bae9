// Owns when a sample was taken, by when its datagram came and what the agent's clock said. See period.ts for the folder.
// Start at SendingTimes.

/** Clocks drift by some 50 ppm, which is 3 ms in this; the least delay of the last one to two of these counts. */
const MINIMUM_MS = 60_000
/** A least delay that differs by less leaves times as they are: each change would part what is before it from what is behind. */
const LEAST_CHANGE_MS = 10
/** Datagrams overtake each other; an uptime further back than this is a restart. */
const RESTART_MS = 10_000
/** Steps in which agents count their uptime, coarsest first. */
const GRAINS = [1000, 100, 10] as const
/** After so many different uptimes the step is known. */
const GRAIN_SEEN = 16

/**
 * When an agent's datagrams left it. Delay in the network and in the collector is what arrival is later by than the least of
 * (arrival - uptime); how long the agent itself held the samples, uptime does not tell (see hold.ts). One for each agent.
 */
export class SendingTimes {
  #last = Number.NaN
  /** Uptime without its wrap at 2^32 ms. */
  #uptime = 0
  #least = Number.POSITIVE_INFINITY
  #leastBefore = Number.POSITIVE_INFINITY
  #until = Number.NEGATIVE_INFINITY
  /** The least delay by which times are told now. */
  #told = Number.POSITIVE_INFINITY
  #grain: number = GRAINS[0]
  #seen = 0

  /**
   * @param arrivalMs milliseconds since 1970
   * @param uptimeMs of the datagram, 0 .. 2^32 - 1
   * @returns milliseconds since 1970, never later than the arrival
   */
  map(arrivalMs: number, uptimeMs: number): number {
    const step = Number.isNaN(this.#last) ? 0 : (uptimeMs - this.#last) | 0
    if (Number.isNaN(this.#last) || step < -RESTART_MS) this.#restart(uptimeMs)
    else {
      this.#uptime += step
      if (step !== 0 && this.#seen < GRAIN_SEEN) this.#see(uptimeMs)
    }
    this.#last = uptimeMs
    const delay = arrivalMs - this.#uptime
    if (arrivalMs >= this.#until) {
      this.#leastBefore = this.#least
      this.#least = delay
      this.#until = arrivalMs + MINIMUM_MS
    } else if (delay < this.#least) this.#least = delay
    // A clock that counts in large steps tells less than the arrival where that is within one of them.
    const grain = this.#seen < GRAIN_SEEN ? 0 : this.#grain
    const least = Math.min(this.#least, this.#leastBefore)
    if (!(Math.abs(least - this.#told) <= LEAST_CHANGE_MS)) this.#told = least
    return Math.min(arrivalMs, this.#uptime + this.#told + grain)
  }

  #restart(uptimeMs: number): void {
    this.#uptime = uptimeMs
    this.#least = Number.POSITIVE_INFINITY
    this.#leastBefore = Number.POSITIVE_INFINITY
    this.#until = Number.NEGATIVE_INFINITY
    this.#told = Number.POSITIVE_INFINITY
    this.#seen = 0
    this.#grain = GRAINS[0]
  }

  #see(uptimeMs: number): void {
    this.#seen++
    while (this.#grain > 1 && uptimeMs % this.#grain !== 0) this.#grain = GRAINS.find((g) => g < this.#grain) ?? 1
  }
}
