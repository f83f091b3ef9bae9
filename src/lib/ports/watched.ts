// Owns what a screen sees of ports, and what becomes of its commands. Knows no screen and no socket. See analysis.ts for the
// folder. Start at WatchedPorts; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { CommandAnswers } from '../analysis/command-answer.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Published } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import type { PortsEngine, PortsWindow } from '../port-rates/port-rates.ts'
import type { LiveReport } from '../source/source.ts'
import { notesOf } from './analysis.ts'
import { portsEngine, portsFilter } from './engine.ts'
import { portTotals } from './facts.ts'
import { sortPorts } from './order.ts'
import { portsPublished } from './published.ts'
import type { PortsQuery, PortsSettings } from './query.ts'
import type { PortsChange, PortsCommand, PortsSnapshot } from './snapshot.ts'

/** Rows that go to a screen where nothing else is asked: more than anybody scrolls through. */
const TOP = 1000

export class WatchedPorts implements Watched<PortsWindow, PortsCommand, PortsSnapshot> {
  readonly published: Published<PortsWindow>
  #settings: PortsSettings
  readonly #clock: RunClock
  readonly #answers = new CommandAnswers()
  #query: PortsQuery
  #engine: PortsEngine | undefined

  constructor(query: PortsQuery, settings: PortsSettings, source: string) {
    this.#query = query
    this.#settings = settings
    this.published = portsPublished(
      settings,
      () => this.#query.filter,
      (changed) => {
        this.#settings = changed
      },
    )
    this.#clock = new RunClock(source)
  }

  engine(agents: AgentTable): Engine<PortsWindow> {
    this.#engine = portsEngine(this.#query, this.#settings, agents, true)
    return this.#engine
  }

  /** What is seen is the last interval of each port, not windows. */
  window(): void {}

  /** Other rows of the same engine: what is known of ports stays. */
  command(command: PortsCommand, agents: AgentTable): undefined {
    this.#answers.answer(command.id, () => {
      if (command.kind === 'reset') this.#engine?.reset()
      else this.#change(command, agents)
    })
  }

  #change(change: PortsChange, agents: AgentTable): void {
    const { filter = this.#query.filter, windowMs = this.#query.windowMs } = change
    const isOther = filter !== this.#query.filter
    const wanted = isOther ? portsFilter(filter, this.#settings, agents) : undefined
    if (isOther) this.#engine?.setFilter(wanted)
    this.#engine?.setWindow(windowMs)
    const { sort = this.#query.sort, top = this.#query.top } = change
    this.#query = { filter, windowMs, sort, top }
  }

  state(reading: Reading<PortsWindow>, live: LiveReport | undefined): PortsSnapshot {
    const window = this.#engine?.peek(Date.now())
    const rows = window?.rows ?? []
    const all = portTotals(rows)
    const { windowMs, sort, filter, top } = this.#query
    return {
      ...this.#clock.state(reading, live),
      windowMs,
      startMs: finite(window?.startMs),
      endMs: finite(window?.endMs),
      sort,
      filter: filter === '' ? null : filter,
      rows: sortPorts(rows, sort).slice(0, top ?? TOP),
      ports: all.ports,
      down: all.down,
      withErrors: all.withErrors,
      withDiscards: all.withDiscards,
      samplingOff: all.samplingOff,
      notes: window === undefined ? [] : this.#notes(window),
      ...this.#answers.state,
    }
  }

  #notes(window: PortsWindow): string[] {
    const unasked = this.#engine?.unasked ?? 0
    const more = `${unasked} ports have sent no counters since the filter was set; they come every 20 to 30 s.`
    return [...notesOf(window), ...(unasked > 0 ? [more] : [])]
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
