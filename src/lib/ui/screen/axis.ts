// Owns the ticks of a chart's axes: round numbers, spans and times of day. See screen.ts for the folder.

/** The smallest of 1, 2, 2.5, 5 and 10 × 10^n that is not less than `value`; 1 where that is not above 0. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  for (const digit of [1, 2, 2.5, 5]) if (digit * power >= value * (1 - 1e-9)) return digit * power
  return 10 * power
}

/** Near the ends of doubles there are no steps to count. */
const LEAST_VALUE = 1e-300
const MOST_VALUE = 1e300

/** Ticks of a value axis: from 0 in equal round steps to the first that is not less than `most`; at most `count` steps. */
export function valueTicks(most: number, count: number): number[] {
  if (!(most > LEAST_VALUE)) return [0, 1]
  const step = roundUp(most / Math.max(1, count))
  const steps = Math.max(1, Math.ceil((most / step) * (1 - 1e-9)))
  return Array.from({ length: steps + 1 }, (_, n) => n * step)
}

/** A span that is a smaller share of its values is widened to it, around them: noise is no mountain. */
const LEAST_SPAN = 0.01

/** Ticks of a value axis that does not begin at 0: in equal round steps around `least` to `most`, more than 0; at most `count` + 1 steps. */
export function fittedTicks(least: number, most: number, count: number): number[] {
  if (!(least > LEAST_VALUE && most >= least && most < MOST_VALUE)) return [0, 1]
  const middle = (least + most) / 2
  const half = Math.max((most - least) / 2, (LEAST_SPAN * middle) / 2)
  const [low, high] = [Math.max(0, middle - half), middle + half]
  const step = roundUp((high - low) / Math.max(1, count))
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step)
}

const spans = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200,
] as const

/** The least step of seconds, round for a clock, that cuts `seconds` into at most `count` steps. */
export function timeStep(seconds: number, count: number): number {
  const least = seconds / Math.max(1, count)
  return spans.find((span) => span >= least * (1 - 1e-9)) ?? Math.ceil(least / 86_400) * 86_400
}

/** Seconds as they stand on an axis: `0.5`, `40`, `2m30`, `3h05`. */
export function secondsLabel(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 100) return String(Number(seconds.toFixed(1)))
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (hours > 0) return `${hours}h${two(minutes)}`
  return rest === 0 ? `${minutes}m` : `${minutes}m${two(rest)}`
}

/** The machine's own time of day, `12:00:01`; with tenths where the step is below a second. */
export function clockLabel(ms: number, stepSeconds: number): string {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return stepSeconds < 1 ? `${time}.${Math.floor(at.getMilliseconds() / 100)}` : time
}
