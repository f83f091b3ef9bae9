// Owns `sonde drops` as an analysis: engine, sheet, metrics, what --fail-if asks and what is said beside the rows. See drops.ts for
// the folder. Start at dropsAnalysis.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis } from '../analysis/analysis.ts'
import type { Engine } from '../analysis/engine.ts'
import { createForm } from '../analysis/forms.ts'
import type { Reading } from '../analysis/reading.ts'
import type { SampleView } from '../attributes/context.ts'
import { formatCount } from '../errors.ts'
import { SampleKind } from '../sflow/samples.ts'
import { isKernel } from '../source/live-notices.ts'
import { type DropLine, dropColumns, dropLines, flatColumns } from './columns.ts'
import { DropsEngine } from './drops.ts'
import { aboutDrops, dropFactNames, dropFacts, noDrops } from './facts.ts'
import { addDropMetrics } from './metrics.ts'
import { type DropsQuery, type DropsSettings, parseDropsQuery } from './query.ts'
import type { DropsWindow } from './snapshot.ts'
import { between, DropsTable, headingOf, isEmptyWindow } from './table.ts'
import { DropTotals } from './totals.ts'

/**
 * @param source where samples come from, as a person reads it
 * @throws InputError for keys or a filter that are not understood
 */
export function dropsAnalysis(
  query: DropsQuery,
  settings: DropsSettings,
  source: string,
): Analysis<DropsWindow, DropLine> {
  // What is wrong in it is told before anything is read.
  const { further } = parseDropsQuery(query)
  const columns = dropColumns(further.map(({ text }) => text))
  const told = new Set<string>()
  let used = settings
  const totals = new DropTotals()
  const analysis: Analysis<DropsWindow, DropLine> = {
    engine: (agents) => new WholeWindows(query, used, agents),
    sheet: {
      columns,
      rows: dropLines,
      heading: (window, view, lostShare) => headingOf(window, source, query, view, lostShare),
      about: aboutDrops,
    },
    metrics: (window, into) => addDropMetrics(window, totals, into),
    over: (window) => totals.add(window),
    facts: dropFacts,
    factNames: dropFactNames,
    noFacts: noDrops,
    isEmpty: isEmptyWindow,
    isPartial: (window) => query.windowMs !== 'all' && isPartial(window),
    notes: ({ notes }) => notes.filter((note) => isNew(told, note)),
    when: (window, view) => (query.windowMs === 'all' ? undefined : between(window, view)),
    explainEmpty: (reading) => explainEmpty(reading, query, source),
    form: (format, view, lostShare) => {
      if (format === 'table') return new DropsTable(query, source, view, lostShare)
      if (format !== 'csv') return undefined
      const flat = { ...analysis, sheet: { ...analysis.sheet, columns: flatColumns(columns) } }
      return createForm('csv', flat, view, lostShare)
    },
    lengthMs: ({ startMs, endMs }) => endMs - startMs,
    timeMs: ({ endMs }) => endMs,
    soFar: (engine, nowMs) => (engine instanceof WholeWindows ? engine.soFar(nowMs) : undefined),
    places: settings,
    setTopology: (topology, _engine, agents) => {
      used = { ...used, topology }
      return new WholeWindows(query, used, agents)
    },
  }
  return analysis
}

/** Samples began or ended inside. */
export function isPartial({ startMs, endMs, seconds }: Pick<DropsWindow, 'startMs' | 'endMs' | 'seconds'>): boolean {
  return Math.round(seconds * 1000) < Math.floor(endMs - startMs)
}

/** A note that lists more ports than the one before says nothing else. */
function isNew(told: Set<string>, note: string): boolean {
  const key = note
    .replace(/ports? [^(]*\(/, 'ports (')
    .replace(/^[\d,]+ of [\d,]+ agents.*$/, 'partly')
    .replace(/^The topology does not fit:.*$/, 'misfit')
  if (told.has(key)) return false
  told.add(key)
  return true
}

/** Each part of the engine is a window. */
class WholeWindows implements Engine<DropsWindow> {
  readonly #engine: DropsEngine

  constructor(query: DropsQuery, settings: DropsSettings, agents: AgentTable) {
    this.#engine = new DropsEngine(query, settings, agents)
  }

  sample(view: SampleView): void {
    this.#engine.sample(view)
  }

  advance(toMs: number): readonly DropsWindow[] {
    const parts = this.#engine.advance(toMs)
    return parts.length === 0 ? nothing : parts.map((part) => this.#engine.window([part]))
  }

  /** Undefined before the first sample. */
  soFar(nowMs: number): DropsWindow | undefined {
    const parts = this.#engine.peek(nowMs)
    return parts.length === 0 ? undefined : this.#engine.window(parts)
  }

  settle(): Promise<void> {
    return this.#engine.settle()
  }

  finish(): readonly DropsWindow[] {
    return this.#engine.finish().map((part) => this.#engine.window([part]))
  }
}

const nothing: readonly DropsWindow[] = Object.freeze([])

/** How agents are made to tell is not ours to say in a line: the page about them does. */
export const agentsAdvice =
  'Agents tell of drops where that is switched on (hsflowd: dropmon { start=on limit=100 }): docs/agents.md.'

function explainEmpty({ samples, kinds }: Reading<DropsWindow>, { filter }: DropsQuery, source: string): string {
  const discards = kinds[SampleKind.discard]!
  if (isKernel([source]) && discards === 0) return 'No packet was dropped.'
  if (samples === 0) return `No drops: there are no samples. ${agentsAdvice}`
  if (discards > 0 && filter !== '') {
    return `Nothing matched --filter '${filter}': ${formatCount(discards)} drop notifications were looked at.`
  }
  if (discards > 0)
    return `No drops in ${formatCount(discards)} notifications: they were broken, or had no data source.`
  const others = kinds[SampleKind.flow]! + kinds[SampleKind.counters]!
  return `No drops: ${formatCount(others)} flow and counter sample${others === 1 ? '' : 's'} came, and no notification of a discarded packet (0:5). No flow sample was discarded, and no counter shows discards. ${agentsAdvice}`
}
