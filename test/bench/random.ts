// Owns the seeded random numbers of generators and fuzzers: the same seed gives the same bytes on every machine.

/** xoshiro128** (Blackman, Vigna 2018), seeded through splitmix32. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number) {
    let state = seed | 0
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let z = state ^ (state >>> 16)
      z = Math.imul(z, 0x21f0aaad)
      z ^= z >>> 15
      z = Math.imul(z, 0x735a2d97)
      return (z ^ (z >>> 15)) | 0
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next()
  }

  /** 0 .. 2^32-1. */
  u32(): number {
    const x = Math.imul(this.#b, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9)
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result >>> 0
  }

  /** 0 .. 1, 1 not included. */
  unit(): number {
    return this.u32() / 4_294_967_296
  }

  /** 0 .. n-1. */
  below(n: number): number {
    return Math.floor(this.unit() * n)
  }
}

/** Draws ranks 0 .. n-1 with probability proportional to 1 / (rank + 1)^exponent. */
export class Zipf {
  readonly #cumulative: Float64Array

  constructor(n: number, exponent: number) {
    this.#cumulative = new Float64Array(n)
    let sum = 0
    for (let i = 0; i < n; i++) {
      sum += (i + 1) ** -exponent
      this.#cumulative[i] = sum
    }
  }

  draw(random: Random): number {
    const c = this.#cumulative
    const wanted = random.unit() * c[c.length - 1]!
    let low = 0
    let high = c.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (c[middle]! > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}
