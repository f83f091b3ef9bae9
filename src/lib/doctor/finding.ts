// Owns what the doctor says of one thing, as plain values. Knows no machine and no terminal. Start at Finding.

/**
 * `ok`: as good as it gets. `limited`: works, but with less, or after the advice; or only some commands don't work.
 * `no`: receiving can't work on this machine, whoever asks.
 */
export type State = 'ok' | 'limited' | 'no'

/** One row of the table, one object of NDJSON. */
export interface Finding {
  /** Stable: programs look for it. */
  readonly what: string
  readonly state: State
  /** What is here, as it was tried or read. */
  readonly found: string
  /** What follows for a user of sonde. */
  readonly means: string
  /** Commands and sentences, one each; empty where nothing is to do. */
  readonly advice: readonly string[]
}

export const doctorFormats = ['table', 'ndjson', 'json'] as const
export type DoctorFormat = (typeof doctorFormats)[number]
