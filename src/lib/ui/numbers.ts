// Owns numbers as text for people. See ui.ts for the folder. Data formats write their numbers themselves.

import { formatCount as formatDigits } from '../errors.ts'

const siPrefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const iecPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const

/** What stands for an unknown value. */
const unknown = '-'

/** Three significant digits below 1000, such as 1.24, 12.4, 124; whole numbers without a point where `exact`. */
function threeDigits(value: number, exact: boolean): string {
  if (exact && Number.isInteger(value)) return String(value)
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}

function scaled(value: number, step: number, prefixes: readonly string[], unit: string): string {
  if (!Number.isFinite(value)) return unknown
  const sign = value < 0 ? '-' : ''
  let rest = Math.abs(value)
  let at = 0
  // 999.5 would be rounded up to 1000: it belongs to the next prefix.
  while (rest >= step - 0.5 && at < prefixes.length - 1) {
    rest /= step
    at++
  }
  const digits = threeDigits(rest, at === 0 || step === 1024)
  const suffix = `${prefixes[at]}${unit}`
  return suffix === '' ? sign + digits : `${sign}${digits} ${suffix}`
}

/** SI steps of 1000 with three digits: `formatSi(1.24e9, 'b/s')` is `1.24 Gb/s`. NaN and infinities are `-`. */
export function formatSi(value: number, unit: string): string {
  return scaled(value, 1000, siPrefixes, unit)
}

/** A bit rate: `1.24 Gb/s`. */
export function formatBits(bitsPerSecond: number): string {
  return formatSi(bitsPerSecond, 'b/s')
}

/** IEC steps of 1024, for memory and files: `4 MiB`, `1.50 GiB`. */
export function formatIec(bytes: number): string {
  return scaled(bytes, 1024, iecPrefixes, 'B')
}

/** All digits, in groups of three: `4,711,000`. The same everywhere, whatever the locale: output is compared and pasted. */
export function formatCount(value: number | bigint): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return unknown
  return formatDigits(value)
}

/** `1 agent`, `1,024 agents`. */
export function plural(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`
}

/** A share of 0 to 1 as a percentage: `0.4 %`, `21 %`, `100 %`; what is not 0 never reads `0 %`, what is not all never `100 %`. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return unknown
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (Math.abs(percent) < 0.1) return percent < 0 ? '> -0.1 %' : '< 0.1 %'
  // Downwards, else 99.97 would be 100.0.
  if (percent >= 99.5 && percent < 100) return `${(Math.floor(percent * 10) / 10).toFixed(1)} %`
  return `${Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`
}
