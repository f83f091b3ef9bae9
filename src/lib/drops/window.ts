// Owns how what the engines have of a stretch of time becomes a window of drops. See drops.ts for the folder. Start at makeWindow.

import { formatCount } from '../errors.ts'
import type { FlowRow, FlowWindow } from '../flow/rows.ts'
import { CountedPorts } from './counted.ts'
import { culpritsOf, type Leaving } from './culprits.ts'
import { Groups } from './groups.ts'
import type { DropsPart } from './part.ts'
import type { KnownPorts, Places } from './places.ts'
import type { DropsQuestion } from './query.ts'
import type { DropRow, DropRowKind, DropsWindow, Place, PlaceFacts } from './snapshot.ts'
import { piecesOf } from './timeline.ts'

export interface WindowContext {
  readonly question: DropsQuestion
  readonly places: Places
  /** Goes on from window to window. */
  readonly known: KnownPorts
  /** The first sample of all. */
  readonly firstMs: number
  readonly sliceMs: number
}

const MOST_NAMED = 5
/** Over less a single drop would make a rate that never was. */
const LEAST_COVERED_MS = 1000

/** @param parts one or several, in the order of time; at least one */
export function makeWindow(parts: readonly DropsPart[], context: WindowContext): DropsWindow {
  const { query, further } = context.question
  const counted = new CountedPorts(parts.map(({ ports, toldAt }) => ({ rows: ports?.rows ?? [], toldAt })))
  context.known.see(counted.rows)
  const groups = new Groups(query.by, context.places, context.known)
  for (const { told, sampled } of parts) {
    groups.add(told?.rows ?? [], 'told')
    groups.add(sampled?.rows ?? [], 'sampled')
  }
  for (const { place, told } of groups.places.values()) counted.tell(place, told)
  const { startMs } = parts[0]!
  const { endMs } = parts.at(-1)!
  // Between parts nothing came at all.
  const silentMs = sumOf(parts.slice(1), (part) => part.startMs) - sumOf(parts.slice(0, -1), (part) => part.endMs)
  const covered = sumOf(parts, (part) => part.seconds) + Math.max(0, silentMs) / 1000
  const { windowMs } = query
  const seconds = windowMs === 'all' ? covered : Math.max(covered, Math.min(windowMs, LEAST_COVERED_MS) / 1000)
  const tolds = parts.flatMap(({ told }) => told ?? [])
  const sampled = parts.flatMap((part) => part.sampled ?? [])
  const told = sumOf(tolds, ({ loss }) => loss.matched)
  const limited = sumOf(tolds, ({ loss }) => loss.agentDrops)
  const lost = sumOf(tolds, ({ loss }) => loss.lost)
  const estimated = sumOf(sampled, ({ total }) => total.values[0]?.total ?? Number.NaN)
  const discardSamples = sumOf(sampled, ({ loss }) => loss.matched)
  // What was not told can't be filtered.
  const untold = query.filter === '' ? limited + lost : 0
  const total = told + untold + (Number.isNaN(estimated) ? 0 : estimated)
  const slices = parts.flatMap((part) => part.slices)
  const { sliceMs } = context
  const wholeMs = parts.at(-1)!.isRunning ? Math.floor(endMs / sliceMs) * sliceMs : endMs
  const pieces = piecesOf(slices, sliceMs, startMs, wholeMs)
  const rows = groups.rows(total, (id) => pieces.of(id))
  const listed = rows.slice(0, query.top)
  const rest = sumOf(rows.slice(query.top), ({ packets }) => packets ?? 0)
  const aside = (kind: 'other' | 'noKey') =>
    sumOf([...tolds, ...sampled], (window) => window[kind].values[0]?.total ?? 0)
  const asideRow = (kind: DropRowKind, packets: number, samples: number): DropRow => ({
    ...emptyRow(kind),
    packets,
    samples,
    share: total > 0 ? packets / total : null,
  })
  const samplesOf = (kind: 'other' | 'noKey') => sumOf([...tolds, ...sampled], (window) => window[kind].samples)
  const restSamples = sumOf(rows.slice(query.top), ({ samples }) => samples)
  return {
    startMs,
    endMs,
    seconds,
    rows: listed,
    other: asideRow('other', rest + aside('other'), restSamples + samplesOf('other')),
    noKey: asideRow('no key', aside('noKey'), samplesOf('noKey')),
    notTold: asideRow('not told', untold, 0),
    total: asideRow('total', total, told + discardSamples),
    flows: rows.length,
    places: placesOf(parts, context, groups, counted, seconds),
    ports: counted.list(),
    isCounted: counted.rows.some(({ seconds }) => seconds !== null),
    agents: groups.agents.size,
    told,
    received: sumOf(tolds, ({ loss }) => loss.received),
    limited,
    lost,
    sampled: Number.isNaN(estimated) ? null : estimated,
    discardSamples,
    otherSamples: sumOf(parts, (part) => part.otherSamples),
    sliceMs: pieces.sliceMs,
    keys: further.map(({ text }) => text),
    exported: parts.flatMap(({ exported }) => (exported === undefined ? [] : exportedOf(exported, seconds))),
    counts: query.exported ? groups.counts : [],
    uncounted: query.exported ? aside('other') + aside('noKey') : 0,
    notes: [
      ...topologyNotes(context, groups, counted, endMs),
      ...notesOf(context, groups, [...tolds, ...sampled], { rows, untold, filtered: limited + lost - untold }),
    ],
  }
}

function sumOf<T>(list: readonly T[], of: (one: T) => number): number {
  let sum = 0
  for (const one of list) sum += of(one)
  return sum
}

export function emptyRow(kind: DropRowKind): DropRow {
  return {
    kind,
    id: kind,
    by: null,
    reason: null,
    place: null,
    victim: null,
    keys: [],
    samples: 0,
    packets: 0,
    low: null,
    high: null,
    share: null,
    firstMs: null,
    lastMs: null,
    details: [],
    timeline: null,
  }
}

function exportedOf({ rows }: FlowWindow, seconds: number): DropsWindow['exported'] {
  return rows.map(({ key, samples }: FlowRow) => ({ key, perSecond: seconds > 0 ? samples / seconds : null }))
}

/** An interval of counters that is longer by this factor is not of the window: they come a bit before or after their time. */
const LONGER = 1.25

/** What is beside each place that dropped. */
function placesOf(
  parts: readonly DropsPart[],
  { question }: WindowContext,
  groups: Groups,
  counted: CountedPorts,
  seconds: number,
): Map<string, PlaceFacts> {
  const { culprits } = question.query
  const wanted = new Set<string>()
  for (const { place } of groups.places.values()) if (place.direction === 'out') wanted.add(portId(place))
  const rows = parts.flatMap((part) => part.culprits?.rows ?? [])
  const leaving = culprits === 0 ? undefined : culpritsOf(rows, wanted, seconds, culprits)
  return new Map(
    [...groups.places].map(([id, { place, packets }]) => {
      const row = counted.row(place.agent, place.ifIndex)
      const speed = row?.speed ?? null
      const of = place.direction === 'out' ? leaving?.get(portId(place)) : undefined
      const byCounters = place.direction === 'out' ? (row?.out.utilization ?? null) : (row?.in.utilization ?? null)
      const bits = of?.bitsPerSecond ?? null
      const bySamples = bits === null || speed === null ? null : bits / speed
      // A mean of 10 s says nothing of a burst of 1 s, which is what dropped.
      const isLonger = (row?.seconds ?? 0) > LONGER * seconds
      const usesSamples = bySamples !== null && (byCounters === null || isLonger)
      return [
        id,
        {
          place,
          packets,
          culprits: of?.culprits ?? null,
          culpritsWhy: of === undefined ? whyNone(place, leaving) : null,
          outBitsPerSecond: bits,
          utilization: usesSamples ? bySamples : byCounters,
          utilizationBy: usesSamples ? 'samples' : byCounters !== null ? 'counters' : null,
          speed,
          counted: counted.of(place),
        },
      ]
    }),
  )
}

const portId = ({ agent, ifIndex }: Place) => `${agent} ${ifIndex}`

function whyNone({ direction }: Place, leaving: ReadonlyMap<string, Leaving> | undefined): string | null {
  if (leaving === undefined) return null
  if (direction !== 'out') return 'the agent does not tell by which port the packets were to leave'
  return 'no flow sample of the window leaves by this port'
}

/** An agent has told its name by then, where it does. */
const NAMED_MS = 60_000

/** A wrong topology would be used without a word. */
function topologyNotes(
  { question, places, known, firstMs }: WindowContext,
  groups: Groups,
  counted: CountedPorts,
  endMs: number,
): string[] {
  if (!places.hasTopology) return []
  const isSettled = question.query.windowMs === 'all' || endMs - firstMs >= NAMED_MS
  const heard = [...new Set([...groups.agents, ...counted.rows.map(({ agent }) => agent)])].filter(
    (agent) => isSettled || known.isHeard(agent),
  )
  const foreign = heard.filter((agent) => !places.isNode(agent))
  if (foreign.length === 0) return []
  if (foreign.length === heard.length) {
    const why =
      heard.length === 1
        ? 'the agent is not in it, neither by address nor by host name'
        : `none of the ${formatCount(heard.length)} agents is in it, by address or host name`
    return [`The topology does not fit: ${why}. Names of nodes and ports are what agents tell, and no link is known.`]
  }
  const more = foreign.length > MOST_NAMED ? ' and more' : ''
  return [
    `${formatCount(foreign.length)} of ${formatCount(heard.length)} agents ${foreign.length === 1 ? 'is' : 'are'} not in the topology: ${foreign.slice(0, MOST_NAMED).join(', ')}${more}.`,
  ]
}

function notesOf(
  { question }: WindowContext,
  groups: Groups,
  windows: readonly FlowWindow[],
  { rows, untold, filtered }: { rows: readonly DropRow[]; untold: number; filtered: number },
): string[] {
  const notes: string[] = []
  const foreign = [...groups.places.values()].filter(({ place }) => place.isKnown === false)
  for (const [agent, places] of Map.groupBy(foreign, ({ place }) => place.agent)) {
    const ports = [...new Set(places.map(({ place }) => place.ifIndex!))].sort((a, b) => a - b)
    const more = ports.length > MOST_NAMED ? ` and ${ports.length - MOST_NAMED} more` : ''
    const why = places.some(({ onLinux }) => onLinux)
      ? 'hsflowd tells drops of all network namespaces, by their own numbers, and counters only of ports that it samples.'
      : 'It sends neither counters nor names of them: with either, drops get the names of their ports.'
    notes.push(
      `${places[0]!.place.node}: ${ports.length === 1 ? 'port' : 'ports'} ${ports.slice(0, MOST_NAMED).join(', ')}${more} (?) ${ports.length === 1 ? 'is' : 'are'} not among the ports that ${agent} tells of. ${why}`,
    )
  }
  if (filtered > 0) {
    notes.push(
      `${formatCount(filtered)} drops were not told, so that the filter can't be asked of them: they are in no row and not in the total.`,
    )
  }
  const both = rows.some(({ by }) => by === 'sampled') && rows.some(({ by }) => by === 'told')
  if (both) {
    notes.push(
      '~ is an estimate by flow samples whose output is a discard. Where an agent tells its drops too, the same packets are in both.',
    )
  } else if (rows.some(({ by }) => by === 'sampled')) {
    notes.push('~ is an estimate by flow samples whose output is a discard; these agents send no drop notifications.')
  }
  for (const { bound, flows, rows: listed, loss } of windows) {
    if (bound.hit || flows > listed.length) {
      notes.push(
        `${formatCount(flows)} combinations of reason, place, packets and details: beyond the largest ${formatCount(listed.length)} they are in (other).`,
      )
    }
    if (loss.tooLate > 0) {
      notes.push(
        `${formatCount(loss.tooLate)} samples came when their window was over, and are in none: --lateness keeps windows open longer.`,
      )
    }
  }
  if (untold > 0 && question.query.keys !== '') notes.push('What was not told has no keys: it is a row of its own.')
  return notes
}
