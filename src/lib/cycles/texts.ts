// Owns cycles as short texts, for tables and screens alike. See cycles.ts for the folder. Start at periodText.

import type { CycleRow, CycleStraggler } from './snapshot.ts'

/** What of Style the texts need: the screen has no other. */
export interface Numbers {
  count(value: number): string
  si(value: number, unit: string): string
  percent(share: number): string
}

/** More digits are not read. */
const MOST_DECIMALS = 6
/** The tail of chance is known so far (docs/period.md). */
const LEAST_P = 1e-6

/** `0.697 s ± 0.001`: as many digits as the error has meaning. */
export function periodText(seconds: number, error: number | null): string {
  if (error === null || !(error > 0)) return `${seconds.toPrecision(4)} s`
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, Math.ceil(-Math.log10(error))))
  // An error of 0.0004 must not be rounded to 0.000.
  return `${seconds.toFixed(decimals)} s ± ${error.toFixed(decimals)}`
}

/** `p < 1e-6`, `p = 2e-5`, `p = 0.60`. */
export function chanceText(p: number): string {
  if (p < LEAST_P) return 'p < 1e-6'
  return p < 0.01 ? `p = ${p.toExponential(0)}` : `p = ${p.toFixed(2)}`
}

/** `0.697 s ± 0.001 (p < 1e-6, 96 cycles)`; without a period the reason. */
export function findingText(row: CycleRow, { count }: Numbers): string {
  if (row.periodSeconds === null) return row.reason ?? 'no cycle'
  const how = [
    ...(row.p === null ? [] : [chanceText(row.p)]),
    ...(row.cyclesSeen === null ? [] : [`${count(Math.floor(row.cyclesSeen))} cycles`]),
  ]
  return `${periodText(row.periodSeconds, row.errorSeconds)}${how.length > 0 ? ` (${how.join(', ')})` : ''}`
}

/** `busy 29 %`, `2 bursts`, `41.9 GB/step`: those that are known. */
export function shapeTexts({ dutyCycle, burstsPerStep, bytesPerStep }: CycleRow, style: Numbers): string[] {
  return [
    ...(dutyCycle === null ? [] : [`busy ${style.percent(dutyCycle)}`]),
    ...(burstsPerStep === null ? [] : [`${burstsPerStep} burst${burstsPerStep === 1 ? '' : 's'}`]),
    ...(bytesPerStep === null ? [] : [`${style.si(bytesPerStep, 'B')}/step`]),
  ]
}

/** `leaf2 Ethernet7, +41 ms ± 9 in 88 % of steps`. Names are not made safe for a terminal. */
export function stragglerText(
  { node, port, lagSeconds, errorSeconds, often }: CycleStraggler,
  { percent }: Numbers,
): string {
  const ms = (seconds: number): string => (seconds * 1000).toFixed(0)
  return `${node} ${port}, +${ms(lagSeconds)} ms ± ${ms(errorSeconds)} in ${percent(often)} of steps`
}
