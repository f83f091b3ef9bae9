// Owns which sampling rate an interface gets. Must not know taps. Start at rateOfSpeed.

/** Rates by speed, as hsflowd.conf has them. */
export interface SpeedRates {
  /** For speeds that have none of their own; undefined: by bitsPerSample. */
  readonly always: number | undefined
  /** bit/s → N. */
  readonly bySpeed: ReadonlyMap<number, number>
  /** N is the speed divided by this; 0: never. */
  readonly bitsPerSample: number | undefined
}

/** N = speed / 10^6: one in 1,000 at 1 Gb/s, one in 10,000 at 10 Gb/s, as InMon recommends and hsflowd does. */
const BITS_PER_SAMPLE = 1_000_000
/** Never more often than this by speed. */
const LEAST_RATE = 100
/** Where the speed is not known: hsflowd's default. */
const UNKNOWN_SPEED_RATE = 400

/**
 * N of 1 in N. A rate for exactly this speed counts before `always`, which counts before the recommendation. Unlike hsflowd, which
 * puts its recommendation before `sampling`: a rate that somebody wrote down is meant.
 * @param speed bit/s; undefined where not known
 */
export function rateOfSpeed(rates: SpeedRates, speed: number | undefined): number {
  const given = (speed === undefined ? undefined : rates.bySpeed.get(speed)) ?? rates.always
  if (given !== undefined && given > 0) return given
  const ratio = rates.bitsPerSample ?? BITS_PER_SAMPLE
  if (speed === undefined || speed === 0 || ratio === 0) return UNKNOWN_SPEED_RATE
  return Math.max(LEAST_RATE, Math.round(speed / ratio))
}
