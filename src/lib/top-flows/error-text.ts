// Owns how a person sees the error of an estimate, in tables and on the screen: one number. Knows no column. Start at errorText.

/** What of an estimate says how sure it is: bounds of the total, and half of what lies between, in percent. */
export interface ErrorBounds {
  readonly total: number | null
  readonly errorPct: number | null
  readonly low: number | null
  readonly high: number | null
}

/** More than this is no estimate any more. */
const MOST_ERROR = 999
/** The wider side may be so much wider than half of both before it is told alone: from about 60 samples on it is not. */
const EVEN = 1.08

/** Percent to the bound that is further away: above the total `+`, below it `-`; both about the same: no sign. */
export function widerSide({
  total,
  errorPct,
  low,
  high,
}: ErrorBounds): { sign: '' | '+' | '-'; percent: number } | null {
  if (errorPct === null) return null
  if (low === null || high === null || total === null || !(total > 0)) return { sign: '', percent: errorPct }
  const above = (100 * (high - total)) / total
  const below = (100 * (total - low)) / total
  const percent = Math.max(above, below)
  if (percent <= errorPct * EVEN) return { sign: '', percent: errorPct }
  return { sign: above > below ? '+' : '-', percent }
}

/** `3.2 %` is ±; `+130 %`: may be so much more, and less by less than that; `-5.5 %` likewise. `-` alone: not known. */
export function errorText(bounds: ErrorBounds): string {
  const side = widerSide(bounds)
  if (side === null) return '-'
  const { sign, percent } = side
  if (percent > MOST_ERROR) return `>${MOST_ERROR} %`
  // Enough digits that what is not 0 is not shown as 0.
  if (percent > 0 && percent < 0.05) return '<0.1 %'
  return `${sign}${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`
}
