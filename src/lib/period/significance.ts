// Owns how likely noise gives as high an H: the tail as surrogates have it. See period.ts for the folder. Start at chanceOf.

/** For so many independent samples: the highest H of all frequencies that chance reaches with p = 0.5, 0.1, 0.01 and so on. */
interface TailRow {
  readonly samples: number
  readonly h: readonly number[]
}

/**
 * By test/bench/period-surrogates.ts: 10 s, seed 1, 2,000 surrogates and 10 moves a decade, so 20 % of p at its end. What is told of
 * H beyond a row's end is extrapolated.
 */
export const tailTable: readonly TailRow[] = Object.freeze([
  { samples: 12, h: [9.5, 13.3, 17.9, 22.2, 26.8, 31.1, 34.8, 37.7, 39.8] },
  { samples: 16, h: [9.7, 13.6, 18.3, 23.0, 27.7, 32.2, 36.7, 40.7, 44.4] },
  { samples: 24, h: [9.9, 14.0, 19.1, 24.0, 28.7, 33.5, 38.1, 42.9, 47.6] },
  { samples: 32, h: [10.7, 15.1, 20.8, 26.5, 32.4, 38.3, 44.3, 50.1, 56.2] },
  { samples: 48, h: [11.5, 16.1, 22.2, 28.1, 34.1, 40.2, 46.5, 52.9, 59.6] },
  { samples: 64, h: [11.9, 16.9, 23.0, 29.4, 35.9, 42.3, 48.7, 55.4, 62.2] },
  { samples: 128, h: [12.9, 18.6, 25.4, 32.3, 39.3, 46.4, 53.9, 62.1, 70.2] },
  { samples: 256, h: [13.0, 19.0, 26.0, 32.5, 39.3, 46.3, 53.0, 60.3, 67.6] },
  { samples: 1024, h: [13.1, 18.8, 25.5, 31.8, 38.2, 44.2, 50.2, 56.3, 62.1] },
  { samples: 4096, h: [13.0, 18.1, 24.9, 30.9, 37.0, 42.9, 48.7, 54.2, 60.0] },
])

/** Independent frequencies of the table: 10 s × (5 Hz - 0.4 Hz). */
const TABLE_TRIALS = 46

/**
 * Chance that independent samples give H or more at one of the frequencies looked at. Where the table ends the last decade goes on.
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
  const at = (k: number): number => from.h[k]! + (to.h[k]! - from.h[k]!) * share
  let k = 1
  while (k < from.h.length - 1 && at(k) < h) k++
  const low = expectedAt(k - 1)
  const slope = (expectedAt(k) - low) / (at(k) - at(k - 1))
  const expected = Math.exp(low + slope * (h - at(k - 1)))
  return -Math.expm1((-expected * Math.max(1, trials)) / TABLE_TRIALS)
}

/** ln of how often the H at this place of a row is expected in one window: of p that is -ln(1 - p). */
function expectedAt(place: number): number {
  return Math.log(-Math.log1p(place === 0 ? -0.5 : -(10 ** -place)))
}
