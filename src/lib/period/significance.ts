// Owns how likely noise gives as high an H: the tail as surrogates have it. See period.ts for the folder. Start at chanceOf.

/** For so many independent samples: the highest H of all frequencies that chance reaches with p = 0.5, 0.1, 0.01 and so on. */
interface TailRow {
  readonly samples: number
  readonly h: readonly number[]
}

/** Windows of one length; frequencies from 4 in it (but 1/60 Hz) to 5 Hz. */
interface TailTable {
  readonly seconds: number
  readonly rows: readonly TailRow[]
}

/**
 * By test/bench/period-surrogates.ts, seed 1. 10 s: 2,000 surrogates and 10 moves a decade, 40 s: 800 and 10, 160 s: 200 and 8. p is
 * known to some 30 % at the end of a row (160 s: to a factor of 2); of a higher H it is extrapolated along the last decade, and so is p of windows longer than the last table's, by their
 * frequencies.
 */
export const tailTables: readonly TailTable[] = Object.freeze([
  {
    seconds: 10,
    rows: [
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
    ],
  },
  {
    seconds: 40,
    rows: [
      { samples: 24, h: [13.4, 17.2, 22.6, 27.4, 32.1, 37.1, 41.8, 46.7, 51.3] },
      { samples: 64, h: [16.5, 22.2, 28.5, 35.2, 41.5, 48.3, 55.3, 62.1, 69.4] },
      { samples: 256, h: [18.0, 24.3, 31.4, 38.6, 46.0, 53.1, 60.7, 68.0, 76.0] },
      { samples: 1024, h: [18.0, 24.1, 30.7, 37.3, 43.3, 49.5, 55.4, 61.2, 67.3] },
    ],
  },
  {
    seconds: 160,
    rows: [
      { samples: 128, h: [22.9, 28.7, 36.6, 43.4, 50.5, 57.8, 65.5, 74.2, 82.1] },
      { samples: 1024, h: [22.5, 27.9, 34.8, 40.6, 46.3, 51.3, 56.4, 62.6, 68.4] },
    ],
  },
])

/** Of the tables: T × (highest - lowest) frequencies. */
const TOP_HZ = 5
const LEAST_CYCLES = 4

/**
 * Chance that independent samples give H or more at one of the frequencies looked at.
 * @param effective samples: (Σ w)² / Σ w²; between rows of a table, and between tables, in proportion to logarithms
 * @param trials independent frequencies: T × (highest - lowest)
 */
export function chanceOf(h: number, effective: number, seconds: number, trials: number): number {
  let i = 1
  while (i < tailTables.length - 1 && tailTables[i]!.seconds < seconds) i++
  const short = tailTables[i - 1]!
  const long = tailTables[i]!
  const share = shareOf(seconds, short.seconds, long.seconds)
  const log = logExpected(short, h, effective) * (1 - share) + logExpected(long, h, effective) * share
  return -Math.expm1(-Math.exp(log) * Math.max(1, trials))
}

/** ln of how many frequencies in one have H or more by chance, as a table says. Where it ends the last decade goes on. */
function logExpected({ seconds, rows }: TailTable, h: number, effective: number): number {
  let i = 1
  while (i < rows.length - 1 && rows[i]!.samples < effective) i++
  const from = rows[i - 1]!
  const to = rows[i]!
  const share = shareOf(effective, from.samples, to.samples)
  const at = (k: number): number => from.h[k]! + (to.h[k]! - from.h[k]!) * share
  let k = 1
  while (k < from.h.length - 1 && at(k) < h) k++
  const low = expectedAt(k - 1)
  const slope = (expectedAt(k) - low) / (at(k) - at(k - 1))
  return low + slope * (h - at(k - 1)) - Math.log(TOP_HZ * seconds - LEAST_CYCLES)
}

/** Where a value is between two, by logarithms, 0 .. 1. */
function shareOf(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, Math.log(Math.max(value, 1) / from) / Math.log(to / from)))
}

/** ln of how often the H at this place of a row is expected in one window: of p that is -ln(1 - p). */
function expectedAt(place: number): number {
  return Math.log(-Math.log1p(place === 0 ? -0.5 : -(10 ** -place)))
}
