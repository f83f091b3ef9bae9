// Owns which methods there are to find a period. See period.ts for the folder. Start at periodMethod.

import type { PeriodMethod } from './period.ts'
import { ThresholdPeriod } from './threshold.ts'

/** `threshold`: when traffic crosses its mean, as sFlow-RT's AI Metrics does. */
export const periodMethods = ['threshold'] as const
export type PeriodMethodName = (typeof periodMethods)[number]

/** A new one, which has seen nothing. */
export function periodMethod(_name: PeriodMethodName): PeriodMethod {
  return new ThresholdPeriod()
}
