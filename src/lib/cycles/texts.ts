// Owns cycles as short texts, for tables and screens alike. See cycles.ts for the folder. Start at findingText.

import { chanceText, periodText } from '../period/period-text.ts'
import type { CycleRow, CycleStraggler } from './snapshot.ts'

/** What of Style the texts need: the screen has no other. */
export interface Numbers {
  count(value: number): string
  si(value: number, unit: string): string
  percent(share: number): string
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
