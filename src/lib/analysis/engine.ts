// Owns the seam between the loop over samples and what counts them. Start at Engine.

import type { SampleView } from '../attributes/context.ts'

/** What counts. All calls come in the order of arrival; nothing is allocated a sample. */
export interface Engine<Window> {
  /** The view stands on a sample that the AgentTable has taken; of wanted agents, and no duplicate. */
  sample(view: SampleView): void
  /**
   * @param toMs time up to which samples have come, milliseconds since 1970
   * @returns windows that are over by then, oldest first
   */
  advance(toMs: number): readonly Window[]
  /** Before `finish`: waits for what makes the last rows better, such as names; not long. */
  settle?(): Promise<void>
  /** Nothing more comes: all windows that are left. */
  finish(): readonly Window[]
}
