// Owns what all analyses share: samples from recorded or live input into an engine, windows out of it, rows into a form.
// Must not know what is analysed: a feature brings an Analysis. See docs/architecture.md.
// Start at Analysis; run.ts reads, reading.ts feeds the engine, forms.ts writes.

import type { AgentTable } from '../agents/agents.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { View } from '../print/style.ts'
import type { Datum, Sheet } from './column.ts'
import type { Engine } from './engine.ts'
import type { Form } from './form.ts'
import type { AnalysisFormat } from './options.ts'
import type { Published } from './publish.ts'
import type { Reading } from './reading.ts'

/** What a feature brings. */
export interface Analysis<Window, Row> extends Published<Window> {
  /** @param agents is fed with every sample before the engine */
  engine(agents: AgentTable): Engine<Window>
  readonly sheet: Sheet<Window, Row>
  /** What --fail-if can ask about a window, beside what is known of every run (facts.ts). */
  facts(window: Window): Readonly<Record<string, Datum>>
  readonly factNames: readonly ConditionName[]
  /** The same of a run in which there was no window: nothing came, and counts and rates are 0. */
  readonly noFacts: Readonly<Record<string, Datum>>
  /** Whether the window has nothing to show. */
  isEmpty(window: Window): boolean
  /** What makes the window's numbers doubtful, a line each. */
  notes(window: Window): readonly string[]
  /** The window in a few words: `12:00:10 to 12:00:20`; undefined where it is all of the input. */
  when(window: Window, view: View): string | undefined
  /** No window had anything to show: says why, and what to try. */
  explainEmpty(reading: Reading<Window>): string
  /**
   * A form of its own instead of the usual one; undefined leaves it.
   * @param lostShare for headings: of the run's datagrams up to now
   */
  form?(format: AnalysisFormat, view: View, lostShare: () => number | null): Form<Window> | undefined
}

export type { Engine } from './engine.ts'
