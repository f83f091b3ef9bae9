// Owns numbers in the narrow cells of a screen: few characters, and as many for one size as for another.
// See screen.ts for the folder.

import { formatCount, formatSi } from '../numbers.ts'

/** A rate in 5 characters: `0`, `0.20`, `11.1`, `124`, `1.24k`; something that is not zero never reads `0`. */
export function rateCell(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '-'
  if (value === 0) return '0'
  if (Math.abs(value) >= 999.5) return formatSi(value, '').replace(' ', '')
  if (value > 0 && value < 0.005) return '<0.01'
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}

/** A count with all its digits where they fit into `width`, else with three and a prefix: `12,345`, `123k`. */
export function countCell(value: number | null, width: number): string {
  if (value === null || !Number.isFinite(value)) return '-'
  const whole = formatCount(value)
  return whole.length <= width ? whole : formatSi(value, '').replace(' ', '')
}

/** The N of 1-in-N in 5 characters: `1k`, `4096`, `16384`, `131k`. */
export function ratioCell(n: number): string {
  if (n >= 1000 && n % 1000 === 0) {
    const prefix = n % 1_000_000_000 === 0 ? 3 : n % 1_000_000 === 0 ? 2 : 1
    const text = `${n / 1000 ** prefix}${['', 'k', 'M', 'G'][prefix]}`
    if (text.length <= 5) return text
  }
  return n < 100_000 ? String(n) : formatSi(n, '').replace(' ', '')
}

/** A span in its largest unit, 4 characters up to 27 years: `40s`, `3m`, `5h`, `41d`. Cut, not rounded. */
export function spanCell(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`
}

/** A running time in 6 characters: `72s` up to a hundred seconds, then `1m52s`, `2h05m`, `41d03h`. */
export function clockCell(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 100) return `${whole}s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}m${two(whole % 60)}s`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours}h${two(minutes % 60)}m` : `${Math.floor(hours / 24)}d${two(hours % 24)}h`
}
