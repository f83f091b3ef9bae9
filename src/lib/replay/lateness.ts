// Owns how late datagrams were sent, as a histogram of fixed size. Knows no clock. Start at Lateness.add.

/** Each octave of microseconds has so many steps: quantiles are right within 1/32. */
const STEPS = 32
const STEP_BITS = 5
const OCTAVES = 32
/** Beyond that (an hour) values count as this. */
const MOST_US = 0x7fffffff

/** Milliseconds; quantiles rounded up to the next step. */
export class Lateness {
  count = 0
  maxMs = 0
  readonly #counts = new Float64Array(STEPS * (OCTAVES - STEP_BITS + 1))

  /** Too early counts as on time. */
  add(ms: number): void {
    const late = ms > 0 ? ms : 0
    if (late > this.maxMs) this.maxMs = late
    this.count++
    const us = Math.min(MOST_US, Math.ceil(late * 1000))
    this.#counts[bucketOf(us)]! += 1
  }

  /** The lateness that a share of 0 to 1 of all datagrams did not exceed; NaN where there are none. */
  quantileMs(share: number): number {
    if (this.count === 0) return Number.NaN
    let left = Math.ceil(this.count * share)
    for (let i = 0; i < this.#counts.length; i++) {
      left -= this.#counts[i]!
      if (left <= 0) return Math.min(this.maxMs, lastOf(i) / 1000)
    }
    return this.maxMs
  }
}

/** Below 2 × STEPS each microsecond has its own bucket. */
function bucketOf(us: number): number {
  if (us < STEPS * 2) return us
  const octave = 31 - Math.clz32(us) - STEP_BITS
  return octave * STEPS + (us >>> octave)
}

/** The largest value of a bucket. */
function lastOf(bucket: number): number {
  if (bucket < STEPS * 2) return bucket
  const octave = Math.floor(bucket / STEPS) - 1
  return (bucket - octave * STEPS + 1) * 2 ** octave - 1
}
