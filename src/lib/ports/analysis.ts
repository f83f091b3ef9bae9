// Owns `sonde ports` as an analysis: engine, sheet, metrics, what --fail-if asks and what is said beside the rows. Knows
// neither flags nor screens; what is known of a port is in ../port-rates. Start at portsAnalysis.

import type { Analysis } from '../analysis/analysis.ts'
import type { Sheet } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import { lostText } from '../analysis/lost.ts'
import { formatCount } from '../errors.ts'
import type { PortsWindow } from '../port-rates/port-rates.ts'
import type { View } from '../print/style.ts'
import { portColumns, type ShownPort, withNames } from './columns.ts'
import { parsePortsFilter, portsEngine } from './engine.ts'
import { portFactNames, portFacts, portTotals } from './facts.ts'
import { sortPorts } from './order.ts'
import { portsPublished } from './published.ts'
import type { PortsQuery, PortsSettings } from './query.ts'

/** Ports whose sampling rate is doubtful, named in a note; the rest is counted. */
const MOST_NAMED = 5

/**
 * @param source where samples come from, as a person reads it
 * @param width of the terminal, in columns
 * @throws InputError for a filter that is not understood
 */
export function portsAnalysis(
  query: PortsQuery,
  settings: PortsSettings,
  source: string,
  width: number,
): Analysis<PortsWindow, ShownPort> {
  // What is wrong in it is told before anything is read.
  parsePortsFilter(query.filter)
  const sheet = new PortsSheet(query, source, width)
  let used = settings
  return {
    ...portsPublished(
      settings,
      () => query.filter,
      (changed) => {
        used = changed
      },
    ),
    engine: (agents) => portsEngine(query, used, agents, false),
    sheet,
    facts: (window) => portFacts(sheet.rows(window), window.rows),
    factNames: portFactNames,
    noFacts: portFacts([], []),
    isEmpty: (window) => window.rows.length === 0,
    notes: notesOf,
    when: (window, view) => (query.windowMs === 'all' ? undefined : between(window, view)),
    explainEmpty: ({ samples }) => explainEmpty(samples, query.filter !== ''),
  }
}

class PortsSheet implements Sheet<PortsWindow, ShownPort> {
  readonly columns
  readonly #query: PortsQuery
  readonly #source: string
  readonly #width: number

  constructor(query: PortsQuery, source: string, width: number) {
    this.columns = portColumns(width)
    this.#query = query
    this.#source = source
    this.#width = width
  }

  rows({ rows, startMs, endMs }: PortsWindow): ShownPort[] {
    const { sort, top } = this.#query
    return withNames(sortPorts(rows, sort).slice(0, top), this.#width).map((row) => ({ ...row, startMs, endMs }))
  }

  heading(window: PortsWindow, view: View, lostShare: number | null): string {
    const { windowMs, top } = this.#query
    const totals = portTotals(window.rows)
    const agents = new Set(window.rows.map((row) => row.agent)).size
    const shown = Math.min(top ?? totals.ports, totals.ports)
    const { style } = view
    const parts = [
      style.escape(this.#source),
      windowMs === 'all' ? style.span(window.endMs - window.startMs) : between(window, view),
      `${shown < totals.ports ? `${formatCount(shown)} of ` : ''}${plural(totals.ports, 'port')} of ${plural(agents, 'agent')}`,
      lostText(lostShare, style),
      ...(totals.down > 0 ? [style.bad(`${formatCount(totals.down)} down`)] : []),
      ...(totals.samplingOff > 0 ? [style.bad(`sampling off at ${formatCount(totals.samplingOff)}`)] : []),
    ]
    return parts.join(' · ')
  }

  about({
    rows,
    startMs,
    endMs,
    forgotten,
    received,
    lost,
  }: PortsWindow): Readonly<Record<string, string | number | null>> {
    const totals = portTotals(rows)
    return {
      kind: 'window',
      start: isoOf(startMs),
      end: isoOf(endMs),
      ports: totals.ports,
      ports_down: totals.down,
      ports_with_errors: totals.withErrors,
      ports_with_discards: totals.withDiscards,
      ports_sampling_off: totals.samplingOff,
      ports_forgotten: forgotten,
      samples: received,
      samples_lost: lost,
    }
  }
}

function plural(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`
}

function between({ startMs, endMs }: PortsWindow, view: View): string {
  const clock = (ms: number): string => view.clock(Math.floor(ms / 1000), 0).replace(/\.0+$/, '')
  return `${clock(startMs)} to ${clock(endMs)}`
}

/** What makes numbers of ports doubtful, a sentence each; names are not made safe for a terminal. */
export function notesOf({ rows, forgotten }: PortsWindow): string[] {
  const off = rows.filter((row) => row.ratio?.off === true)
  const notes = off.slice(0, MOST_NAMED).map((row) => {
    const share = `${(row.ratio!.value * 100).toFixed(0)} %`
    const rate = row.samplingRate === null ? '' : ` of 1 in ${formatCount(row.samplingRate)}`
    const samples = formatCount(row.in.samples + row.out.samples)
    return `${row.node} ${row.port ?? row.ifIndex}: ${samples} flow samples show ${share} of what its counters show: its sampling rate${rate} is not true.`
  })
  if (off.length > MOST_NAMED) notes.push(`${plural(off.length - MOST_NAMED, 'more port')} with such a sampling rate.`)
  if (rows.some((row) => row.in.bitsPerSecond === null && row.in.sampledBitsPerSecond !== null)) {
    notes.push('~ is an estimate by flow samples: these ports have no counters here.')
  }
  if (forgotten > 0) notes.push(`${plural(forgotten, 'port')} forgotten: there are more than are kept.`)
  return notes
}

function explainEmpty(samples: number, filtered: boolean): string {
  if (samples === 0) return 'There are no samples, so there is no port.'
  if (filtered) {
    return `No port passes --filter, in ${plural(samples, 'sample')}. It is asked of counter samples, so it needs attributes that these have, such as ifspeed, ifname, agent.`
  }
  return `No port in ${plural(samples, 'sample')}: ports are known by if_counters (0:1) and by the interfaces of flow samples. sonde decode --summary shows what there is.`
}
