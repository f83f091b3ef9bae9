// Owns periods and chances as a person reads them. See period.ts for the folder. Start at periodText.

/** Seconds have so many digits behind the point: 0.701 s, 12.3 s; more only where the error says that they mean something. */
const DIGITS = 3
const LONG_DIGITS = 1
const LONG_SECONDS = 10
const MOST_DIGITS = 6
/** What is less likely is written as less. */
const LEAST_P = 1e-6

/** `0.701 s ± 0.001`; `0.70012 s ± 0.00008` where it is known so well; without the error where that is null. */
export function periodText(seconds: number, error: number | null): string {
  const usual = seconds < LONG_SECONDS ? DIGITS : LONG_DIGITS
  const meant = error === null || !(error > 0) ? usual : Math.ceil(-Math.log10(error))
  const digits = Math.min(MOST_DIGITS, Math.max(usual, meant))
  const least = 10 ** -digits
  const off = error === null ? '' : ` ± ${Math.max(error, least).toFixed(digits)}`
  return `${seconds.toFixed(digits)} s${off}`
}

/** `p < 1e-6`, `p = 3e-5`, `p = 0.60`. */
export function chanceText(p: number): string {
  if (p < LEAST_P) return 'p < 1e-6'
  return `p = ${p < 0.01 ? p.toExponential(0) : p.toFixed(2)}`
}
