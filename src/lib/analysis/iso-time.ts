// Owns times in rows: one text for all analyses. Start at isoOf.

/**
 * ISO 8601 in UTC, to the nanosecond as all our times, of which microseconds are known: a double has no more.
 * @param ms since 1970 @returns null for what is no time
 */
export function isoOf(ms: number): string | null {
  if (!Number.isFinite(ms)) return null
  const us = Math.round(ms * 1000)
  const whole = Math.floor(us / 1000)
  return new Date(whole).toISOString().replace('Z', `${String(us - whole * 1000).padStart(3, '0')}000Z`)
}
