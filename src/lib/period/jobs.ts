// Owns which hosts are one training job: by who talks with whom, by the period of that, and by its phase. See period.ts for the
// folder. Start at findJobs.

import type { Finding, Found, SearchOptions } from './finding.ts'
import type { Events } from './spectrum.ts'
import type { Searcher } from './stream.ts'
import { expectedFit, fitOf, type Template, templateOf } from './template.ts'

/** Traffic from one host to another; of one queue pair, where those are told apart: then there are several from one host to another. */
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

/** A job is found in so much of a connected part's traffic at least, and in so many samples. */
const LEAST_PART = 0.05
const LEAST_SAMPLES = 24
/** So many jobs are looked for in one part, and so many hosts are tried by themselves where all together show none. */
const MOST_JOBS = 16
const MOST_TRIED = 6
/** Fractions of a period that are tried. */
const MOST_BURSTS = 7
/** Traffic of one job fits its cycle by so much of what it can at least. */
const PURE = 0.8
/** A cycle's own traffic is told from what else comes: so often anew. */
const ROUNDS = 3
/** Parts with fewer samples are looked at together, and so are those behind so many larger ones. */
const SMALL_SAMPLES = 200
const MOST_LARGE = 64
/** With fewer samples an edge goes where the traffic of one of its hosts goes. */
const EDGE_SAMPLES = 8
/** A search takes so many events at most, drawn evenly. */
const MOST_EVENTS = 32_768
/** Periods are the same that differ by no more than their errors, or by this. */
const SAME_PERIOD = 0.002

interface Part {
  readonly edges: readonly number[]
  readonly finding: Finding
}

/**
 * Jobs in a window. Connected parts of the graph of hosts are one job each, unless what is in them comes at different periods: such as
 * jobs that share storage nodes, or hosts. Parts of common period and phase, such as rails of one job, are put together.
 */
export function findJobs(
  edges: readonly EdgeEvents[],
  from: number,
  seconds: number,
  options: SearchOptions,
  searcher: Searcher,
): Job[] {
  const jobs = new Jobs(edges, from, seconds, options, searcher)
  return jobs.all().map(({ edges: own, finding }) => ({
    hosts: [...new Set(own.flatMap((i) => [edges[i]!.src, edges[i]!.dst]))].sort(),
    edges: own,
    finding,
  }))
}

class Jobs {
  readonly #edges: readonly EdgeEvents[]
  readonly #from: number
  readonly #seconds: number
  readonly #options: SearchOptions
  readonly #searcher: Searcher

  constructor(edges: readonly EdgeEvents[], from: number, seconds: number, options: SearchOptions, searcher: Searcher) {
    this.#edges = edges
    this.#from = from
    this.#seconds = seconds
    this.#options = options
    this.#searcher = searcher
  }

  all(): readonly Part[] {
    const every = this.#edges.map((_, i) => i)
    const components = this.#components(every)
      .map((part) => ({ part, count: this.#count(part) }))
      .sort((a, b) => b.count - a.count)
    const large = components.filter(({ count }, rank) => rank === 0 || (count >= SMALL_SAMPLES && rank < MOST_LARGE))
    const small = components.slice(large.length)
    return this.#gather(
      large.flatMap(({ part }) => this.#split(part)),
      small.map(({ part }) => part),
    )
  }

  /** Edges that are connected. */
  #components(some: readonly number[]): readonly (readonly number[])[] {
    const parents = new Map<string, string>()
    const root = (host: string): string => {
      let at = host
      for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up
      parents.set(host, at)
      return at
    }
    for (const i of some) {
      const { src, dst } = this.#edges[i]!
      parents.set(root(src), root(dst))
    }
    const parts = new Map<string, number[]>()
    for (const i of some) {
      const key = root(this.#edges[i]!.src)
      const part = parts.get(key)
      if (part === undefined) parts.set(key, [i])
      else part.push(i)
    }
    return [...parts.values()]
  }

  /** Jobs in a connected part; one where all of it comes at one period, or at none. */
  #split(part: readonly number[]): readonly Part[] {
    const whole = this.#find(part)
    const least = Math.max(LEAST_SAMPLES, LEAST_PART * this.#count(part))
    const found: Part[] = []
    let rest = part
    for (let next: Finding = whole; found.length < MOST_JOBS; next = this.#find(rest)) {
      const seed = this.#seed(rest, next)
      const job = seed === undefined ? undefined : this.#own(seed, rest)
      if (job === undefined || this.#count(job.edges) < least) break
      const own = new Set(job.edges)
      rest = rest.filter((i) => !own.has(i))
      // What is connected and has one period is one job, though it comes at several phases of it.
      const same = found.findIndex(({ finding }) => isSamePeriod(finding, job.finding))
      if (same < 0) found.push(job)
      else found[same] = { edges: [...found[same]!.edges, ...job.edges], finding: found[same]!.finding }
      if (this.#count(rest) < least) break
    }
    if (found.length < 2)
      return [{ edges: part, finding: whole.periodSeconds === null ? (found[0]?.finding ?? whole) : whole }]
    return this.#shared(found, rest).map((edges) => ({ edges, finding: this.#find(edges) }))
  }

  /**
   * Where to begin: what was found in all of the rest, or, as several jobs show a common multiple of their periods, a fraction of that;
   * where that is nothing or fits badly, what is found in the traffic of single hosts. Of these, that by which most is told best.
   */
  #seed(rest: readonly number[], whole: Finding): PartFound | undefined {
    let best: PartFound | undefined
    let most = 0
    const trying = (edges: readonly number[], finding: Finding): boolean => {
      if (finding.periodSeconds === null) return false
      const template = templateOf(this.#joined(edges), this.#from, this.#seconds, finding)
      const fits = this.#fits(template, rest)
      let sum = 0
      let count = 0
      for (const [k, i] of rest.entries()) {
        if (fits[k]! <= 0) continue
        sum += fits[k]!
        count += this.#edges[i]!.events.count
      }
      const told = count > 0 ? (sum * sum) / count : 0
      if (told > most) {
        most = told
        best = { edges, finding }
      }
      return sum >= PURE * count * expectedFit(template)
    }
    let isPure = trying(rest, whole)
    if (whole.periodSeconds !== null) {
      for (let q = 2; q <= MOST_BURSTS && whole.periodSeconds / q >= this.#options.minSeconds; q++) {
        const [periodSeconds, errorSeconds] = [whole.periodSeconds / q, whole.errorSeconds / q]
        isPure = trying(rest, { ...whole, periodSeconds, errorSeconds }) || isPure
      }
    }
    if (isPure) return best
    const hosts = [...this.#byHost(rest).values()]
      .map((edges) => ({ edges, count: this.#count(edges) }))
      .filter(({ count }) => count >= LEAST_SAMPLES)
      .sort((one, other) => other.count - one.count)
    // Not those with most: storage nodes have traffic of all.
    const step = Math.max(1, hosts.length / MOST_TRIED)
    for (let at = 0; at < hosts.length; at += step) {
      const { edges } = hosts[Math.min(hosts.length - 1, Math.floor(at + step / 2))]!
      trying(edges, this.#find(edges))
    }
    return best
  }

  /** The edges whose traffic fits the cycle found in some. */
  #own(seed: PartFound, rest: readonly number[]): PartFound | undefined {
    let edges = seed.edges
    let finding = seed.finding
    for (let round = 0; round < ROUNDS; round++) {
      const template = templateOf(this.#joined(edges), this.#from, this.#seconds, finding)
      const fits = this.#fits(template, rest)
      const own = rest.filter((_, k) => fits[k]! > 0)
      if (own.length === 0) return undefined
      const again = this.#find(own)
      if (again.periodSeconds === null) return undefined
      const isSame = own.length === edges.length
      edges = own
      finding = again
      if (isSame) break
    }
    return { edges, finding }
  }

  /** How well each edge fits a cycle; one with few samples as well as the better of its hosts. */
  #fits(template: Template, some: readonly number[]): Float64Array {
    const fits = Float64Array.from(some, (i) => fitOf(template, this.#edges[i]!.events, this.#from, this.#seconds))
    const hosts = new Map<string, { fit: number; count: number }>()
    for (const [k, i] of some.entries()) {
      const { src, dst, events } = this.#edges[i]!
      for (const host of [src, dst]) {
        const known = hosts.get(host)
        if (known === undefined) hosts.set(host, { fit: fits[k]!, count: events.count })
        else {
          known.fit += fits[k]!
          known.count += events.count
        }
      }
    }
    const mean = (host: string): number => {
      const { fit, count } = hosts.get(host)!
      return count > 0 ? fit / count : 0
    }
    return fits.map((fit, k) => {
      const { src, dst, events } = this.#edges[some[k]!]!
      return events.count >= EDGE_SAMPLES ? fit : Math.max(mean(src), mean(dst)) * events.count
    })
  }

  /** All edges by the job that they fit best; those that fit none go with their hosts. */
  #shared(found: readonly Part[], rest: readonly number[]): readonly (readonly number[])[] {
    const all = [...found.flatMap(({ edges }) => edges), ...rest]
    const fits = found.map((job) => {
      const { finding } = job
      if (finding.periodSeconds === null) return new Float64Array(all.length)
      return this.#fits(templateOf(this.#joined(job.edges), this.#from, this.#seconds, finding), all)
    })
    const jobs: number[][] = found.map(() => [])
    for (const [k, i] of all.entries()) {
      let best = 0
      for (let j = 1; j < fits.length; j++) if (fits[j]![k]! > fits[best]![k]!) best = j
      jobs[best]!.push(i)
    }
    return jobs.filter((edges) => edges.length > 0).map((edges) => edges.sort((a, b) => a - b))
  }

  /** Parts that are not connected but have one period and phase are one; small parts, which show none by themselves, go where they fit. */
  #gather(large: readonly Part[], small: readonly (readonly number[])[]): readonly Part[] {
    const merged: Part[] = []
    for (const part of large) this.#merge(merged, part)
    let rest = small
    for (let round = 0; round < MOST_JOBS && rest.length > 0; round++) {
      if (round > 0 || merged.every(({ finding }) => finding.periodSeconds === null)) {
        const pool = rest.flat()
        const seed = this.#seed(pool, this.#find(pool))
        const job = seed === undefined ? undefined : this.#ownParts(seed, rest)
        if (job === undefined) break
        this.#merge(merged, job)
        const own = new Set(job.edges)
        rest = rest.filter(([first]) => !own.has(first!))
        continue
      }
      for (const [j, job] of merged.entries()) {
        if (job.finding.periodSeconds === null) continue
        const template = templateOf(this.#joined(job.edges), this.#from, this.#seconds, job.finding)
        const fitting = rest.filter((part) => this.#fit(template, part) > 0)
        if (fitting.length === 0) continue
        rest = rest.filter((part) => !fitting.includes(part))
        const edges = [...job.edges, ...fitting.flat()].sort((a, b) => a - b)
        merged[j] = { edges, finding: this.#find(edges) }
      }
    }
    for (const edges of rest) merged.push({ edges, finding: this.#find(edges) })
    return merged
  }

  /** The parts, each as a whole, that fit the cycle found in some. */
  #ownParts(seed: PartFound, parts: readonly (readonly number[])[]): PartFound | undefined {
    let { edges, finding } = seed
    for (let round = 0; round < ROUNDS; round++) {
      const template = templateOf(this.#joined(edges), this.#from, this.#seconds, finding)
      const own = parts.filter((part) => this.#fit(template, part) > 0).flat()
      const again = own.length === 0 ? undefined : this.#find(own)
      if (again === undefined || again.periodSeconds === null) return undefined
      const isSame = own.length === edges.length
      edges = own.sort((a, b) => a - b)
      finding = again
      if (isSame) break
    }
    return { edges, finding }
  }

  #fit(template: Template, part: readonly number[]): number {
    return part.reduce((sum, i) => sum + fitOf(template, this.#edges[i]!.events, this.#from, this.#seconds), 0)
  }

  #merge(into: Part[], part: Part): void {
    const at = into.findIndex((other) => this.#isSame(other, part))
    if (at < 0) {
      into.push(part)
      return
    }
    const edges = [...into[at]!.edges, ...part.edges].sort((a, b) => a - b)
    into[at] = { edges, finding: this.#find(edges) }
  }

  /** Same period, and each has its traffic when the other has. */
  #isSame(one: Part, other: Part): boolean {
    if (one.finding.periodSeconds === null || !isSamePeriod(one.finding, other.finding)) return false
    const template = templateOf(this.#joined(one.edges), this.#from, this.#seconds, one.finding)
    return this.#fit(template, other.edges) > 0
  }

  #find(some: readonly number[]): Finding {
    return this.#searcher.find(this.#joined(some), this.#from, this.#seconds, this.#options)
  }

  #count(some: readonly number[]): number {
    return some.reduce((sum, i) => sum + this.#edges[i]!.events.count, 0)
  }

  #byHost(some: readonly number[]): Map<string, number[]> {
    const hosts = new Map<string, number[]>()
    for (const i of some) {
      const { src, dst } = this.#edges[i]!
      for (const host of [src, dst]) {
        const own = hosts.get(host)
        if (own === undefined) hosts.set(host, [i])
        else own.push(i)
      }
    }
    return hosts
  }

  #joined(some: readonly number[]): Events {
    const every = Math.max(1, Math.ceil(this.#count(some) / MOST_EVENTS))
    const room = Math.ceil(this.#count(some) / every)
    const times = new Float64Array(room)
    const weights = new Float64Array(room)
    let at = 0
    let count = 0
    for (const i of some) {
      const { events } = this.#edges[i]!
      for (let k = 0; k < events.count; k++) {
        if (at++ % every !== 0) continue
        times[count] = events.times[k]!
        weights[count++] = events.weights[k]! * every
      }
    }
    return { times, weights, count }
  }
}

interface PartFound extends Part {
  readonly finding: Found
}

function isSamePeriod(one: Finding, other: Finding): boolean {
  if (one.periodSeconds === null || other.periodSeconds === null) return false
  const limit = Math.max(SAME_PERIOD * one.periodSeconds, one.errorSeconds + other.errorSeconds)
  return Math.abs(one.periodSeconds - other.periodSeconds) <= limit
}
