// Owns how likely noise gives as high an H: the analytic tail, corrected by surrogates. See period.ts for the folder. Start at
// chanceOf.

/** Of p = trials × factor × exp(-0.4 × slope × H) for so many independent samples. */
interface TailRow {
  readonly samples: number
  readonly factor: number
  readonly slope: number
}

/**
 * Fitted offline by test/bench/period-surrogates.ts (10 s and 40 s, seed 1). The tail falls less steeply than exp(-0.4 H): several
 * harmonics and frequencies of a grid are tried, and what is usual around a frequency is itself known from few values.
 */
export const tailTable: readonly TailRow[] = Object.freeze([
  { samples: 24, factor: 0.3, slope: 0.93 },
  { samples: 32, factor: 0.3, slope: 0.85 },
  { samples: 64, factor: 0.4, slope: 0.8 },
  { samples: 128, factor: 0.45, slope: 0.78 },
  { samples: 256, factor: 0.35, slope: 0.72 },
  { samples: 1024, factor: 0.15, slope: 0.64 },
])

/**
 * Chance that independent samples give H or more at one of the frequencies looked at.
 * @param effective samples: (Σ w)² / Σ w²; between rows of the table in proportion to its logarithm
 * @param trials independent frequencies: T × (highest - lowest)
 */
export function chanceOf(h: number, effective: number, trials: number): number {
  let i = 1
  while (i < tailTable.length - 1 && tailTable[i]!.samples < effective) i++
  const from = tailTable[i - 1]!
  const to = tailTable[i]!
  const place = Math.log(Math.max(effective, 1) / from.samples) / Math.log(to.samples / from.samples)
  const share = Math.min(1, Math.max(0, place))
  const factor = from.factor + (to.factor - from.factor) * share
  const slope = from.slope + (to.slope - from.slope) * share
  return -Math.expm1(-Math.max(1, trials) * factor * Math.exp(-0.4 * slope * h))
}
