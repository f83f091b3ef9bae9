// Owns what a screen sees of ports, and what becomes of its commands. Knows no screen and no socket. See analysis.ts for the
// folder. Start at WatchedPorts; it runs in the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import { agentTotals } from '../agents/totals.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Reading } from '../analysis/reading.ts'
import type { Watched } from '../analysis/watch.ts'
import { InputError } from '../errors.ts'
import type { PortsEngine, PortsWindow } from '../port-rates/port-rates.ts'
import type { LiveReport } from '../source/source.ts'
import { notesOf, portsEngine, portsFilter } from './analysis.ts'
import { portTotals } from './facts.ts'
import { sortPorts } from './order.ts'
import type { PortsQuery, PortsSettings } from './query.ts'
import type { PortsCommand, PortsSnapshot } from './snapshot.ts'

/** Datagrams a second are taken over so much. */
const RATE_MS = 5000
/** Rows that go to a screen where nothing else is asked: more than anybody scrolls through. */
const TOP = 1000

export class WatchedPorts implements Watched<PortsWindow, PortsCommand, PortsSnapshot> {
  readonly #settings: PortsSettings
  readonly #source: string
  readonly #start = performance.now()
  readonly #marks: { readonly ms: number; readonly datagrams: number }[] = []
  #query: PortsQuery
  #engine: PortsEngine | undefined
  #answered = 0
  #refused: PortsSnapshot['refused'] = null

  constructor(query: PortsQuery, settings: PortsSettings, source: string) {
    this.#query = query
    this.#settings = settings
    this.#source = source
  }

  engine(agents: AgentTable): Engine<PortsWindow> {
    this.#engine = portsEngine(this.#query, this.#settings, agents, true)
    return this.#engine
  }

  /** What is seen is the last interval of each port, not windows. */
  window(): void {}

  /** Other rows of the same engine: what is known of ports stays. */
  command(command: PortsCommand, agents: AgentTable): undefined {
    this.#answered = command.id
    this.#refused = null
    if (command.kind === 'reset') {
      this.#engine?.reset()
      return
    }
    try {
      const { filter = this.#query.filter, windowMs = this.#query.windowMs } = command
      const isOther = filter !== this.#query.filter
      const wanted = isOther ? portsFilter(filter, this.#settings, agents) : undefined
      if (isOther) this.#engine?.setFilter(wanted)
      this.#engine?.setWindow(windowMs)
      const { sort = this.#query.sort, top = this.#query.top } = command
      this.#query = { filter, windowMs, sort, top }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#refused = { message: error.message, nextSteps: error.nextSteps }
    }
  }

  state(reading: Reading<PortsWindow>, live: LiveReport | undefined): PortsSnapshot {
    const now = performance.now()
    const window = this.#engine?.peek(Date.now())
    const rows = window?.rows ?? []
    const all = portTotals(rows)
    const totals = agentTotals(reading.agents)
    const sent = reading.gate.opened + totals.lost
    const { windowMs, sort, filter, top } = this.#query
    return {
      source: live?.bound.join(', ') ?? this.#source,
      seconds: (now - this.#start) / 1000,
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
      datagrams: reading.gate.offered,
      datagramsPerSecond: this.#rate(now, reading.gate.offered),
      lostShare: sent > 0 ? totals.lost / sent : null,
      notes: window === undefined ? [] : this.#notes(window),
      answered: this.#answered,
      refused: this.#refused,
    }
  }

  #notes(window: PortsWindow): string[] {
    const unasked = this.#engine?.unasked ?? 0
    const more = `${unasked} ports have sent no counters since the filter was set; they come every 20 to 30 s.`
    return [...notesOf(window), ...(unasked > 0 ? [more] : [])]
  }

  #rate(now: number, datagrams: number): number {
    this.#marks.push({ ms: now, datagrams })
    while (this.#marks.length > 2 && now - this.#marks[1]!.ms >= RATE_MS) this.#marks.shift()
    const first = this.#marks[0]!
    return now > first.ms ? ((datagrams - first.datagrams) / (now - first.ms)) * 1000 : 0
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
