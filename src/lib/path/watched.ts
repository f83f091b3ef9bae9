// Owns what a screen sees of a path, and what becomes of its commands. Knows no screen and no socket. See path.ts for the folder.
// Start at WatchedPath; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { agentTotals } from '../agents/totals.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Reading } from '../analysis/reading.ts'
import type { Watched } from '../analysis/watch.ts'
import { InputError } from '../errors.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { LiveReport } from '../source/source.ts'
import { notesOf, pathEngine } from './analysis.ts'
import type { PathEngine } from './path.ts'
import type { PathQuery, PathSettings } from './query.ts'
import type { PathCommand, PathSnapshot, PathWindow } from './snapshot.ts'

/** Datagrams a second are taken over so much. */
const RATE_MS = 5000

export class WatchedPath implements Watched<PathWindow, PathCommand, PathSnapshot> {
  readonly #settings: PathSettings
  readonly #source: string
  readonly #start = performance.now()
  readonly #marks: { readonly ms: number; readonly datagrams: number }[] = []
  #query: PathQuery & { readonly windowMs: number }
  #engine: PathEngine | undefined
  #answered = 0
  #refused: PathSnapshot['refused'] = null

  constructor(query: PathQuery & { readonly windowMs: number }, settings: PathSettings, source: string) {
    this.#query = query
    this.#settings = settings
    this.#source = source
  }

  engine(agents: AgentTable): Engine<PathWindow> {
    this.#engine = pathEngine(this.#query, this.#settings, agents, this.#query.windowMs)
    return this.#engine
  }

  /** What is seen is the state now. */
  window(): void {}

  command(command: PathCommand, agents: AgentTable): Engine<PathWindow> | undefined {
    this.#answered = command.id
    this.#refused = null
    const { filter, windowMs } = this.#query
    const asked =
      command.kind === 'reset'
        ? this.#query
        : { filter: command.filter ?? filter, windowMs: command.windowMs ?? windowMs }
    try {
      this.#engine = pathEngine(asked, this.#settings, agents, asked.windowMs)
      this.#query = asked
      return this.#engine
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#refused = { message: error.message, nextSteps: error.nextSteps }
      return undefined
    }
  }

  state(reading: Reading<PathWindow>, live: LiveReport | undefined): PathSnapshot {
    const now = performance.now()
    const window = this.#engine?.peek() ?? null
    const totals = agentTotals(reading.agents)
    const sent = reading.gate.opened + totals.lost
    const { filter, windowMs } = this.#query
    return {
      source: live?.bound.join(', ') ?? this.#source,
      seconds: (now - this.#start) / 1000,
      windowMs,
      filter: filter === '' ? null : filter,
      window,
      datagrams: reading.gate.offered,
      datagramsPerSecond: this.#rate(now, reading.gate.offered),
      lostShare: sent > 0 ? totals.lost / sent : null,
      flowSamples: reading.kinds[SampleKind.flow]!,
      notes: window === null ? [] : notesOf(window),
      answered: this.#answered,
      refused: this.#refused,
    }
  }

  #rate(now: number, datagrams: number): number {
    this.#marks.push({ ms: now, datagrams })
    while (this.#marks.length > 2 && now - this.#marks[1]!.ms >= RATE_MS) this.#marks.shift()
    const first = this.#marks[0]!
    return now > first.ms ? ((datagrams - first.datagrams) / (now - first.ms)) * 1000 : 0
  }
}
