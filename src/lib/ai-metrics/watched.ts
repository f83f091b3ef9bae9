// Owns what a screen sees of ai-metrics, and what becomes of its commands. Knows no screen and no socket. See ai-metrics.ts for
// the folder. Start at WatchedAi; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { agentTotals } from '../agents/totals.ts'
import { CommandAnswers } from '../analysis/command-answer.ts'
import type { Published } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import type { PeriodMethod } from '../period/period.ts'
import type { LiveReport } from '../source/source.ts'
import type { AiEngine } from './engine.ts'
import { notesOf } from './notes.ts'
import { aiPublished } from './published.ts'
import { type AiQuery, type AiSettings, aiEngine, checkAiQuery } from './query.ts'
import type { AiWindow } from './rows.ts'
import type { AiCommand, AiState } from './snapshot.ts'
import { Trend } from './trend.ts'

/** A query of windows of some length: live input has no end. */
export type AiLiveQuery = AiQuery & { readonly windowMs: number }

export class WatchedAi implements Watched<AiWindow, AiCommand, AiState> {
  readonly published: Published<AiWindow>
  #settings: AiSettings
  readonly #clock: RunClock
  readonly #answers = new CommandAnswers()
  readonly #trend = new Trend()
  readonly #makePeriod: () => PeriodMethod
  #period: PeriodMethod
  #query: AiLiveQuery
  #engine: AiEngine | undefined
  #window: AiWindow | null = null
  #agents = 0
  /** There is something that the last state did not have. */
  #isNew = true

  /** @param period a new method, which has seen nothing */
  constructor(query: AiLiveQuery, settings: AiSettings, source: string, period: () => PeriodMethod) {
    this.#query = query
    this.#settings = settings
    this.#clock = new RunClock(source)
    this.#makePeriod = period
    this.#period = period()
    this.published = aiPublished(settings, {
      windowMs: () => this.#query.windowMs,
      period: () => this.#period,
      withTopology: (topology, agents) => {
        this.#settings = { ...this.#settings, topology }
        return this.#reset(agents)
      },
    })
  }

  /** @throws InputError for a question that needs what was not given */
  engine(agents: AgentTable): AiEngine {
    checkAiQuery(this.#query, this.#settings)
    this.#engine = aiEngine(this.#query, this.#settings, agents, this.#period)
    return this.#engine
  }

  window(window: AiWindow): void {
    this.#window = window
    this.#trend.add(window)
    this.#isNew = true
  }

  command(command: AiCommand, agents: AgentTable): AiEngine | undefined {
    return this.#answers.answer(command.id, () => {
      if (command.kind === 'reset') return this.#reset(agents)
      const { by } = command
      if (by === undefined) return undefined
      const query = { ...this.#query, by: by ?? undefined }
      checkAiQuery(query, this.#settings)
      this.#query = query
      this.#engine?.setBy(query.by)
      return undefined
    })
  }

  #reset(agents: AgentTable): AiEngine {
    this.#period = this.#makePeriod()
    this.#trend.clear()
    this.#window = null
    this.#isNew = true
    return this.engine(agents)
  }

  state(reading: Reading<AiWindow>, live: LiveReport | undefined): AiState {
    const window = this.#window
    const hasTopology = this.#settings.topology !== undefined
    const news = this.#isNew ? { trend: this.#trend.read(), window } : null
    if (this.#isNew) this.#agents = agentTotals(reading.agents).agents
    this.#isNew = false
    return {
      ...this.#clock.state(reading, live),
      windowMs: this.#query.windowMs,
      hasTopology,
      news,
      fast: this.#period.trend?.() ?? null,
      period: this.#period.state(),
      agents: this.#agents,
      notes: window === null ? [] : notesOf(window, hasTopology),
      ...this.#answers.state,
    }
  }
}
