// Owns which packets an agent samples: each with probability 1/N, by random skips. Knows no packet. Start at PacketSampler.

/** 2^-32: turns 32 random bits into a number from 0 to 1. */
const UNIT = 2 ** -32

/**
 * Random skips between samples, geometric with mean N: each packet is taken with probability 1/N, independent of all
 * others, as sflow_version_5.txt section 3.1 wants it ("random", never every N-th). The same seed gives the same skips on
 * every machine. Unlike hsflowd's 15-bit generator it has no longest skip (sflow5.md 5.4, item 5).
 */
export class PacketSampler {
  readonly #rate: number
  /** 1 / ln(1 - 1/N); not used at a rate of 1. */
  readonly #scale: number
  /** xoshiro128** (Blackman and Vigna, 2018). */
  readonly #state = new Uint32Array(4)
  #left: number

  /**
   * @param rate N of 1 in N, 1 or more
   * @param seed 32 bits count
   */
  constructor(rate: number, seed: number) {
    if (!(Number.isInteger(rate) && rate >= 1)) throw new RangeError(`sampling rate ${rate}, needed 1 or more`)
    this.#rate = rate
    this.#scale = 1 / Math.log1p(-1 / rate)
    let s = seed | 0
    // splitmix32 spreads the seed, so that near seeds give unlike sequences and the state is never all zero.
    for (let k = 0; k < 4; k++) {
      s = (s + 0x9e3779b9) | 0
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      this.#state[k] = z ^ (z >>> 15)
    }
    this.#left = this.#skip()
  }

  /** Call for every packet: whether it is a sample. */
  take(): boolean {
    this.#left--
    if (this.#left > 0) return false
    this.#left = this.#skip()
    return true
  }

  /** Packets from here to the next sample, that one included: 1 or more. */
  #skip(): number {
    if (this.#rate === 1) return 1
    // 1 - u is never 0, so the logarithm is finite: at most 32 × ln 2 × N packets.
    return Math.floor(Math.log((this.#next() + 1) * UNIT) * this.#scale) + 1
  }

  #next(): number {
    const s = this.#state
    const x = Math.imul(s[1]!, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= t
    s[3] = (s[3]! << 11) | (s[3]! >>> 21)
    return result
  }
}
