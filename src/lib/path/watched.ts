// Owns what a screen sees of a path, and what becomes of its commands. Knows no screen and no socket. See path.ts for the folder.
// Start at WatchedPath; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { CommandAnswers } from '../analysis/command-answer.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { LiveReport } from '../source/source.ts'
import { notesOf, pathEngine } from './analysis.ts'
import type { PathEngine } from './path.ts'
import type { PathQuery, PathSettings } from './query.ts'
import type { PathCommand, PathSnapshot, PathWindow } from './snapshot.ts'

export class WatchedPath implements Watched<PathWindow, PathCommand, PathSnapshot> {
  readonly #settings: PathSettings
  readonly #clock: RunClock
  readonly #answers = new CommandAnswers()
  #query: PathQuery & { readonly windowMs: number }
  #engine: PathEngine | undefined

  constructor(query: PathQuery & { readonly windowMs: number }, settings: PathSettings, source: string) {
    this.#query = query
    this.#settings = settings
    this.#clock = new RunClock(source)
  }

  engine(agents: AgentTable): Engine<PathWindow> {
    this.#engine = pathEngine(this.#query, this.#settings, agents, this.#query.windowMs)
    return this.#engine
  }

  /** What is seen is the state now. */
  window(): void {}

  command(command: PathCommand, agents: AgentTable): Engine<PathWindow> | undefined {
    const { filter, windowMs } = this.#query
    const asked =
      command.kind === 'reset'
        ? this.#query
        : { filter: command.filter ?? filter, windowMs: command.windowMs ?? windowMs }
    return this.#answers.answer(command.id, () => {
      this.#engine = pathEngine(asked, this.#settings, agents, asked.windowMs)
      this.#query = asked
      return this.#engine
    })
  }

  state(reading: Reading<PathWindow>, live: LiveReport | undefined): PathSnapshot {
    const window = this.#engine?.peek() ?? null
    const { filter, windowMs } = this.#query
    return {
      ...this.#clock.state(reading, live),
      windowMs,
      filter: filter === '' ? null : filter,
      window,
      flowSamples: reading.kinds[SampleKind.flow]!,
      notes: window === null ? [] : notesOf(window),
      ...this.#answers.state,
    }
  }
}
