// Owns the arithmetic of sampling, per data source: sample_pool, drops and rate between two samples, intervals, the
// effective rate. Knows no sequence rules: its caller says what is in order. Start at Sampling.follow.

import { longerNumbers, longerWords } from './columns.ts'
import { OwnDrops } from './own-drops.ts'
import { FIRST_CAPACITY } from './slots.ts'

/** What is taken from a flow or discard sample; a Walker has it. */
export interface SampledCounts {
  readonly sequenceNumber: number
  readonly samplingRate: number
  readonly samplePool: number
  readonly drops: number
}

/** As SampledCounts, with the data source. */
export interface SampledSource extends SampledCounts {
  readonly sourceType: number
  readonly sourceIndex: number
}

/** Samples of one source that followed each other in order, at one rate and without news of drops (runs.ts). */
export interface Run {
  readonly agent: number
  readonly slot: number
  /** Sequence number and pool of its last sample. */
  readonly last: number
  readonly pool: number
  /** Samples, at least 1. */
  readonly samples: number
  /** Of them, those whose pool did not advance by just the rate. */
  readonly unequal: number
  readonly advance: number
}

/** Columns of 32-bit values. */
const RATE = 0
const POOL = 1
const FIRST_NUMBER = 2
const FIRST_POOL = 3
const FIRST_DROPS = 4
const RATE_LEAST = 5
const RATE_MOST = 6
/** 1 where an earlier interval of this life was closed: the open one can't be extended towards the past. */
const CLOSED_BEFORE = 7
/** The newest `drops`; here too, so that as long as it stands still no more memory is looked at. */
const DROPS = 8
/** 1 while `drops` is to be looked at, changed or not. */
const DROPS_OPEN = 9
const WORDS = 10

/** Columns of sums, those that change with every sample first: the open interval, then all closed ones. */
const OPEN_POOL = 0
const OPEN_SAMPLES = 1
const OPEN_GENERATED = 2
const OPEN_DROPS = 3
const PAIRS = 4
const UNEQUAL_PAIRS = 5
const CLOSED_POOL = 6
const CLOSED_SAMPLES = 7
const CLOSED_GENERATED = 8
const CLOSED_EXPECTED = 9
const RATE_CHANGES = 10
const INTERVALS = 11
const SUMS = 12

/** Pairs of samples after which a pool that was always rate × samples is said to be no measurement. */
const LEAST_PAIRS = 4

/** A pool that advances by more than this has gone back: its agent did not restart the sequence as it should. */
const HALF = 0x80000000

/** State per slot; the caller opens a slot before it follows it. */
export class Sampling {
  /** What the agents' own counts of lost samples say. */
  readonly drops = new OwnDrops()
  /**
   * What the last sample added to the sums of its open interval: for those who keep sums of their own (a window's), which
   * then add up to these. `stepSamples` 0: nothing, as the first sample of an interval; the others are stale then.
   */
  stepSamples = 0
  stepPool = 0
  stepGenerated = 0
  stepDrops = 0
  #words = new Uint32Array(FIRST_CAPACITY * WORDS)
  #sums = new Float64Array(FIRST_CAPACITY * SUMS)

  grow(capacity: number): void {
    this.drops.grow(capacity)
    this.#words = longerWords(this.#words, capacity * WORDS)
    this.#sums = longerNumbers(this.#sums, capacity * SUMS)
  }

  /** A data source that was not known: all of it starts at this sample. */
  reset(slot: number, s: SampledCounts): void {
    this.#words.fill(0, slot * WORDS, (slot + 1) * WORDS)
    this.#sums.fill(0, slot * SUMS, (slot + 1) * SUMS)
    this.#words[slot * WORDS + RATE] = s.samplingRate
    this.#words[slot * WORDS + RATE_LEAST] = s.samplingRate
    this.#words[slot * WORDS + RATE_MOST] = s.samplingRate
    this.#open(slot, s)
    this.#startDrops(slot, s.drops)
  }

  /** A life that starts with this sample: the interval before it is closed, and nothing is concluded across the point. */
  restart(slot: number, s: SampledCounts): void {
    this.#close(slot)
    this.#rate(slot, s.samplingRate)
    this.#open(slot, s)
    this.#startDrops(slot, s.drops)
    this.#words[slot * WORDS + CLOSED_BEFORE] = 0
  }

  /**
   * A sample in order, `generated` numbers after the last one (1 without loss). A change of rate closes the interval
   * and opens one at this sample (sflow5.md 1.9).
   * @returns samples that the agent itself lost (Δdrops), as far as they are certain now
   */
  follow(slot: number, s: SampledCounts, generated: number): number {
    const words = this.#words
    const at = slot * WORDS
    const rate = words[at + RATE]!
    const poolBefore = words[at + POOL]!
    const pool = (s.samplePool - poolBefore) >>> 0
    let drops = 0
    if (s.drops !== words[at + DROPS] || words[at + DROPS_OPEN] !== 0) drops = this.#dropped(slot, s, poolBefore)
    if (s.samplingRate !== rate || pool >= HALF) {
      this.#close(slot)
      this.#rate(slot, s.samplingRate)
      this.#open(slot, s)
      words[at + CLOSED_BEFORE] = 1
      return drops
    }
    words[at + POOL] = s.samplePool
    const sums = this.#sums
    const to = slot * SUMS
    sums[to + OPEN_POOL]! += pool
    sums[to + OPEN_SAMPLES]! += 1
    sums[to + OPEN_GENERATED]! += generated
    if (drops !== 0) sums[to + OPEN_DROPS]! += drops
    this.stepSamples = 1
    this.stepPool = pool
    this.stepGenerated = generated
    this.stepDrops = drops
    // At 1 in 1 the pool is rate × samples by right.
    if (rate > 1) {
      sums[to + PAIRS]! += 1
      if (Math.imul(rate, generated) >>> 0 !== pool) sums[to + UNEQUAL_PAIRS]! += 1
    }
    return drops
  }

  /** Several samples in order, of one rate and without news of drops: as `follow` of each with `generated` 1. */
  followRun(slot: number, { samples, unequal, advance, pool }: Run): void {
    const sums = this.#sums
    const to = slot * SUMS
    this.#words[slot * WORDS + POOL] = pool
    sums[to + OPEN_POOL]! += advance
    sums[to + OPEN_SAMPLES]! += samples
    sums[to + OPEN_GENERATED]! += samples
    if (this.#words[slot * WORDS + RATE]! <= 1) return
    sums[to + PAIRS]! += samples
    sums[to + UNEQUAL_PAIRS]! += unequal
  }

  /** Nothing is to be found out about its drops as long as they stand still. */
  dropsSettled(slot: number): boolean {
    return this.#words[slot * WORDS + DROPS_OPEN] === 0
  }

  /**
   * A sample that others have overtaken: one more of the open interval, whose ends it moves only where it is older than
   * the first one of its life. One of a closed interval stays out of the arithmetic, as few of them as can be reordered.
   * @returns as follow
   */
  late(slot: number, s: SampledCounts): number {
    const words = this.#words
    const sums = this.#sums
    const at = slot * WORDS
    const to = slot * SUMS
    if (s.samplingRate !== words[at + RATE]) return 0
    const before = (words[at + FIRST_NUMBER]! - s.sequenceNumber) | 0
    if (before <= 0) {
      sums[to + OPEN_SAMPLES]! += 1
      this.stepSamples = 1
      this.stepPool = 0
      this.stepGenerated = 0
      this.stepDrops = 0
      return 0
    }
    const pool = (words[at + FIRST_POOL]! - s.samplePool) >>> 0
    if (words[at + CLOSED_BEFORE] === 1 || pool >= HALF) return 0
    const drops = this.drops.before(words[at + FIRST_DROPS]!, s.drops)
    sums[to + OPEN_SAMPLES]! += 1
    sums[to + OPEN_POOL]! += pool
    sums[to + OPEN_GENERATED]! += before
    sums[to + OPEN_DROPS]! += drops
    this.stepSamples = 1
    this.stepPool = pool
    this.stepGenerated = before
    this.stepDrops = drops
    words[at + FIRST_NUMBER] = s.sequenceNumber
    words[at + FIRST_POOL] = s.samplePool
    words[at + FIRST_DROPS] = s.drops
    return drops
  }

  /** The sampling rate N (1 in N) that the last sample in order was taken with. */
  rate(slot: number): number {
    return this.#words[slot * WORDS + RATE]!
  }
  rateLeast(slot: number): number {
    return this.#words[slot * WORDS + RATE_LEAST]!
  }
  rateMost(slot: number): number {
    return this.#words[slot * WORDS + RATE_MOST]!
  }
  rateChanges(slot: number): number {
    return this.#sums[slot * SUMS + RATE_CHANGES]!
  }
  /** Goes up whenever an interval is closed: what was read before then is final, what follows is another interval. */
  interval(slot: number): number {
    return this.#sums[slot * SUMS + INTERVALS]!
  }
  /** Packets that could have been sampled, by sample_pool, in all intervals; only goes up. */
  pool(slot: number): number {
    return this.#sums[slot * SUMS + CLOSED_POOL]! + this.#sums[slot * SUMS + OPEN_POOL]!
  }
  /** Samples received in all intervals, the first of each not counted: pool / poolSamples is the effective rate. */
  poolSamples(slot: number): number {
    return this.#sums[slot * SUMS + CLOSED_SAMPLES]! + this.#sums[slot * SUMS + OPEN_SAMPLES]!
  }

  /**
   * False where the pool is just rate × samples at every step, as hsflowd and Open vSwitch send it: it says nothing of
   * the packets. Undefined where too few samples tell, or at 1 in 1.
   */
  poolMeasured(slot: number): boolean | undefined {
    if (this.#sums[slot * SUMS + UNEQUAL_PAIRS]! > 0) return true
    return this.#sums[slot * SUMS + PAIRS]! >= LEAST_PAIRS ? false : undefined
  }

  /**
   * N_eff of the open interval: packets a received sample, by the pool where it measures, else by the configured rate
   * with network loss and agent drops put right. NaN before the second sample, or at a rate of 0 without pool.
   * @see sflow5.md 1.9
   */
  openRate(slot: number): number {
    const sums = this.#sums
    const to = slot * SUMS
    const samples = sums[to + OPEN_SAMPLES]!
    return this.#effective(slot, sums[to + OPEN_POOL]!, samples, sums[to + OPEN_GENERATED]!, this.#expected(slot))
  }

  /**
   * Packets a sample that the agent took in the open interval, whether it arrived or not: by the pool where it measures,
   * else the configured rate. A received sample stands for so many, and for as many more for each that was lost before it.
   * NaN at a rate of 0 without pool.
   */
  takenRate(slot: number): number {
    const sums = this.#sums
    const to = slot * SUMS
    const pool = sums[to + OPEN_POOL]!
    const taken = sums[to + OPEN_GENERATED]! + sums[to + OPEN_DROPS]!
    if (taken > 0 && pool >= taken && this.poolMeasured(slot) !== false) return pool / taken
    const rate = this.#words[slot * WORDS + RATE]!
    return rate > 0 ? rate : Number.NaN
  }

  /** As openRate, over all intervals. */
  effectiveRate(slot: number): number {
    const sums = this.#sums
    const to = slot * SUMS
    const generated = sums[to + CLOSED_GENERATED]! + sums[to + OPEN_GENERATED]!
    const expected = sums[to + CLOSED_EXPECTED]! + this.#expected(slot)
    return this.#effective(slot, this.pool(slot), this.poolSamples(slot), generated, expected)
  }

  #effective(slot: number, pool: number, samples: number, generated: number, expected: number): number {
    if (samples === 0) return Number.NaN
    // Fewer packets than samples: the pool does not count packets (always 0, or broken).
    const usable = pool > 0 && pool >= generated && this.poolMeasured(slot) !== false
    if (usable) return pool / samples
    return expected > 0 ? expected / samples : Number.NaN
  }

  /** rate × (g + x) of the open interval: packets that its samples stand for, without use of the pool. */
  #expected(slot: number): number {
    const to = slot * SUMS
    return this.#words[slot * WORDS + RATE]! * (this.#sums[to + OPEN_GENERATED]! + this.#sums[to + OPEN_DROPS]!)
  }

  #rate(slot: number, rate: number): void {
    const words = this.#words
    const at = slot * WORDS
    if (rate === words[at + RATE]) return
    words[at + RATE] = rate
    words[at + RATE_LEAST] = Math.min(words[at + RATE_LEAST]!, rate)
    words[at + RATE_MOST] = Math.max(words[at + RATE_MOST]!, rate)
    this.#sums[slot * SUMS + RATE_CHANGES]! += 1
  }

  #startDrops(slot: number, drops: number): void {
    this.drops.start(slot, drops)
    this.#words[slot * WORDS + DROPS] = drops
    this.#words[slot * WORDS + DROPS_OPEN] = 1
  }

  #dropped(slot: number, s: SampledCounts, poolBefore: number): number {
    const grown = this.drops.step(slot, s.drops, poolBefore, s.samplePool, this)
    this.#words[slot * WORDS + DROPS] = s.drops
    this.#words[slot * WORDS + DROPS_OPEN] = this.drops.sure(slot) ? 0 : 1
    return grown
  }

  #open(slot: number, s: SampledCounts): void {
    const words = this.#words
    const at = slot * WORDS
    words[at + POOL] = s.samplePool
    words[at + FIRST_NUMBER] = s.sequenceNumber
    words[at + FIRST_POOL] = s.samplePool
    words[at + FIRST_DROPS] = s.drops
  }

  #close(slot: number): void {
    const sums = this.#sums
    const to = slot * SUMS
    sums[to + CLOSED_POOL]! += sums[to + OPEN_POOL]!
    sums[to + CLOSED_SAMPLES]! += sums[to + OPEN_SAMPLES]!
    sums[to + CLOSED_GENERATED]! += sums[to + OPEN_GENERATED]!
    sums[to + CLOSED_EXPECTED]! += this.#expected(slot)
    sums[to + INTERVALS]! += 1
    sums.fill(0, to + OPEN_POOL, to + OPEN_DROPS + 1)
  }
}
