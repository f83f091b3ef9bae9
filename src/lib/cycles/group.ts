// Owns one group of traffic: its events, what is known of its cycle over time, and which port is last. Knows no key and no filter.
// See cycles.ts for the folder. Start at CycleGroup.add.

import { type Hold, shortestBehind } from '../period/hold.ts'
import type { PeriodReport } from '../period/report.ts'
import { AgentHolds, type SampleTimes } from '../period/sample-times.ts'
import { PeriodStream, type Searcher, type StreamOptions } from '../period/stream.ts'
import { ThresholdPeriod } from '../period/threshold.ts'
import { PeriodTrack } from '../period/track.ts'
import { amongGroups, type Finding, findingOf, stoppedFinding, thresholdFinding } from './finding.ts'
import { GroupPorts } from './ports.ts'
import { Silence } from './silence.ts'
import type { CycleMethod, CyclePoint, CycleRow } from './snapshot.ts'

export interface GroupOptions {
  readonly method: CycleMethod
  readonly stream: StreamOptions
  readonly searcher: Searcher
}

/** One that was counted before. */
export interface GroupEvent {
  /** When the packet was sampled, milliseconds since 1970. */
  readonly ms: number
  readonly weight: number
  /** That the sample stands for; NaN is not known. */
  readonly bytes: number
  /** Slot in the AgentTable. */
  readonly agent: number
}

/** Answers that are kept. */
const KEPT = 256
/** Rates are of a second at least; the method `threshold` is asked as often. */
const RATE_MS = 1000
/** The last port is looked for so often. */
const PORTS_MS = 5000
/** Samples have come by then: agents hold them for a second. */
const LATE_MS = 1000
/** Chance gives an answer once; one that stood for so much of its window is none, and is told when the traffic has ended. */
const STOOD = 0.9
/** Nor is one with such a p, however many hours of looks there were. */
const SURE = 1e-6

/** The last answer with a period that traffic gave, and since when it has been about that. */
interface Lasting {
  readonly sinceMs: number
  readonly atMs: number
  readonly report: PeriodReport
  readonly p: number | null
}

/** A row but for who the group is. */
export type CycleFacts = Omit<CycleRow, 'kind' | 'id' | 'name' | 'key' | 'hosts' | 'straggler'>

export class CycleGroup {
  readonly ports = new GroupPorts()
  /** Since the start. */
  samples = 0
  readonly #options: GroupOptions
  readonly #times: SampleTimes
  /** Of method `h`. */
  #stream: PeriodStream | undefined
  /** The fast chart, and the method `threshold`. */
  readonly #fast = new ThresholdPeriod()
  readonly #track = new PeriodTrack()
  readonly #history: CyclePoint[] = []
  /** Samples by agent, those of long ago counting less. */
  readonly #holds = new AgentHolds()
  #lasting: Lasting | undefined
  readonly #silence = new Silence()
  /** Nothing was ever taken. */
  #isNew = true
  /** Since it began, or began anew: the first sample, and how many there are. */
  #first = Number.NaN
  #taken = 0
  #to = Number.NaN
  /** When it was searched last. */
  #seen = Number.NEGATIVE_INFINITY
  #portsDue = Number.NEGATIVE_INFINITY
  #since = Number.NaN
  #sum = 0
  #rate = Number.NaN

  constructor(options: GroupOptions, times: SampleTimes) {
    this.#options = options
    this.#times = times
    this.#begin()
  }

  /** @param arrivalMs when it came, milliseconds since 1970 */
  add(event: GroupEvent, arrivalMs: number): void {
    const { ms, weight } = event
    this.samples++
    this.#sum += weight
    this.#fast.frames(ms, weight)
    this.#silence.take(ms, arrivalMs)
    this.#take(event)
  }

  /**
   * Instead of all events that were added up to now; what was found stays.
   * @param events in the order of time
   */
  replace(events: readonly GroupEvent[]): void {
    const isNew = this.#isNew
    this.#begin()
    this.#holds.clear()
    for (const event of events) {
      if (isNew) this.#fast.frames(event.ms, event.weight)
      this.#take(event)
    }
    const last = events.at(-1)
    if (last !== undefined) this.#silence.newestMs = last.ms
  }

  #begin(): void {
    const { method, stream, searcher } = this.#options
    if (method === 'h') this.#stream = new PeriodStream(stream, searcher)
    this.#first = Number.NaN
    this.#taken = 0
  }

  #take({ ms, weight, bytes, agent }: GroupEvent): void {
    if (Number.isNaN(this.#first)) this.#first = ms
    this.#isNew = false
    this.#taken++
    this.#stream?.add(ms / 1000, weight, bytes)
    this.#holds.add(agent)
  }

  /** This is the time of arrival. @param search it is searched where that is due, which costs milliseconds; or not; or at once */
  advance(toMs: number, search: 'due' | 'not' | 'now'): void {
    this.#to = toMs
    this.#fast.advance(toMs)
    this.#count(toMs)
    if (search === 'not') return
    const found =
      this.#stream === undefined ? this.#lookThreshold(toMs) : this.#lookStream(this.#stream, toMs, search === 'now')
    if (found === null || toMs < this.#portsDue) return
    this.#portsDue = toMs + PORTS_MS
    this.ports.look((toMs - LATE_MS) / 1000, found, (agent) => this.#times.errorSecondsOf(agent))
  }

  #lookStream(stream: PeriodStream, toMs: number, isNow: boolean): number | null {
    stream.setHold(this.hold())
    if (!isNow && this.#hasStopped(toMs)) {
      if (toMs - this.#seen < RATE_MS) return null
      this.#seen = toMs
      this.#remember({ timeMs: toMs, periodSeconds: null, errorSeconds: null, confidence: null })
      return null
    }
    const looked = isNow ? stream.look(toMs / 1000) : stream.advance(toMs / 1000)
    const report = looked ? stream.report() : null
    if (report === null) return null
    this.#seen = toMs
    const { periodSeconds, errorSeconds, confidence } = report
    this.#remember({ timeMs: toMs, periodSeconds, errorSeconds, confidence })
    if (periodSeconds === null) return null
    if (this.#silence.hasBegun(toMs, periodSeconds)) return periodSeconds
    const before = this.#lasting
    const isSame = before !== undefined && goesOn(before, report, toMs)
    const sinceMs = isSame ? before.sinceMs : toMs
    this.#lasting = { sinceMs, atMs: toMs, report, p: stream.answer()?.p ?? null }
    return periodSeconds
  }

  /** What had a period comes no more. */
  #hasStopped(toMs: number): boolean {
    const report = this.#lasting?.report
    return report !== undefined && this.#silence.isOver(report, toMs, this.hold().seconds)
  }

  /** The same, as of now. */
  get hasStopped(): boolean {
    return this.#stream !== undefined && this.#hasStopped(this.#to)
  }

  #lookThreshold(toMs: number): number | null {
    if (toMs - this.#seen < RATE_MS) return null
    const state = this.#fast.state()
    if (state === null) return null
    this.#seen = toMs
    const { periodSeconds, errorSeconds } = state
    this.#remember({ timeMs: toMs, periodSeconds, errorSeconds, confidence: null })
    return periodSeconds
  }

  #remember(point: CyclePoint): void {
    if (this.#history.length === KEPT) this.#history.shift()
    this.#history.push(point)
    const { timeMs, periodSeconds, errorSeconds } = point
    this.#track.add({ time: timeMs / 1000, periodSeconds, errorSeconds: errorSeconds ?? 0 })
  }

  #count(toMs: number): void {
    if (Number.isNaN(this.#since)) this.#since = toMs
    const ms = toMs - this.#since
    if (ms < RATE_MS) return
    this.#rate = (this.#sum / ms) * 1000
    this.#sum = 0
    this.#since = toMs
  }

  /** Of all agents whose samples are here, by their samples. */
  hold(): Hold {
    return this.#holds.hold(this.#times)
  }

  /** Halves what is known of who sampled: agents that are gone count no more. */
  fade(): void {
    this.#holds.fade()
  }

  /** The period is known now, and no chance of one among so many groups. */
  isFound(groups: number): boolean {
    // Most often there is none, and that is known at once.
    if (this.#stream?.answer()?.periodSeconds === null) return false
    return amongGroups(this.#known(false), groups).periodSeconds !== null
  }

  /** p of the last search; null where none was. */
  get p(): number | null {
    return this.#stream?.answer()?.p ?? null
  }

  /**
   * @param isLast nothing more comes: where nothing is known now, what was known before is told
   * @param chart whether the fast chart is wanted
   * @param groups that were searched: one of them has a low p by chance
   */
  facts(isLast: boolean, chart: boolean, groups: number): CycleFacts {
    const hold = this.hold()
    const { change } = this.#track
    return {
      ...amongGroups(this.#finding(isLast), groups),
      perSecond: Number.isNaN(this.#rate) ? null : this.#rate,
      allSamples: this.samples,
      hold: hold.share > 0 ? { ...hold, shortestSeconds: shortestBehind(hold) } : null,
      change:
        change === null
          ? null
          : { timeMs: change.time * 1000, fromSeconds: change.fromSeconds, toSeconds: change.toSeconds },
      history: [...this.#history],
      fast: chart ? this.#fast.trend() : null,
    }
  }

  #finding(isLast: boolean): Finding {
    if (isLast || !this.hasStopped) return this.#known(isLast)
    const lasting = this.#lasting!
    return stoppedFinding(this.#silence.reason(hasStood(lasting) ? lasting.report : undefined), this.#seen)
  }

  #known(isLast: boolean): Finding {
    if (this.#stream === undefined) return thresholdFinding(this.#fast, isLast, this.#seen, this.samples)
    const samples = this.#taken
    const seconds = samples === 0 ? 0 : Math.max(0, this.#to - this.#first) / 1000
    const now = this.#stream.report()
    const lasting = this.#lasting
    // What was found before it was known that agents hold samples may be an alias.
    const answer = this.#stream.answer()
    const isHeld = answer?.periodSeconds === null && answer.reason === 'held'
    if (isLast && !isHeld && lasting !== undefined && hasStood(lasting)) {
      const { report, p, atMs } = lasting
      const isOver = now?.periodSeconds == null || this.#silence.hasBegun(this.#to, report.periodSeconds ?? 0)
      if (isOver) return findingOf(report, p, atMs, samples, seconds)
    }
    return findingOf(now, this.p, this.#seen, samples, seconds)
  }
}

/** Relative: what PeriodTrack takes for no change. */
const ALIKE = 0.01

/** About the same period, not longer ago than it is looked back. */
function goesOn({ report, atMs }: Lasting, next: PeriodReport, toMs: number): boolean {
  const [before, after] = [report.periodSeconds ?? 0, next.periodSeconds ?? 0]
  const error = (report.errorSeconds ?? 0) + (next.errorSeconds ?? 0)
  const isAlike = Math.abs(before - after) <= Math.max(error, ALIKE * before)
  return isAlike && toMs - atMs <= 1000 * report.windowSeconds
}

function hasStood({ sinceMs, atMs, report, p }: Lasting): boolean {
  return (p !== null && p <= SURE) || atMs - sinceMs >= STOOD * 1000 * report.windowSeconds
}
