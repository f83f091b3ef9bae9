// Owns `sonde path` as an analysis: engine, sheet, metrics, what --fail-if asks and what is said beside the rows. See path.ts for
// the folder. Start at pathAnalysis.

import type { AgentTable } from '../agents/agents.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { lostText } from '../analysis/lost.ts'
import { formatCount } from '../errors.ts'
import { parseFilter } from '../expression/expression.ts'
import type { View } from '../print/style.ts'
import { TopologyIndex } from '../topo/topology-index.ts'
import { errorPct, errorText, type PathRow, pathColumnsFor, pathRowsOf } from './columns.ts'
import { aboutPath, noPath, pathFactNames, pathFacts } from './facts.ts'
import { addPathMetrics } from './metrics.ts'
import { PathEngine } from './path.ts'
import { pathPicture } from './picture.ts'
import type { PathQuery, PathSettings } from './query.ts'
import type { PathWindow } from './snapshot.ts'
import { traceFlowForm } from './trace-flow.ts'

/** Told once, where it applies. */
const noTopology =
  'Without --topology the order is by TTL, and neither links nor unused ways are known. sonde topo import makes one.'

export interface PathAnalysis extends Analysis<PathWindow, PathRow> {
  /** Packets were seen, in any window so far. */
  readonly isFound: boolean
}

/**
 * @param source where samples come from, as a person reads it
 * @param width of the terminal, in columns
 * @param isTraceFlow write trace-flow's JSON
 * @throws InputError for a filter that is not understood
 */
export function pathAnalysis(
  query: PathQuery,
  settings: PathSettings,
  source: string,
  width: number,
  isTraceFlow: boolean,
): PathAnalysis {
  // What is wrong in it is told before anything is read.
  if (query.filter !== '') parseFilter(query.filter, '--filter')
  const rows = (window: PathWindow) => pathRowsOf(window, width)
  const told = new Set<string>()
  let found = false
  return {
    get isFound() {
      return found
    },
    engine: (agents) => pathEngine(query, settings, agents, undefined),
    sheet: {
      columns: pathColumnsFor(width),
      rows,
      heading: (window, view, lostShare) =>
        [heading(query, source, window, view, lostShare), '', ...pathPicture(window, view.width, view.style), ''].join(
          '\n',
        ),
      about: aboutPath,
    },
    metrics: addPathMetrics,
    form: () => (isTraceFlow ? traceFlowForm : undefined),
    facts: (window) => pathFacts(rows(window), window),
    factNames: pathFactNames,
    noFacts: noPath,
    isEmpty: ({ hops, drops }) => {
      const isEmpty = hops.length === 0 && drops.length === 0
      found ||= !isEmpty
      return isEmpty
    },
    notes: (window) => notesOf(window).filter((note) => !told.has(note) && told.add(note)),
    when: (window, view) => (query.windowMs === 'all' ? undefined : between(window, view)),
    explainEmpty: ({ packets, samples }) => {
      if (packets === 0) {
        return `No path: none of the ${formatCount(samples)} samples is of a packet. sonde ports shows counters.`
      }
      const looked = `${formatCount(packets)} samples of packets were looked at`
      return query.filter === ''
        ? `No path: ${looked}, all of them broken.`
        : `Nothing matched --filter '${query.filter}': ${looked}.`
    },
  }
}

/** What makes a window doubtful, a sentence each. */
export function notesOf(window: PathWindow): string[] {
  return [...(window.hasTopology || window.hops.length === 0 ? [] : [noTopology]), ...window.notes]
}

/**
 * @param smoothMs for a screen: rates smoothed with this time constant instead of windows
 * @throws InputError for a filter that is not understood, or needs data that is not there
 */
export function pathEngine(
  query: PathQuery,
  { topology, names, ignoreCase, latenessMs, rates, data }: PathSettings,
  agents: AgentTable,
  smoothMs: number | undefined,
): PathEngine {
  const index = new TopologyIndex(topology, names || topology !== undefined ? agents.names : undefined, { ignoreCase })
  return new PathEngine(agents, {
    filter: query.filter === '' ? undefined : parseFilter(query.filter, '--filter'),
    data: { ...data, hosts: agents.hosts, ports: index },
    topology: index,
    hasTopology: topology !== undefined,
    ignoreCase,
    windowMs: smoothMs === undefined ? query.windowMs : 1000,
    smoothMs,
    latenessMs,
    rates,
  })
}

function heading(query: PathQuery, source: string, window: PathWindow, view: View, lostShare: number | null): string {
  const { style } = view
  const { packets } = window.entering
  const total = Number.isNaN(packets.total)
    ? `${style.count(packets.samples)} samples`
    : `${style.si(Math.round(packets.total), '').replace(' ', '')} packets${errorText(errorPct(packets))}`
  const asked = query.filter === '' ? 'all packets' : style.escape(query.filter)
  const rest = [
    style.escape(source),
    query.windowMs === 'all' ? style.span(window.seconds * 1000) : between(window, view),
    total,
    lostText(lostShare, style),
  ].join(' · ')
  const line = `${asked} · ${rest}`
  return style.width(line) <= view.width ? line : `${asked}\n${rest}`
}

function between({ startMs, endMs }: PathWindow, view: View): string {
  const clock = (ms: number): string => view.clock(Math.floor(ms / 1000), 0).replace(/\.0+$/, '')
  return `${clock(startMs)} to ${clock(endMs)}`
}
