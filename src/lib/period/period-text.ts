// Owns periods and chances as a person reads them. See period.ts for the folder. Start at periodText.

/** More digits are not read. */
const MOST_DECIMALS = 6
/** What is less likely is written as less: the tail of chance is known so far (docs/period.md). */
const LEAST_P = 1e-6

/** `0.697 s ± 0.001`: as many digits as the error has meaning. */
export function periodText(seconds: number, error: number | null): string {
  if (error === null || !(error > 0)) return `${seconds.toPrecision(4)} s`
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, Math.ceil(-Math.log10(error))))
  // What is below the last digit must not be rounded to 0.
  return `${seconds.toFixed(decimals)} s ± ${Math.max(error, 10 ** -decimals).toFixed(decimals)}`
}

/** `p < 1e-6`, `p = 2e-5`, `p = 0.60`. */
export function chanceText(p: number): string {
  if (p < LEAST_P) return 'p < 1e-6'
  return p < 0.01 ? `p = ${p.toExponential(0)}` : `p = ${p.toFixed(2)}`
}
