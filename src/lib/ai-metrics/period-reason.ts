// Owns why there is no period, in words. See ai-metrics.ts for the folder; docs/ai-metrics.md, Period. Start at periodReason.

import type { PeriodState } from '../period/period.ts'

/** Which the mean of intervals is of, with method threshold. */
const CYCLES = 20

/**
 * Undefined where there is a period.
 * @param roceSamples that count, of the window
 */
export function periodReason(period: PeriodState | null, roceSamples: number): string | undefined {
  if (period === null) return roceSamples === 0 ? 'no RoCE' : 'less than 5 s of RoCE'
  if (period.periodSeconds !== null) return undefined
  const { reason, average, cycles } = period
  if (reason !== undefined) return reason ?? undefined
  if (average === null) return 'no 20 s of even load'
  return cycles < CYCLES ? `${cycles} of ${CYCLES} cycles` : 'cycles too uneven'
}
