// Owns putting together what several threads know of one agent: the kernel spreads by the sender's port, so an agent that takes
// a new port, as many do when they restart, goes on in another thread. Start at mergeAgents.

import type { AgentRow, KindTotals } from './snapshot.ts'

export interface MergedAgents {
  readonly agents: AgentRow[]
  /** What no longer counts as lost: of agents whose datagrams were spread, so that gaps are not loss. */
  readonly doubtful: Doubtful
  /** Restarts that no thread saw, between the datagrams of two. */
  readonly restarts: number
  /** What can't be known, one sentence each. */
  readonly unknown: readonly string[]
}

interface Doubtful {
  lost: number
  flow: number
  counters: number
  discard: number
  /** Each thread saw the same count grow. */
  ownDrops: number
}

/** Two times of boot that are so near are one: uptimes are told at datagrams that travel. */
const SAME_BOOT_MS = 2000

/** Rows of all threads, one for each agent and sub-agent; those that are listed nowhere can't be put together. */
export function mergeAgents(rows: readonly AgentRow[]): MergedAgents {
  const byAgent = new Map<string, AgentRow[]>()
  for (const row of rows) {
    const key = `${row.agent}/${row.subAgent}`
    const list = byAgent.get(key)
    if (list === undefined) byAgent.set(key, [row])
    else list.push(row)
  }
  const doubtful: Doubtful = { lost: 0, flow: 0, counters: 0, discard: 0, ownDrops: 0 }
  let restarts = 0
  let spread = 0
  let moved = 0
  const agents = [...byAgent.values()].map((parts): AgentRow => {
    if (parts.length === 1) return parts[0]!
    const inTime = [...parts].sort((a, b) => (a.firstTime < b.firstTime ? -1 : 1))
    const overlaps = inTime.some((row, i) => i > 0 && row.firstTime <= inTime[i - 1]!.lastTime)
    const unseen = overlaps ? 0 : unseenRestarts(inTime)
    restarts += unseen
    if (overlaps) {
      spread++
      for (const part of parts) {
        doubtful.lost += part.lost ?? 0
        doubtful.flow += part.flow.lost ?? 0
        doubtful.counters += part.counters.lost ?? 0
        doubtful.discard += part.discard.lost ?? 0
        doubtful.ownDrops += part.ownDrops
      }
      doubtful.ownDrops -= mostDrops(parts)
    } else moved++
    return joinRows(inTime, overlaps, unseen)
  })
  const unknown = [
    ...(spread > 0
      ? [`${named(spread)} to several threads at once (--workers): nothing is known of what was lost.`]
      : []),
    ...(moved > 0
      ? [`${named(moved)} to one thread after the other (--workers): what was lost in between is not known.`]
      : []),
  ]
  agents.sort((a, b) => b.datagramsPerSecond - a.datagramsPerSecond)
  return { agents, doubtful, restarts, unknown }
}

const mostDrops = (rows: readonly AgentRow[]): number => Math.max(...rows.map((x) => x.ownDrops))

const named = (count: number): string => (count === 1 ? '1 agent came' : `${count} agents came each`)

/** When the agent started, by the last datagram of a row. */
const bootOf = ({ lastTime, uptimeMs }: AgentRow): number => Date.parse(lastTime) - uptimeMs

/** Of rows one after the other: those whose agent started after all that the row before knows. */
function unseenRestarts(rows: readonly AgentRow[]): number {
  return rows.filter((row, i) => i > 0 && row.restarts === 0 && bootOf(row) > bootOf(rows[i - 1]!) + SAME_BOOT_MS)
    .length
}

/** @param rows in the order of time, at least one */
function joinRows(rows: readonly AgentRow[], overlaps: boolean, unseen: number): AgentRow {
  const last = rows.reduce((a, b) => (b.lastTime > a.lastTime ? b : a))
  const sum = (of: (row: AgentRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const extreme = (of: (row: AgentRow) => number | null, pick: (...values: number[]) => number): number | null => {
    const known = rows.map(of).filter((x) => x !== null)
    return known.length > 0 ? pick(...known) : null
  }
  const kind = (of: (row: AgentRow) => KindTotals): KindTotals => ({
    samples: sum((x) => of(x).samples),
    lost: overlaps || rows.every((x) => of(x).lost === null) ? null : sum((x) => of(x).lost ?? 0),
  })
  return {
    ...last,
    hostName: last.hostName ?? rows.map((x) => x.hostName).find((x) => x !== null) ?? null,
    datagramsPerSecond: sum((x) => x.datagramsPerSecond),
    flowPerSecond: sum((x) => x.flowPerSecond),
    countersPerSecond: sum((x) => x.countersPerSecond),
    discardsPerSecond: sum((x) => x.discardsPerSecond),
    rateLeast: extreme((x) => x.rateLeast, Math.min),
    rateMost: extreme((x) => x.rateMost, Math.max),
    rateOff: overlaps ? null : last.rateOff,
    effectiveRate: overlaps ? null : last.effectiveRate,
    datagrams: sum((x) => x.datagrams),
    flow: kind((x) => x.flow),
    counters: kind((x) => x.counters),
    discard: kind((x) => x.discard),
    otherSamples: sum((x) => x.otherSamples),
    lost: overlaps || rows.every((x) => x.lost === null) ? null : sum((x) => x.lost ?? 0),
    late: sum((x) => x.late),
    duplicates: sum((x) => x.duplicates),
    ownDrops: overlaps ? mostDrops(rows) : sum((x) => x.ownDrops),
    restarts: sum((x) => x.restarts) + unseen,
    firstTime: rows[0]!.firstTime,
  }
}
