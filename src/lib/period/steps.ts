// Owns traffic as steps by phases: one row a step, which are compared with each other. See period.ts for the folder. Start at
// Steps.

import { Classes } from './classes.ts'
import type { Events } from './spectrum.ts'
import { Wander } from './wander.ts'

/** Phases of a step when classes of steps are compared. */
const PHASES = 16
/** Phases by which single steps are compared with those beside them, and how many of those on each side. */
const COARSE = 8
const NEIGHBOURS = 2
/** Classes differ by so much of what the profile has. */
const LEAST_SHARE = 0.05
/** A step with less than this part of the mean is empty; told where a step has so many independent samples. */
const EMPTY = 0.25
const EMPTY_SAMPLES = 6
/** So many rows at most: with more, a whole number of steps is taken as one row's width apart. */
const MOST_CELLS = 1 << 18

export class Steps {
  readonly wander = new Wander()
  readonly classes = new Classes()
  #cells = new Float64Array(0)
  #rows = 0

  /** Whole steps of the window by phase. */
  #fill(events: Events, from: number, seconds: number, periodSeconds: number, phases: number): Float64Array {
    this.#rows = Math.min(Math.floor(seconds / periodSeconds + 1e-9), Math.floor(MOST_CELLS / phases))
    const length = this.#rows * phases
    if (this.#cells.length < length) this.#cells = new Float64Array(length)
    const cells = this.#cells.fill(0, 0, length)
    const perSecond = phases / periodSeconds
    for (let i = 0; i < events.count; i++) {
      const cell = Math.floor((events.times[i]! - from) * perSecond)
      if (cell >= 0 && cell < length) cells[cell]! += events.weights[i]!
    }
    return cells
  }

  /**
   * Folding at P and at q P: whether every q-th step differs from the others by more than steps of one class differ, so that q P is the
   * step and P is not. An F-test over all phases; its dimensions are those in which steps really vary.
   */
  differ(events: Events, from: number, seconds: number, periodSeconds: number, q: number): boolean {
    const cells = this.#fill(events, from, seconds, periodSeconds, PHASES)
    const rows = this.#rows
    if (rows < 2 * q) return false
    let between = 0
    let within = 0
    let squares = 0
    let profile = 0
    let level = 0
    for (let b = 0; b < PHASES; b++) {
      let all = 0
      let allSquares = 0
      let classes = 0
      for (let c = 0; c < q; c++) {
        let sum = 0
        let n = 0
        for (let row = c; row < rows; row += q) {
          const value = cells[row * PHASES + b]!
          sum += value
          allSquares += value * value
          n++
        }
        all += sum
        classes += (sum * sum) / n
      }
      const rest = allSquares - classes
      between += classes - (all * all) / rows
      within += rest
      squares += rest * rest
      profile += (all / rows) ** 2
      level += all / rows
    }
    const variation = rows * (profile - (level * level) / PHASES)
    if (within <= 0) return between > LEAST_SHARE * variation
    const dimensions = (within * within) / squares
    const classFreedom = (q - 1) * dimensions
    const ratio = between / (q - 1) / (within / (rows - q))
    // Above the 1e-4 quantile of F for all degrees of freedom that occur.
    const limit = 1 + 6 * Math.sqrt(2 / classFreedom) + (20 / classFreedom) * (1 + 10 / ((rows - q) * dimensions))
    const noise = (within / (rows - q)) * (q - 1)
    return ratio > limit && between - noise > LEAST_SHARE * variation
  }

  /**
   * Whether steps look like their neighbours: the mean over steps of the product of their profiles, over its standard error. Traffic
   * that came in one or a few large bursts has a few large products only, so it stays below 2 or 3.
   */
  agreement(events: Events, from: number, seconds: number, periodSeconds: number): number {
    const cells = this.#fill(events, from, seconds, periodSeconds, COARSE)
    const rows = this.#rows
    if (rows < 3) return 0
    for (let row = 0; row < rows; row++) {
      let mean = 0
      for (let b = 0; b < COARSE; b++) mean += cells[row * COARSE + b]! / COARSE
      for (let b = 0; b < COARSE; b++) cells[row * COARSE + b]! -= mean
    }
    let sum = 0
    let squares = 0
    for (let row = 0; row < rows; row++) {
      let product = 0
      for (let other = Math.max(0, row - NEIGHBOURS); other <= Math.min(rows - 1, row + NEIGHBOURS); other++) {
        if (other === row) continue
        for (let b = 0; b < COARSE; b++) product += cells[row * COARSE + b]! * cells[other * COARSE + b]!
      }
      sum += product
      squares += product * product
    }
    const mean = sum / rows
    const variance = Math.max(0, squares / rows - mean * mean)
    return variance > 0 ? mean / Math.sqrt(variance / rows) : mean > 0 ? Number.POSITIVE_INFINITY : 0
  }

  /** Share of the steps in which next to nothing comes; 0 where there are too few samples a step to tell. */
  empty(events: Events, from: number, seconds: number, periodSeconds: number, effective: number): number {
    const cells = this.#fill(events, from, seconds, periodSeconds, 1)
    const rows = this.#rows
    if (effective < EMPTY_SAMPLES * rows) return 0
    let sum = 0
    for (let row = 0; row < rows; row++) sum += cells[row]!
    let empty = 0
    for (let row = 0; row < rows; row++) if (cells[row]! < (EMPTY * sum) / rows) empty++
    return empty / rows
  }
}
