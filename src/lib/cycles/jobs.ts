// Owns groups of hosts that train together: found anew now and then, and known again. How they are told from each other is in
// ../period/jobs.ts. See cycles.ts for the folder. Start at Jobs.add.

import { findJobs, type Job } from '../period/jobs.ts'
import { AgentHolds, type SampleTimes } from '../period/sample-times.ts'
import { streamDefaults } from '../period/stream.ts'
import { EDGE_SECONDS, type Edge, Edges, eventsOf } from './edges.ts'
import { CycleGroup, type GroupOptions } from './group.ts'
import type { Counted, Grouping } from './groups.ts'
import { HeldSearcher } from './held-searcher.ts'
import type { Compiled } from './question.ts'
import type { CycleRow } from './snapshot.ts'

/** They are looked for first after so long, again so often, and less often once it has been looked back as far as can be. */
const FIRST_MS = 10_000
const AGAIN_MS = 5000
const LATER_MS = 10_000
/** Events of a window that a job keeps: 33 groups of four windows take 33 MiB at most. */
const MOST_EVENTS = streamDefaults.capacity
/** Parts of the traffic whose cycle is followed, each with so much of it and so many samples at least. */
const MOST_JOBS = 32
const LEAST_SHARE = 0.01
const LEAST_SAMPLES = 24
/** Where so much of a job's traffic is another's now, what was known of it is made anew. */
const CHANGED = 0.05

/** A part of the traffic that may be a job. */
interface Candidate {
  readonly number: number
  readonly group: CycleGroup
  edges: readonly Edge[]
  /** It has had a period: it is a job. The number that it is told by. */
  job: number
}

export class Jobs implements Grouping {
  readonly #edges: Edges
  readonly #options: GroupOptions
  readonly #times: SampleTimes
  readonly #searcher = new HeldSearcher()
  readonly #holds = new AgentHolds()
  readonly #candidates = new Map<number, Candidate>()
  #rest: CycleGroup
  #restEdges: readonly Edge[] = []
  #numbers = 0
  #jobs = 0
  #firstMs = Number.NaN
  #due = Number.NaN

  constructor(compiled: Compiled, options: GroupOptions, times: SampleTimes) {
    this.#edges = new Edges(compiled)
    this.#options = { ...options, stream: { ...options.stream, capacity: MOST_EVENTS } }
    this.#times = times
    this.#rest = new CycleGroup(this.#options, times)
  }

  get beyond(): number {
    return this.#edges.beyond
  }

  get count(): number {
    return this.#listed().length
  }

  add(words: Uint32Array, sample: Counted, byBusiest: boolean): CycleGroup | undefined {
    const edge = this.#edges.add(words, sample, byBusiest)
    if (edge === undefined) return undefined
    this.#holds.add(sample.agent)
    const candidate = this.#candidates.get(edge.job)
    candidate?.group.add(sample, sample.arrivalMs)
    if (candidate === undefined || candidate.job === 0) this.#rest.add(sample, sample.arrivalMs)
    return candidate?.group ?? this.#rest
  }

  advance(toMs: number, isLast: boolean): void {
    if (Number.isNaN(this.#firstMs)) {
      this.#firstMs = toMs
      this.#due = toMs + FIRST_MS
    }
    if (toMs >= this.#due || isLast) {
      this.#due = toMs + (toMs - this.#firstMs > EDGE_SECONDS * 1000 ? LATER_MS : AGAIN_MS)
      this.#look(toMs / 1000)
    }
    const search = isLast ? 'now' : 'due'
    for (const { group } of this.#candidates.values()) group.advance(toMs, search)
    if (this.#name()) this.#tellRest()
    this.#rest.advance(toMs, search)
  }

  fade(): void {
    this.#edges.fade()
    this.#holds.fade()
    this.#rest.fade()
    for (const { group } of this.#candidates.values()) group.fade()
  }

  #look(to: number): void {
    const { edges, first } = this.#edges.recent(to - EDGE_SECONDS)
    if (edges.length === 0) return
    this.#searcher.hold = this.#holds.hold(this.#times)
    const parts = findJobs(edges, first, to - first, this.#options.stream, this.#searcher)
    this.#match(
      parts.map((part) => ({ part, edges: part.edges.map((i) => edges[i]!) })),
      edges,
    )
    this.#tellRest()
  }

  /** What is in no job has its own cycle, or none. */
  #tellRest(): void {
    const edges = restOf(this.#edges.all, this.#candidates)
    const isSame = edges.length === this.#restEdges.length && edges.every((edge, i) => edge === this.#restEdges[i])
    // New pairs have told their events.
    const isMore = this.#restEdges.every((edge, i) => edge === edges[i])
    this.#restEdges = edges
    if (isSame || isMore) return
    // What was found in it is a job's now.
    this.#rest = new CycleGroup(this.#options, this.#times)
    this.#rest.replace(eventsOf(edges))
  }

  /** Gives each part the candidate that most of its traffic was of, largest first; else a new one. */
  #match(parts: readonly { readonly part: Job; readonly edges: readonly Edge[] }[], edges: readonly Edge[]): void {
    const all = eventCount(edges)
    const sized = parts
      .map(({ part, edges: own }) => ({ part, own, count: eventCount(own) }))
      .sort((a, b) => b.count - a.count)
    const taken = new Set<number>()
    for (const { part, own, count } of sized) {
      const known = this.#mostOf(own, taken)
      const isLarge = count >= LEAST_SAMPLES && count >= LEAST_SHARE * all
      if (known === undefined && !isLarge && part.finding.periodSeconds === null) {
        for (const edge of own) edge.job = 0
        continue
      }
      const candidate = known ?? this.#newCandidate()
      if (candidate === undefined) continue
      taken.add(candidate.number)
      this.#take(candidate, own, count)
    }
    for (const candidate of this.#candidates.values()) {
      candidate.edges = candidate.edges.filter(({ job }) => job === candidate.number)
      if (candidate.edges.length === 0) this.#candidates.delete(candidate.number)
    }
  }

  #mostOf(edges: readonly Edge[], taken: ReadonlySet<number>): Candidate | undefined {
    const counts = new Map<number, number>()
    for (const { job, events } of edges) counts.set(job, (counts.get(job) ?? 0) + events.count)
    let most: number | undefined
    for (const [job, count] of counts) {
      if (job === 0 || taken.has(job)) continue
      if (most === undefined || count > counts.get(most)!) most = job
    }
    return most === undefined ? undefined : this.#candidates.get(most)
  }

  #newCandidate(): Candidate | undefined {
    if (this.#candidates.size === MOST_JOBS) return undefined
    const number = ++this.#numbers
    const candidate = { number, group: new CycleGroup(this.#options, this.#times), edges: [], job: 0 }
    this.#candidates.set(number, candidate)
    return candidate
  }

  #take(candidate: Candidate, edges: readonly Edge[], count: number): void {
    const { number } = candidate
    const now = new Set(edges)
    const gone = candidate.edges.filter((edge) => edge.events.count > 0 && !now.has(edge))
    const come = edges.filter(({ job }) => job !== number)
    // What was this job's and is quiet now is still its.
    const quiet = candidate.edges.filter((edge) => edge.events.count === 0)
    for (const edge of edges) edge.job = number
    candidate.edges = [...edges, ...quiet]
    if (eventCount(gone) + eventCount(come) > CHANGED * count) candidate.group.replace(eventsOf(edges))
  }

  /** A candidate that has a period is a job. @returns whether there is a new one */
  #name(): boolean {
    const found = [...this.#candidates.values()].filter(
      ({ job, group }) => job === 0 && group.isFound(this.#candidates.size),
    )
    if (found.length === 0) return false
    found.sort((a, b) => eventCount(b.edges) - eventCount(a.edges))
    for (const candidate of found) candidate.job = ++this.#jobs
    return true
  }

  #listed(): Candidate[] {
    return [...this.#candidates.values()].filter(({ job }) => job > 0).sort((a, b) => a.job - b.job)
  }

  rows(isLast: boolean, charts: number, straggler: (group: CycleGroup) => CycleRow['straggler']): CycleRow[] {
    const rows = this.#listed().map(({ job, group, edges }, i): CycleRow => {
      const hosts = [...new Set(edges.flatMap(({ src, dst }) => [src, dst]))].sort()
      const name = `job ${job}`
      const allSamples = sampleCount(edges)
      return {
        ...{ kind: 'job', id: name, name, key: [], hosts, straggler: straggler(group) },
        ...{ ...group.facts(isLast, i < charts, this.#candidates.size), allSamples },
      }
    })
    const rest = restOf(this.#edges.all, this.#candidates)
    const allSamples = sampleCount(rest)
    if (allSamples > 0) {
      rows.push({
        ...{ kind: 'rest', id: 'rest', name: 'rest', key: [], hosts: null, straggler: null },
        ...{ ...this.#rest.facts(isLast, rows.length < charts, 1), allSamples },
      })
    }
    return rows
  }
}

const eventCount = (edges: readonly Edge[]): number => edges.reduce((sum, { events }) => sum + events.count, 0)
const sampleCount = (edges: readonly Edge[]): number => edges.reduce((sum, { samples }) => sum + samples, 0)

/** Edges that are in no job. */
function restOf(edges: readonly Edge[], candidates: ReadonlyMap<number, Candidate>): Edge[] {
  return edges.filter(({ job }) => (candidates.get(job)?.job ?? 0) === 0)
}
