// Owns when each datagram is due: capture time, speed, an even rate, loops. Knows no clock. Start at Timeline.next.

/** Between the end of a loop and the next one where a capture has no interval of its own: one datagram. */
const LONE_INTERVAL_MS = 1000

/**
 * One line of time through all loops. Capture time that goes back counts as standing still. Between two loops lies the
 * capture's mean interval.
 */
export class Timeline {
  /** Of the current datagram: milliseconds of capture time since the first one, through all loops. */
  captureMs = 0
  /** Milliseconds after the start at which it is to be sent. */
  dueMs = 0
  /** Capture time of one loop so far, without the interval after it. */
  loopMs = 0
  readonly #speed: number
  readonly #pps: number | undefined
  #sent = 0
  #base = 0
  #inLoop = 0
  #firstSec = 0
  #firstNsec = 0

  /** @param speed Infinity: everything is due at once. `pps` wins over it. */
  constructor(speed: number, pps: number | undefined) {
    this.#speed = speed
    this.#pps = pps
  }

  /** Takes the next datagram's capture time. */
  next(sec: number, nsec: number): void {
    if (this.#inLoop === 0) {
      this.#firstSec = sec
      this.#firstNsec = nsec
    }
    const sinceFirst = (sec - this.#firstSec) * 1000 + (nsec - this.#firstNsec) / 1e6
    this.loopMs = Math.max(this.loopMs, sinceFirst)
    this.captureMs = this.#base + this.loopMs
    this.dueMs = this.#pps === undefined ? this.captureMs / this.#speed : (this.#sent * 1000) / this.#pps
    this.#inLoop++
    this.#sent++
  }

  /** The next datagram is the first one again. */
  endLoop(): void {
    const interval = this.#inLoop > 1 && this.loopMs > 0 ? this.loopMs / (this.#inLoop - 1) : LONE_INTERVAL_MS
    this.#base = this.captureMs + interval
    this.#inLoop = 0
    this.loopMs = 0
  }
}
