// Owns which hosts are one training job: by who talks with whom, by the period of that, and by its phase. See period.ts for the
// folder. Start at findJobs.

import type { Finding, Found, SearchOptions } from './find.ts'
import { phaseOf } from './profile.ts'
import type { Events } from './spectrum.ts'
import type { Searcher } from './stream.ts'

/** Traffic from one host to another. */
export interface EdgeEvents {
  readonly src: string
  readonly dst: string
  readonly events: Events
}

export interface Job {
  /** Ordered; hosts of several jobs are in each. */
  readonly hosts: readonly string[]
  /** Places in the list of edges. */
  readonly edges: readonly number[]
  readonly finding: Finding
}

/** A part of a job that a shared host is taken out of has so much of the traffic at least. */
const LEAST_PART = 0.05
/** So many hosts are tried as shared ones, those with most neighbours first. */
const MOST_HUBS = 16
/** Periods are the same that differ by no more than their errors, or by this. */
const SAME_PERIOD = 0.002
/** And phases, in steps: of the middle of the traffic. */
const SAME_PHASE = 0.08

interface Part {
  readonly edges: readonly number[]
  readonly finding: Finding
}

/**
 * Jobs in a window: connected parts of the graph of hosts; those that one host, such as a storage node, joins though they have
 * periods of their own are taken apart; those of common period and phase, such as rails of one job, are put together.
 */
export function findJobs(
  edges: readonly EdgeEvents[],
  from: number,
  seconds: number,
  options: SearchOptions,
  searcher: Searcher,
): Job[] {
  const find = (some: readonly number[]): Finding => searcher.find(joined(edges, some), from, seconds, options)
  const parts: Part[] = components(
    edges,
    edges.map((_, i) => i),
    undefined,
  ).flatMap((part) => split(edges, part, find))
  const merged: Part[] = []
  for (const part of parts) {
    const at = merged.findIndex((other) => isSame(edges, other, part, from, seconds))
    if (at < 0) merged.push(part)
    else {
      const both = [...merged[at]!.edges, ...part.edges].sort((a, b) => a - b)
      merged[at] = { edges: both, finding: find(both) }
    }
  }
  return merged.map(({ edges: own, finding }) => ({
    hosts: [...new Set(own.flatMap((i) => [edges[i]!.src, edges[i]!.dst]))].sort(),
    edges: own,
    finding,
  }))
}

/** Edges that are connected, without a host; those of that host go where their other end is. */
function components(
  edges: readonly EdgeEvents[],
  some: readonly number[],
  without: string | undefined,
): readonly (readonly number[])[] {
  const parents = new Map<string, string>()
  const root = (host: string): string => {
    let at = host
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up
    parents.set(host, at)
    return at
  }
  for (const i of some) {
    const { src, dst } = edges[i]!
    if (src !== without && dst !== without) parents.set(root(src), root(dst))
  }
  const parts = new Map<string, number[]>()
  for (const i of some) {
    const { src, dst } = edges[i]!
    const key = root(src === without ? dst : src)
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [i])
    else part.push(i)
  }
  return [...parts.values()]
}

/** Takes a part apart where one host joins what has different periods; again, until nothing more comes apart. */
function split(
  edges: readonly EdgeEvents[],
  part: readonly number[],
  find: (some: readonly number[]) => Finding,
): Part[] {
  const all = part.reduce((sum, i) => sum + edges[i]!.events.count, 0)
  for (const hub of hubs(edges, part)) {
    const pieces = components(edges, part, hub)
    const large = pieces.filter((piece) => count(edges, piece) >= LEAST_PART * all)
    if (large.length < 2) continue
    const found = large.map((piece) => ({ edges: piece, finding: find(piece) }))
    const periods = found.flatMap(({ finding }) => (finding.periodSeconds === null ? [] : [finding]))
    if (!periods.some((one) => periods.some((other) => !isSamePeriod(one, other)))) continue
    const small = pieces.filter((piece) => !large.includes(piece)).flat()
    const rest = small.length > 0 ? [{ edges: small, finding: find(small) }] : []
    return [...found.flatMap(({ edges: piece }) => split(edges, piece, find)), ...rest]
  }
  return [{ edges: part, finding: find(part) }]
}

const count = (edges: readonly EdgeEvents[], some: readonly number[]): number =>
  some.reduce((sum, i) => sum + edges[i]!.events.count, 0)

/** Hosts with several neighbours, most first. */
function hubs(edges: readonly EdgeEvents[], part: readonly number[]): readonly string[] {
  const neighbours = new Map<string, Set<string>>()
  for (const i of part) {
    const { src, dst } = edges[i]!
    for (const [host, other] of [
      [src, dst],
      [dst, src],
    ] as const) {
      const known = neighbours.get(host)
      if (known === undefined) neighbours.set(host, new Set([other]))
      else known.add(other)
    }
  }
  return [...neighbours]
    .filter(([, others]) => others.size > 1)
    .sort((a, b) => b[1].size - a[1].size)
    .slice(0, MOST_HUBS)
    .map(([host]) => host)
}

function isSamePeriod(one: Found, other: Found): boolean {
  const limit = Math.max(SAME_PERIOD * one.periodSeconds, one.errorSeconds + other.errorSeconds)
  return Math.abs(one.periodSeconds - other.periodSeconds) <= limit
}

/** Same period, and the middle of the traffic at the same phase. */
function isSame(edges: readonly EdgeEvents[], one: Part, other: Part, from: number, seconds: number): boolean {
  if (one.finding.periodSeconds === null || other.finding.periodSeconds === null) return false
  if (!isSamePeriod(one.finding, other.finding)) return false
  // At one period for both: phases by two that differ a little would part over the window.
  const { periodSeconds } = one.finding
  const turns =
    middle(joined(edges, one.edges), from, seconds, periodSeconds) -
    middle(joined(edges, other.edges), from, seconds, periodSeconds)
  return Math.abs(turns - Math.round(turns)) <= SAME_PHASE
}

/** Phase of the first harmonic. */
function middle(events: Events, from: number, seconds: number, periodSeconds: number): number {
  let x = 0
  let y = 0
  for (let i = 0; i < events.count; i++) {
    const time = events.times[i]!
    if (time < from || time >= from + seconds) continue
    const angle = 2 * Math.PI * phaseOf(time, from, periodSeconds)
    x += events.weights[i]! * Math.cos(angle)
    y += events.weights[i]! * Math.sin(angle)
  }
  return Math.atan2(y, x) / (2 * Math.PI)
}

function joined(edges: readonly EdgeEvents[], some: readonly number[]): Events {
  const total = count(edges, some)
  const times = new Float64Array(total)
  const weights = new Float64Array(total)
  let at = 0
  for (const i of some) {
    const { events } = edges[i]!
    times.set(events.times.subarray(0, events.count), at)
    weights.set(events.weights.subarray(0, events.count), at)
    at += events.count
  }
  return { times, weights, count: total }
}
