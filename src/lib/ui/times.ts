// Owns points and spans of time as text for people. See ui.ts for the folder.

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** ISO 8601 in UTC with nine digits: `2026-05-01T12:00:01.123456789Z`. Seconds since 1970, up to 2^32 − 1. */
export function formatUtcTime(sec: number, nsec: number): string {
  return `${new Date(sec * 1000).toISOString().slice(0, 19)}.${pad(nsec, 9)}Z`
}

/** The machine's own time with its offset: `2026-05-01 14:00:01.123456 +02:00`; cut to microseconds, not rounded. */
export function formatLocalTime(sec: number, nsec: number): string {
  const at = new Date(sec * 1000)
  return `${dateOf(at)} ${clockOf(at, nsec)} ${zoneOf(at)}`
}

/** What formatLocalClock leaves out of formatLocalTime: `2026-05-01 +02:00`. */
export function formatLocalDay(sec: number): string {
  const at = new Date(sec * 1000)
  return `${dateOf(at)} ${zoneOf(at)}`
}

/** The machine's own time of day: `14:00:01.123456`. */
export function formatLocalClock(sec: number, nsec: number): string {
  return clockOf(new Date(sec * 1000), nsec)
}

const dateOf = (at: Date): string => `${at.getFullYear()}-${pad(at.getMonth() + 1, 2)}-${pad(at.getDate(), 2)}`

function clockOf(at: Date, nsec: number): string {
  const second = `${pad(at.getHours(), 2)}:${pad(at.getMinutes(), 2)}:${pad(at.getSeconds(), 2)}`
  return `${second}.${pad(Math.floor(nsec / 1000), 6)}`
}

function zoneOf(at: Date): string {
  const offset = -at.getTimezoneOffset()
  const east = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(east / 60), 2)}:${pad(east % 60, 2)}`
}

/** A span in its two largest units: `41 d 3 h`, `12 s`, `350 ms`. Whole milliseconds or more. */
export function formatSpan(ms: number): string {
  if (!Number.isFinite(ms)) return '-'
  if (ms < 1000) return `${Math.round(ms)} ms`
  let seconds = Math.round(ms / 1000)
  const parts: string[] = []
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(seconds / length)
    seconds -= count * length
    if (count > 0) parts.push(`${count} ${unit}`)
    else if (parts.length > 0) break
  }
  return parts.slice(0, 2).join(' ')
}
