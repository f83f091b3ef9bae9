// Owns the bench's cases of steps that vary or drift: what the coherent search alone says, and what parts of the window add.

import { Blocks } from '../../src/lib/period/blocks.ts'
import { type Finding, findAtOnce, findPeriod, searchDefaults } from '../../src/lib/period/find.ts'
import { Steps } from '../../src/lib/period/steps.ts'
import { Workspace } from '../../src/lib/period/workspace.ts'
import { burstTimes, type StepOptions } from '../helpers/period-cases.ts'

type Varying = Omit<StepOptions, 'bursts'>

const cases: readonly (readonly [string, Varying])[] = [
  ['0.7 s, 3 a step, 40 s, steady', { step: 0.7, samplesPerStep: 3, seconds: 40 }],
  ['0.7 s, 3 a step, 40 s, 5 % jitter', { step: 0.7, samplesPerStep: 3, seconds: 40, stepJitter: 0.05 }],
  ['0.7 s, 4 a step, 40 s, 10 % jitter', { step: 0.7, samplesPerStep: 4, seconds: 40, stepJitter: 0.1 }],
  ['0.7 s, 1 a step, 160 s, 5 % jitter', { step: 0.7, samplesPerStep: 1, seconds: 160, stepJitter: 0.05 }],
  ['1 s, 3 a step, 160 s, 10 % jitter', { step: 1, samplesPerStep: 3, seconds: 160, stepJitter: 0.1 }],
  ['1 s, 2 a step, 160 s, 6 % drift', { step: 1, samplesPerStep: 2, seconds: 160, drift: 0.06 }],
  ['0.7 s, 5 a step, 160 s, 6 % drift', { step: 0.7, samplesPerStep: 5, seconds: 160, drift: 0.06 }],
  ['1 s, 400 a step, 12 s, 2 % jitter', { step: 1, samplesPerStep: 400, seconds: 12, stepJitter: 0.02 }],
  ['1 s, 400 a step, 12 s, 5 % jitter', { step: 1, samplesPerStep: 400, seconds: 12, stepJitter: 0.05 }],
  ['1 s, 400 a step, 40 s, 5 % jitter', { step: 1, samplesPerStep: 400, seconds: 40, stepJitter: 0.05 }],
]

/** Right answers, and those whose ± holds the mean of the steps that were; of both, the medians. */
class Tally {
  right = 0
  wrong = 0
  held = 0
  byParts = 0
  readonly #off: number[] = []
  readonly #error: number[] = []

  add(found: Finding, mean: number): void {
    if (found.periodSeconds === null) return
    const off = Math.abs(found.periodSeconds - mean)
    if (off > 0.05 * mean) {
      this.wrong++
      return
    }
    this.right++
    if (off <= found.errorSeconds) this.held++
    if (found.parts > 1) this.byParts++
    this.#off.push(off / mean)
    this.#error.push(found.errorSeconds / mean)
  }

  toString(): string {
    const middle = (values: number[]): string =>
      `${(100 * (values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN)).toFixed(2)} %`
    const held = `${this.held} of ${this.right}`.padStart(9)
    return `${String(this.right).padStart(5)} ${String(this.wrong).padStart(5)}  ${held} ${middle(this.#off).padStart(8)} ${middle(this.#error).padStart(8)}`
  }
}

export function varying(seeds: number, verdict: (isGood: boolean) => string): void {
  const [workspace, blocks, steps] = [new Workspace(), new Blocks(), new Steps()]
  const columns = 'right wrong    ± holds    error        ±'
  console.log(`\nsteps that vary, one window, ${seeds} seeds; at once: ${columns}   with parts: ${columns}  by parts`)
  for (const [name, options] of cases) {
    const [alone, both] = [new Tally(), new Tally()]
    for (let seed = 1; seed <= seeds; seed++) {
      const { times, starts } = burstTimes(seed, { ...options, bursts: [{ at: 0.2, on: 0.3 }] })
      const events = { times, weights: new Float64Array(times.length).fill(1), count: times.length }
      const mean = (starts.at(-1)! - starts[0]!) / (starts.length - 1)
      const { seconds } = options
      alone.add(findAtOnce(events, 0, seconds, searchDefaults, workspace, blocks, steps).finding, mean)
      both.add(findPeriod(events, 0, seconds, searchDefaults, workspace, blocks, steps), mean)
    }
    const isGood = both.right >= 0.95 * seeds && both.held >= 0.85 * both.right
    console.log(`${name.padEnd(38)} ${alone}   ${both} ${String(both.byParts).padStart(5)}   ${verdict(isGood)}`)
  }
}
