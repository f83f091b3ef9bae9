// Owns the comparison of an answer of `sonde period` with the log of the lab's sender, be that even or held up by a busy machine.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

/** What of an answer is compared. Seconds. */
export interface PeriodAnswer {
  readonly period_s: number | null
  readonly error_s: number
  readonly reason?: string | null
}

/** Starts of the cycles in `sonde lab traffic --log`, seconds since 1970. */
export const readStarts = (log: string): readonly number[] =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(/"start_ns":(\d+)/.exec(line)?.[1]) / 1e9)

/**
 * Asserts that the answer is that of these cycles: within 0.3 % where they were sent evenly. A sender that had to wait has moved all
 * that follows: then there may be no answer, else it is near the mean of the steps, which has the waits in it, or near their median.
 * @returns whether they were sent evenly: each step within 2 % of the mean
 */
export function assertPeriod(answer: PeriodAnswer, starts: readonly number[], where: string): boolean {
  const steps = starts.slice(1).map((start, i) => start - starts[i]!)
  assert.ok(steps.length >= 5, `${where}: ${steps.length} cycles`)
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length
  const median = steps.toSorted((x, y) => x - y)[steps.length >> 1]!
  const isEven = steps.every((step) => Math.abs(step / mean - 1) < 0.02)
  const { period_s, error_s, reason } = answer
  const what = `${where}: ${period_s} ± ${error_s}, ${steps.length} steps of mean ${mean}, median ${median}${isEven ? '' : ' (uneven)'}`
  console.log(`  ${what}${reason ? `: ${reason}` : ''}`)
  if (isEven) {
    assert.ok(period_s !== null, what)
    assert.ok(Math.abs(period_s - mean) <= 0.003 * mean, what)
  } else if (period_s !== null) {
    const off = Math.min(Math.abs(period_s - mean), Math.abs(period_s - median))
    assert.ok(off <= Math.max(0.05 * median, 2 * error_s), what)
  }
  return isEven
}
