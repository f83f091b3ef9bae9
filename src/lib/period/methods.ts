// Owns which methods there are to find a period. See period.ts for the folder. Start at periodMethod.

import { HPeriod } from './h-method.ts'
import type { PeriodMethod } from './period.ts'
import { ThresholdPeriod } from './threshold.ts'

/** `h`: the H-test over event times; `threshold`: when traffic crosses its mean, as sFlow-RT's AI Metrics does. */
export const periodMethods = ['h', 'threshold'] as const
export type PeriodMethodName = (typeof periodMethods)[number]

/** A new one, which has seen nothing. */
export function periodMethod(name: PeriodMethodName): PeriodMethod {
  return name === 'h' ? new HPeriod() : new ThresholdPeriod()
}
