// Owns what a person can ask of `sonde decode`, as values. Knows no flag. Start at DecodeOptions; run.ts does it.

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
