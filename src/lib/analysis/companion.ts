// Owns the seam by which something else gets the samples that an engine gets. Start at Companion; reading.ts feeds them.

import type { SampleView } from '../attributes/context.ts'

/** Fed beside the engine, with the same samples. */
export interface Companion {
  /** As Engine.sample. */
  sample(view: SampleView): void
  /** As Engine.advance: all samples up to this time have come, milliseconds since 1970. */
  advance(toMs: number): void
}
