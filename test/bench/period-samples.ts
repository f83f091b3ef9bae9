// Owns the bench's table of how many samples a step are enough, after how long: what sampling rates are planned by.

import { PeriodStream, type Searcher, streamDefaults } from '../../src/lib/period/stream.ts'
import { burstTimes } from '../helpers/period-cases.ts'

const AFTER: readonly number[] = [10, 20, 40, 80, 160]
const PER_STEP = [0.5, 1, 2, 3, 5, 10] as const
const STEP = 0.7

/** Share of the seeds with a right answer (within 5 %), and in brackets those with a wrong one. */
export function samplesNeeded(seeds: number, searcher: Searcher): void {
  for (const share of [0, 0.5]) {
    console.log(
      `\n${STEP} s, bursts of 30 %, ${seeds} seeds; ${share === 0 ? 'nothing between them' : 'and as much that is no burst'}`,
    )
    console.log(`samples a step   ${AFTER.map((after) => `${after} s`.padStart(10)).join('')}`)
    for (const perStep of PER_STEP) {
      const right = AFTER.map(() => 0)
      const wrong = AFTER.map(() => 0)
      for (let seed = 1; seed <= seeds; seed++) {
        const { times } = burstTimes(seed, {
          step: STEP,
          samplesPerStep: perStep,
          bursts: [{ at: 0.2, on: 0.3 }],
          seconds: AFTER.at(-1)!,
          background: share === 0 ? 0 : perStep / STEP,
        })
        const stream = new PeriodStream(streamDefaults, searcher)
        let i = 0
        for (let second = 1; second <= AFTER.at(-1)!; second++) {
          for (; i < times.length && times[i]! < second; i++) stream.add(times[i]!, 1)
          stream.advance(second)
          const at = AFTER.indexOf(second)
          const found = stream.report()?.periodSeconds ?? null
          if (at < 0 || found === null) continue
          if (Math.abs(found - STEP) <= 0.05 * STEP) right[at]!++
          else wrong[at]!++
        }
      }
      const cells = AFTER.map((_, k) => {
        const text = `${((100 * right[k]!) / seeds).toFixed(0)} %${wrong[k]! > 0 ? ` (${wrong[k]})` : ''}`
        return text.padStart(10)
      })
      console.log(`${String(perStep).padEnd(16)} ${cells.join('')}`)
    }
  }
}
