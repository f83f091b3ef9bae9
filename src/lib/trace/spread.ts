// Owns how spans of time spread: exact while they are few, then counted in steps of a sixteenth of an octave. Start at Spread.

/** Values that are kept as they are. */
const FEW = 32
/** Steps of an octave: a quantile is off by half a step at most, 1/32. */
const STEPS = 16
const STEP_BITS = 4
/** From here on (104 days) all count as this. */
const MOST = 2 ** 53 - 1

/** The largest share by which a quantile of many values is off. */
export const QUANTILE_ERROR = 1 / 32

/** Spans in ns. Takes 100 bytes, some 3 KB where values of all sizes were many. */
export class Spread {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = 0
  #few: number[] | undefined = []
  /** Of the steps from #low on. */
  #counts = new Uint32Array(0)
  #low = 0

  /** Below 0 counts as 0. */
  add(ns: number): void {
    const value = Math.min(MOST, ns > 0 ? Math.floor(ns) : 0)
    this.count++
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (this.#few === undefined) this.#countIn(bucketOf(value), 1)
    else if (this.#few.length < FEW) this.#few.push(value)
    else {
      this.#spill()
      this.#countIn(bucketOf(value), 1)
    }
  }

  /** The value that a share of 0 to 1 does not exceed (nearest rank); NaN where there are none. */
  quantile(share: number): number {
    if (this.count === 0) return Number.NaN
    const rank = Math.min(this.count, Math.max(1, Math.ceil(share * this.count)))
    if (this.#few !== undefined) return [...this.#few].sort((a, b) => a - b)[rank - 1]!
    if (rank === this.count) return this.max
    let left = rank
    for (let i = 0; i < this.#counts.length; i++) {
      left -= this.#counts[i]!
      if (left <= 0) return Math.max(this.min, Math.min(this.max, middleOf(this.#low + i)))
    }
    return this.max
  }

  /** How many are above; of many values, those in the step around it do not count. */
  above(ns: number): number {
    if (this.#few !== undefined) return this.#few.reduce((sum, value) => sum + (value > ns ? 1 : 0), 0)
    let sum = 0
    const from = bucketOf(Math.min(MOST, Math.max(0, Math.floor(ns)))) + 1
    for (let i = Math.max(0, from - this.#low); i < this.#counts.length; i++) sum += this.#counts[i]!
    return sum
  }

  /** A new one with the values of both. */
  with(other: Spread): Spread {
    const both = new Spread()
    for (const one of [this, other]) both.#take(one)
    return both
  }

  #take(other: Spread): void {
    if (other.#few !== undefined) {
      for (const value of other.#few) this.add(value)
      return
    }
    this.#spill()
    this.count += other.count
    this.sum += other.sum
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    for (const [i, count] of other.#counts.entries()) if (count > 0) this.#countIn(other.#low + i, count)
  }

  #spill(): void {
    const few = this.#few ?? []
    this.#few = undefined
    for (const value of few) this.#countIn(bucketOf(value), 1)
  }

  #countIn(bucket: number, count: number): void {
    const { length } = this.#counts
    if (length === 0 || bucket < this.#low || bucket >= this.#low + length) {
      const low = length === 0 ? bucket : Math.min(this.#low, bucket)
      const end = length === 0 ? bucket + 1 : Math.max(this.#low + length, bucket + 1)
      // Room at both sides, so that it does not grow with each value.
      const first = Math.max(0, low - STEPS)
      const counts = new Uint32Array(end + STEPS - first)
      counts.set(this.#counts, length === 0 ? 0 : this.#low - first)
      this.#counts = counts
      this.#low = first
    }
    this.#counts[bucket - this.#low]! += count
  }
}

/** Below two octaves each value has its own. */
function bucketOf(value: number): number {
  if (value < STEPS * 2) return value
  const octave = exponentOf(value) - STEP_BITS
  return octave * STEPS + Math.floor(value / 2 ** octave)
}

function exponentOf(value: number): number {
  return value < 2 ** 32 ? 31 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / 2 ** 32))
}

function middleOf(bucket: number): number {
  if (bucket < STEPS * 2) return bucket
  const octave = Math.floor(bucket / STEPS) - 1
  return (bucket - octave * STEPS + 0.5) * 2 ** octave
}
