// Owns what the `drops` field of a data source's samples is believed to say: samples that the agent itself lost. Knows no
// pool but as a bound, and no order: its caller gives samples in order. Start at OwnDrops.step.

import { longerWords } from './columns.ts'
import { FIRST_CAPACITY } from './slots.ts'

/**
 * A step up to this is believed at once: a field of random bits is so near to the last value once in a million times, and a
 * step that is real is larger only where an agent loses nearly all that it samples.
 */
const AT_ONCE = 1 << 12
/** A larger step is believed when the next sample is at most this far behind it: once in 256 for random bits. */
const CONFIRMED = 1 << 24
/** A growth of more is one that went back: the agent began to count anew. */
const HALF = 0x80000000

/** The newest value that is believed. */
const BELIEVED = 0
/** The newest value, while it is in doubt. */
const SEEN = 1
/** The source's sample_pool at the value that is believed, while there is a doubt. */
const POOL = 2
const STATE = 3
const WORDS = 4

/** The value is believed. */
const SURE = 0
/** It is the first of its life: nothing before it and nothing behind it says that it is right. */
const FRESH = 1
/** The newest value is far from the believed one, which was SURE or FRESH. */
const DOUBT = 2
const FRESH_DOUBT = 3

/** Whether the pool of a slot counts packets. */
interface Pools {
  poolMeasured(slot: number): boolean | undefined
}

/** State per slot. */
export class OwnDrops {
  /** Steps that were not counted, of all slots ever. */
  implausible = 0
  #words = new Uint32Array(FIRST_CAPACITY * WORDS)

  grow(capacity: number): void {
    this.#words = longerWords(this.#words, capacity * WORDS)
  }

  /** A life of a data source begins with this value. */
  start(slot: number, drops: number): void {
    this.#words[slot * WORDS + BELIEVED] = drops
    this.#words[slot * WORDS + STATE] = FRESH
  }

  /** The newest value is believed: the same again says nothing new. */
  sure(slot: number): boolean {
    return this.#words[slot * WORDS + STATE] === SURE
  }

  /**
   * The value of the next sample in order.
   * @param poolBefore sample_pool of the sample before it
   * @param pool its own sample_pool; a bound where `pools` says that it measures
   * @returns by how much the count has grown for certain, since what was returned before
   */
  step(slot: number, drops: number, poolBefore: number, pool: number, pools: Pools): number {
    const words = this.#words
    const at = slot * WORDS
    const grown = (drops - words[at + BELIEVED]!) >>> 0
    if (grown <= AT_ONCE) {
      // Back where it was: what came between was garbage.
      if (words[at + STATE]! >= DOUBT) this.implausible++
      words[at + STATE] = SURE
      words[at + BELIEVED] = drops
      return grown
    }
    return this.#doubt(at, drops, poolBefore, pool, pools)
  }

  /** A sample that is older than the first of its life, whose value was `first`: what was lost between the two. */
  before(first: number, drops: number): number {
    const grown = (first - drops) >>> 0
    if (grown <= AT_ONCE) return grown
    this.implausible++
    return 0
  }

  #doubt(at: number, drops: number, poolBefore: number, pool: number, pools: Pools): number {
    const words = this.#words
    const state = words[at + STATE]!
    if (state < DOUBT) {
      words[at + SEEN] = drops
      words[at + POOL] = poolBefore
      words[at + STATE] = state === FRESH ? FRESH_DOUBT : DOUBT
      return 0
    }
    const seen = words[at + SEEN]!
    const more = (drops - seen) >>> 0
    if (more > CONFIRMED) {
      this.implausible++
      words[at + SEEN] = drops
      return 0
    }
    const jump = (seen - words[at + BELIEVED]!) >>> 0
    words[at + BELIEVED] = drops
    words[at + STATE] = SURE
    if (jump >= HALF && state === DOUBT) return more
    // Each that was lost was a packet of the pool; and a jump from a first value may be away from garbage.
    const bound = state === FRESH_DOUBT ? CONFIRMED : HALF
    const advanced = (pool - words[at + POOL]!) >>> 0
    if (jump < bound && (jump + more <= advanced || pools.poolMeasured(at / WORDS) !== true)) return jump + more
    this.implausible++
    return more
  }
}
