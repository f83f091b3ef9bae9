// Owns how long datagrams may gather in a socket's buffer before the next look: as long as the reader permits, and never so long
// that the buffer could fill. Knows no socket and no clock. See udp.ts; start at Patience.next.

/** With less receive buffer no moment is given away: the usual 208 KiB hold 184 datagrams of 1,400 bytes. */
const LEAST_BUFFER_TO_GATHER = 1 << 20
/** Of the buffer, at the rate of the last look: a burst of four times that rate still fits. */
const SHARE = 1 / 4
/**
 * What the kernel counts for a datagram is at most twice its length and this (measured: 832 for 100 bytes, 2,315 for 1,400, 17,039
 * for 9,000).
 */
const OVERHEAD_BYTES = 2304
/** After silence; from there a wait is at most twice the one before, so that a flood is met by a short one. */
const FIRST_MS = 1
/** Nothing for so long is silence; agents send in bursts, and the gap between two is none. */
const SILENCE_MS = 50

/** Times are milliseconds of one clock that only goes forward. */
export class Patience {
  /** Bytes, as the kernel counts them. */
  readonly #budget: number
  readonly #mostMs: number
  #bytes = 0
  #since = Number.NEGATIVE_INFINITY
  #heard = Number.NEGATIVE_INFINITY
  #last = 0

  /**
   * @param granted receive buffer, half of what the kernel counts against (socket(7)): the least of all sockets
   * @param mostMs longest wait
   */
  constructor(granted: number, mostMs: number) {
    this.#budget = granted < LEAST_BUFFER_TO_GATHER ? 0 : 2 * granted * SHARE
    this.#mostMs = mostMs
  }

  /** Datagrams were taken from a socket, `bytes` of payload in all. */
  took(datagrams: number, bytes: number): void {
    this.#bytes += datagrams * OVERHEAD_BYTES + 2 * bytes
  }

  /**
   * All sockets are empty.
   * @returns how long to wait until the next look, or, where it is `silent`, behind the next datagram; 0: not at all
   */
  next(now: number): number {
    if (this.#budget === 0) return 0
    if (this.#bytes > 0) this.#heard = now
    const fills = this.#bytes > 0 ? (this.#budget / this.#bytes) * (now - this.#since) : Number.POSITIVE_INFINITY
    const longer = this.silent(now) ? FIRST_MS : Math.max(FIRST_MS, 2 * this.#last)
    this.#last = Math.floor(Math.min(fills, longer, this.#mostMs))
    this.#bytes = 0
    this.#since = now
    return this.#last
  }

  /** Nothing came for some time: waiting for the next datagram is cheaper than looks. */
  silent(now: number): boolean {
    return this.#last === 0 || now - this.#heard > SILENCE_MS
  }
}
