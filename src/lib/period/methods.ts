// Owns which methods there are to find a period. See period.ts for the folder. Start at periodMethod.

import { HPeriod } from './h-method.ts'
import type { PeriodMethod } from './period.ts'
import { streamDefaults } from './stream.ts'
import { ThresholdPeriod } from './threshold.ts'

/** `h`: the H-test over event times; `threshold`: when traffic crosses its mean, as sFlow-RT's AI Metrics does. */
export const periodMethods = ['h', 'threshold'] as const
export type PeriodMethodName = (typeof periodMethods)[number]

/** A new one, which has seen nothing. @param isSparse only its `overall` is asked for, at the end */
export function periodMethod(name: PeriodMethodName, isSparse = false): PeriodMethod {
  return name === 'h' ? new HPeriod(streamDefaults, undefined, isSparse) : new ThresholdPeriod()
}
