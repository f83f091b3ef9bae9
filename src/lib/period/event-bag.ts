// Owns the events of the last so many seconds, in bounded memory. See period.ts for the folder. Start at EventBag.

import type { Events } from './spectrum.ts'

const FIRST_ROOM = 256

/**
 * Events of a window, in any order. Where more come than there is room for, half of them are drawn at random to stay, for twice
 * the weight each, and of those that come only one in so many: what it says stays true, only less exactly.
 */
export class EventBag implements Events {
  times: Float64Array
  weights: Float64Array
  count = 0
  readonly #seconds: number
  readonly #capacity: number
  #newest = Number.NEGATIVE_INFINITY
  /** One event in so many is kept. */
  #every = 1
  /** State of xorshift32. */
  #random = 0x2545f491

  /** @param capacity the most events; memory grows up to them */
  constructor(seconds: number, capacity: number) {
    this.#seconds = seconds
    this.#capacity = capacity
    this.times = new Float64Array(Math.min(FIRST_ROOM, capacity))
    this.weights = new Float64Array(this.times.length)
  }

  /** @param time seconds */
  add(time: number, weight: number): void {
    if (this.#every > 1 && this.#draw() * this.#every >= 1) return
    if (time > this.#newest) this.#newest = time
    if (this.count === this.times.length) this.#makeRoom()
    this.times[this.count] = time
    this.weights[this.count] = weight * this.#every
    this.count++
  }

  /** Forgets events before a time. */
  forget(before: number): void {
    let kept = 0
    for (let i = 0; i < this.count; i++) {
      const time = this.times[i]!
      if (time < before) continue
      this.times[kept] = time
      this.weights[kept] = this.weights[i]!
      kept++
    }
    this.count = kept
    if (this.#every > 1 && kept < this.#capacity / 8) this.#every /= 2
  }

  /** Time of the first event that is kept; Infinity without one. */
  earliest(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.count; i++) earliest = Math.min(earliest, this.times[i]!)
    return earliest
  }

  #makeRoom(): void {
    this.forget(this.#newest - this.#seconds)
    const room = this.times.length
    if (this.count <= room * 0.75) return
    if (room < this.#capacity) {
      const times = new Float64Array(Math.min(2 * room, this.#capacity))
      const weights = new Float64Array(times.length)
      times.set(this.times)
      weights.set(this.weights)
      this.times = times
      this.weights = weights
      return
    }
    let kept = 0
    for (let i = 0; i < this.count; i++) {
      if (this.#draw() < 0.5) continue
      this.times[kept] = this.times[i]!
      this.weights[kept] = 2 * this.weights[i]!
      kept++
    }
    this.count = kept
    this.#every *= 2
  }

  /** 0 .. 1, 1 not included. */
  #draw(): number {
    let x = this.#random
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#random = x
    return (x >>> 0) / 4_294_967_296
  }
}
