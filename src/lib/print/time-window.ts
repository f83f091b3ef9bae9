// Owns --since and --until: whether a datagram's time lies between. Start at TimeWindow.

import { InputError } from '../errors.ts'
import type { TimeBound } from '../parse/time.ts'

const NS = 1_000_000_000n

/** A span of capture time, start included, end not. Bounds may count from the first datagram. */
export class TimeWindow {
  readonly #since: TimeBound | undefined
  readonly #until: TimeBound | undefined
  #resolved = false
  #fromSec = 0
  #fromNsec = 0
  #toSec = Number.POSITIVE_INFINITY
  #toNsec = 0

  /** @throws InputError where no time can be between the two */
  constructor(since: TimeBound | undefined, until: TimeBound | undefined) {
    if (since !== undefined && until !== undefined && since.from === until.from && since.ns >= until.ns) {
      throw new InputError('--until must be later than --since: nothing can be between them.')
    }
    this.#since = since
    this.#until = until
    this.#resolved = since === undefined && until === undefined
  }

  /** Call with every datagram, in order: the first one is what relative bounds count from. */
  contains(sec: number, nsec: number): boolean {
    if (!this.#resolved) this.#resolve(sec, nsec)
    if (sec < this.#fromSec || (sec === this.#fromSec && nsec < this.#fromNsec)) return false
    return sec < this.#toSec || (sec === this.#toSec && nsec < this.#toNsec)
  }

  #resolve(sec: number, nsec: number): void {
    this.#resolved = true
    const start = BigInt(sec) * NS + BigInt(nsec)
    const absolute = (bound: TimeBound) => (bound.from === 'start' ? start + bound.ns : bound.ns)
    if (this.#since !== undefined) {
      const at = absolute(this.#since)
      this.#fromSec = Number(at / NS)
      this.#fromNsec = Number(at % NS)
    }
    if (this.#until !== undefined) {
      const at = absolute(this.#until)
      this.#toSec = Number(at / NS)
      this.#toNsec = Number(at % NS)
    }
  }
}
