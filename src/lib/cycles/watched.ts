// Owns what a screen sees of cycles, and what becomes of its commands. Knows no screen and no socket. See cycles.ts for the folder.
// Start at WatchedCycles; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { CommandAnswers } from '../analysis/command-answer.ts'
import type { Published } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import type { LiveReport } from '../source/source.ts'
import { CyclesEngine } from './cycles.ts'
import { cyclesPublished } from './published.ts'
import type { CyclesQuery, CyclesSettings } from './query.ts'
import { checkQuery } from './question.ts'
import type { CyclesChange, CyclesCommand, CyclesSnapshot, CyclesWindow } from './snapshot.ts'

export class WatchedCycles implements Watched<CyclesWindow, CyclesCommand, CyclesSnapshot> {
  readonly published: Published<CyclesWindow>
  #settings: CyclesSettings
  #query: CyclesQuery
  #engine: CyclesEngine | undefined
  readonly #clock: RunClock
  readonly #answers = new CommandAnswers()

  constructor(query: CyclesQuery, settings: CyclesSettings, source: string) {
    this.#query = query
    this.#settings = settings
    this.#clock = new RunClock(source)
    this.published = cyclesPublished(
      settings,
      () => this.#query,
      (topology, agents) => {
        this.#settings = { ...this.#settings, topology }
        return this.engine(agents)
      },
    )
  }

  /** @throws InputError for texts that are not understood */
  engine(agents: AgentTable): CyclesEngine {
    checkQuery(this.#query, this.#settings)
    this.#engine = new CyclesEngine(this.#query, this.#settings, agents)
    return this.#engine
  }

  /** What is seen is what is known now. */
  window(): void {}

  command(command: CyclesCommand, agents: AgentTable): CyclesEngine | undefined {
    return this.#answers.answer(command.id, () => {
      if (command.kind === 'reset') return this.engine(agents)
      const query = changed(this.#query, command)
      checkQuery(query, this.#settings)
      const engine = new CyclesEngine(query, this.#settings, agents)
      this.#query = query
      this.#engine = engine
      return engine
    })
  }

  state(reading: Reading<CyclesWindow>, live: LiveReport | undefined): CyclesSnapshot {
    const { by, filter, value, method, windowMs, minSeconds, maxSeconds } = this.#query
    const window = this.#engine?.peek() ?? null
    return {
      ...this.#clock.state(reading, live),
      by: by === '' ? null : by,
      filter: filter === '' ? null : filter,
      ...{ value, method, windowMs, minSeconds, maxSeconds, window },
      notes: window?.notes ?? [],
      ...this.#answers.state,
    }
  }
}

function changed(query: CyclesQuery, { by, filter, windowMs, method }: CyclesChange): CyclesQuery {
  return {
    ...query,
    by: by?.trim() ?? query.by,
    filter: filter?.trim() ?? query.filter,
    windowMs: windowMs ?? query.windowMs,
    method: method ?? query.method,
  }
}
