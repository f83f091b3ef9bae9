// Owns what a person can ask of `sonde decode`, as values. Knows no flag. Start at DecodeOptions; run.ts does it.

import type { EnvironmentError, InputError } from '../errors.ts'
import type { PrintOptions, Selection } from '../print/options.ts'

export interface DecodeOptions extends Selection, PrintOptions {
  /** Files, or `-` for stdin; at least one, merged by time. */
  readonly inputs: readonly string[]
  /** Print the attributes instead of decoding. */
  readonly listFields: boolean
  /** UDP destination ports that carry sFlow; at least one. */
  readonly ports: readonly number[]
  /** Stop early, but end the output well. */
  readonly stop: AbortSignal
}

/** Where everything but the records goes; lib/ui/terminal.ts is one. */
export interface DecodeReport {
  /** A line that is always told: damage, loss. */
  tell(line: string): void
  /** An input that can't be read; the others are. */
  failure(error: InputError | EnvironmentError): void
  /** A line that --quiet hides: the summary, what was chosen. */
  note(line: string): void
  /** A line that only --verbose shows. */
  detail(line: string): void
  /** Whether detail() shows anything. */
  readonly verbose: boolean
  /** How far the read is; total undefined where the end is not known. */
  progress(label: string, done: number, total: number | undefined, note: string): void
}
