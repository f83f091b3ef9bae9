// Owns memory and Fourier tables that searches share, so that a search allocates nothing large. Knows no method. See
// period.ts for the folder. Start at Workspace.

import FFT from 'fft.js'

/** What searches work in, one after the other: one for all groups of a process. */
export class Workspace {
  readonly #plans = new Map<number, FFT>()
  #input = new Float64Array(0)
  #output = new Float64Array(0)
  #power = new Float64Array(0)
  #sum = new Float64Array(0)
  #sorted = new Float64Array(0)

  /** Zeros, at least `length` of them. */
  input(length: number): Float64Array {
    if (this.#input.length < length) this.#input = new Float64Array(length)
    else this.#input.fill(0, 0, length)
    return this.#input
  }

  /** Not cleared. */
  power(length: number): Float64Array {
    if (this.#power.length < length) this.#power = new Float64Array(length)
    return this.#power
  }

  /** Zeros, at least `length` of them. */
  sum(length: number): Float64Array {
    if (this.#sum.length < length) this.#sum = new Float64Array(length)
    else this.#sum.fill(0, 0, length)
    return this.#sum
  }

  /** Not cleared. */
  sorted(length: number): Float64Array {
    if (this.#sorted.length < length) this.#sorted = new Float64Array(length)
    return this.#sorted
  }

  /**
   * Fourier transform of real numbers.
   * @param size a power of two; so many of `input` are taken
   * @returns pairs of real and imaginary part from frequency 0 on, valid up to the next call; the first half is filled
   */
  transform(input: Float64Array, size: number): Float64Array {
    let plan = this.#plans.get(size)
    if (plan === undefined) {
      plan = new FFT(size)
      this.#plans.set(size, plan)
    }
    if (this.#output.length < 2 * size) this.#output = new Float64Array(2 * size)
    plan.realTransform(this.#output, input)
    return this.#output
  }
}
