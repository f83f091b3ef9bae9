// Owns what a screen sees of drops, and what becomes of its commands. Knows no screen and no socket. See drops.ts for the folder.
// Start at WatchedDrops; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { CommandAnswers } from '../analysis/command-answer.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Published } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { LiveReport } from '../source/source.ts'
import { isPartial } from './analysis.ts'
import { DropsEngine } from './drops.ts'
import { addDropMetrics } from './metrics.ts'
import type { DropsPart } from './part.ts'
import type { DropsQuery, DropsSettings } from './query.ts'
import type { DropsChange, DropsCommand, DropsSnapshot, DropsWindow } from './snapshot.ts'
import { DropTotals } from './totals.ts'

/** A window on the screen moves on by a part of it, so that drops do not vanish all at once. */
const PARTS = 6
const LEAST_PART_MS = 1000

export class WatchedDrops implements Watched<DropsPart, DropsCommand, DropsSnapshot> {
  readonly published: Published<DropsPart>
  #settings: DropsSettings
  readonly #clock: RunClock
  readonly #answers = new CommandAnswers()
  #query: DropsQuery
  #engine: DropsEngine | undefined
  /** Those that are over, in the order of time. */
  #parts: DropsPart[] = []
  /** Goes on when counting begins anew. */
  readonly #totals = new DropTotals()
  /** A part is asked for twice. */
  #newest: { readonly part: DropsPart; readonly window: DropsWindow } | undefined
  #anewMs: number | null = null

  constructor(query: DropsQuery, settings: DropsSettings, source: string) {
    this.#query = query
    this.#settings = settings
    this.#clock = new RunClock(source)
    this.published = {
      metrics: (part, into) => {
        const window = this.#windowOf(part)
        if (window !== undefined) addDropMetrics(window, this.#totals, into)
      },
      over: (part) => {
        const window = this.#windowOf(part)
        if (window !== undefined) this.#totals.add(window)
      },
      isPartial,
      lengthMs: ({ startMs, endMs }) => endMs - startMs,
      timeMs: ({ endMs }) => endMs,
      soFar: (_engine, nowMs) => this.#engine?.peek(nowMs).at(-1),
      places: settings,
      setTopology: (topology, _engine, agents) => {
        this.#settings = { ...this.#settings, topology }
        this.#begin()
        this.#engine = this.#engineOf(this.#query, agents)
        return this.#engine
      },
    }
  }

  engine(agents: AgentTable): Engine<DropsPart> {
    this.#engine = this.#engineOf(this.#query, agents)
    return this.#engine
  }

  window(part: DropsPart): void {
    this.#parts.push(part)
  }

  command(command: DropsCommand, agents: AgentTable): Engine<DropsPart> | undefined {
    return this.#answers.answer(command.id, () => {
      const query = command.kind === 'reset' ? this.#query : changed(this.#query, command)
      const engine = this.#engineOf(query, agents)
      // What goes on is in no window, and in the counters all the same.
      for (const part of this.#engine?.finish() ?? []) this.published.over?.(part)
      this.#engine = engine
      this.#query = query
      this.#begin()
      return this.#engine
    })
  }

  state(reading: Reading<DropsPart>, live: LiveReport | undefined): DropsSnapshot {
    const { by, keys, filter, windowMs } = this.#query
    const nowMs = Date.now()
    if (windowMs !== 'all') this.#parts = this.#parts.filter(({ startMs }) => startMs >= nowMs - windowMs)
    const parts = [...this.#parts, ...(this.#engine?.peek(nowMs) ?? [])]
    const window = parts.length === 0 ? null : (this.#engine?.window(parts) ?? null)
    return {
      ...this.#clock.state(reading, live),
      by,
      keys,
      filter: filter === '' ? null : filter,
      windowMs,
      window,
      anewMs: this.#anewMs !== null && (windowMs === 'all' || nowMs - this.#anewMs < windowMs) ? this.#anewMs : null,
      notifications: reading.kinds[SampleKind.discard]!,
      flowSamples: reading.kinds[SampleKind.flow]!,
      notes: window?.notes ?? [],
      ...this.#answers.state,
    }
  }

  #windowOf(part: DropsPart): DropsWindow | undefined {
    if (this.#engine !== undefined && this.#newest?.part !== part) {
      this.#newest = { part, window: this.#engine.window([part]) }
    }
    return this.#newest?.window
  }

  /** What was counted is by another question: a window must not seem to have it. */
  #begin(): void {
    this.#parts = []
    this.#anewMs = Date.now()
  }

  /** @throws InputError for texts that are not understood, or need data that is not there */
  #engineOf(query: DropsQuery, agents: AgentTable): DropsEngine {
    const { windowMs } = query
    const part = windowMs === 'all' ? 'all' : Math.max(LEAST_PART_MS, Math.ceil(windowMs / PARTS))
    // Live samples have the time at which they come: none is late.
    return new DropsEngine({ ...query, windowMs: part }, { ...this.#settings, latenessMs: 0 }, agents)
  }
}

function changed(query: DropsQuery, { by, keys, filter, windowMs }: DropsChange): DropsQuery {
  return {
    ...query,
    by: by ?? query.by,
    keys: keys?.trim() ?? query.keys,
    filter: filter?.trim() ?? query.filter,
    windowMs: windowMs ?? query.windowMs,
  }
}
