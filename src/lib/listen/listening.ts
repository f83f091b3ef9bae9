// Owns the work of a listener: each datagram is counted, printed and handed to the sides, in one pass. Knows no socket, no
// terminal and no file. Start at Listening.batch.

import { AgentTable } from '../agents/agents.ts'
import { lossOf } from '../agents/loss.ts'
import { type AgentSummary, type KindSummary, summarise } from '../agents/summary.ts'
import { agentTotals } from '../agents/totals.ts'
import { Decoding } from '../print/decoding.ts'
import type { Format } from '../print/format.ts'
import { IssueLog } from '../print/issue-log.ts'
import type { Selection } from '../print/options.ts'
import type { Taker } from '../print/pass.ts'
import type { SampleFilter } from '../print/sample-filter.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch, LiveReport } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'
import { factsBetween, type ListenTotals } from './facts.ts'
import type { LossSoFar } from './loss-news.ts'
import { agentKey, type Mark, RateMarks } from './rate-marks.ts'
import type { Side } from './side.ts'
import type { AgentRow, KeptState, KindTotals, ListenSnapshot, ReceivingState } from './snapshot.ts'

/** Seconds of history that a snapshot carries, a value each. */
const HISTORY = 60
/** Over so many seconds rates are taken, of all and of each agent. */
const RATE_SECONDS = 5
/** A second is over a little early, for timers come when they like; its share of one that the end cuts is told from half of it on. */
const WHOLE_SECOND = 0.95
const LAST_SECOND = 0.5
const MOST_ROWS = 1000
const MOST_ISSUES = 100
/** Issues put into words between two ticks, beside those that are told: a flood of garbage must not cost a text each. */
const ISSUES_A_TICK = 20

/** What came before it was thinned, with the table that was fed with it. Who thins tells of damage, too. */
export interface Thinned {
  readonly oneIn: number
  readonly table: AgentTable
  readonly came: { readonly datagrams: number; readonly bytes: number; readonly samples: number }
}

/** Counts, prints and hands on what arrives. */
export class Listening implements Taker {
  readonly agents: AgentTable
  readonly issues: IssueLog
  readonly decoding: Decoding
  /** Datagrams and bytes taken, of any kind. */
  datagrams = 0
  bytes = 0
  /** Samples met, chosen or not. */
  samples = 0
  readonly #sides: readonly Side[]
  readonly #nowMs: () => number
  /** False where somebody else (the resampler) feeds the table with what came before it was thinned. */
  readonly #feeds: boolean
  readonly #thinned: Thinned | undefined
  #totals: ListenTotals | undefined
  readonly #startMs: number
  readonly #history: number[] = []
  readonly #marks = new RateMarks(RATE_SECONDS + 1)
  #secondMs: number
  #secondDatagrams = 0

  /**
   * @param issues is closed by the caller
   * @param nowMs a clock that only goes forward
   * @param filter opened from `selection.filter`
   * @param thinned who feeds the table, where what is taken here is not all that came
   * @throws InputError for bounds of time that contradict each other
   */
  constructor(
    format: Format,
    selection: Selection,
    sides: readonly Side[],
    issues: IssueLog,
    nowMs: () => number,
    thinned?: Thinned,
    filter?: SampleFilter,
  ) {
    this.agents = thinned?.table ?? new AgentTable()
    this.#feeds = thinned === undefined
    this.#thinned = thinned
    this.#sides = sides
    this.#nowMs = nowMs
    this.#startMs = nowMs()
    this.#secondMs = this.#startMs
    this.#marks.add(this.#startMs, 0, this.agents)
    this.issues = issues
    this.issues.remember(MOST_ISSUES, ISSUES_A_TICK)
    // Who thins tells of all that came: what is left would be told twice.
    const log = thinned === undefined ? this.issues : new IssueLog(() => {})
    this.decoding = new Decoding(format, selection, log, this, filter)
  }

  /** Takes datagram `i` of the batch: printed into `out`, handed to the sides. */
  take(batch: Batch, i: number, out: TextBuffer): void {
    this.datagrams++
    this.bytes += batch.length[i]!
    for (const side of this.#sides) side.take(batch, i)
    this.decoding.take(batch, i, out)
  }

  get done(): boolean {
    return this.decoding.done
  }

  pause(out: TextBuffer): void {
    this.decoding.pause(out)
  }

  /** For Decoding: a datagram was opened. */
  datagram(w: Walker, batch: Batch, i: number): void {
    if (this.#feeds) this.agents.datagram(w, batch.sec[i]!, batch.nsec[i]!)
  }

  /** For Decoding: the walker stands on a sample. */
  sample(w: Walker): void {
    this.samples++
    if (this.#feeds) this.agents.sample(w)
  }

  /**
   * Call once a second or more often: closes the second in the history, lets the sides write out and look.
   * @param last nothing comes any more: a second that has only begun is closed too
   */
  tick(live: LiveReport | undefined, last = false): void {
    const now = this.#nowMs()
    this.issues.tick()
    for (const side of this.#sides) side.tick()
    const seconds = (now - this.#secondMs) / 1000
    if (seconds < (last ? LAST_SECOND : WHOLE_SECOND)) return
    this.#check(live, seconds)
    const { datagrams } = this.#came
    // Where the process stood still its seconds have all the same rate.
    for (let i = 0; i < Math.min(HISTORY, Math.round(seconds)); i++) {
      this.#history.push((datagrams - this.#secondDatagrams) / seconds)
    }
    this.#history.splice(0, this.#history.length - HISTORY)
    this.#secondMs = now
    this.#secondDatagrams = datagrams
    this.#marks.add(now, datagrams, this.agents)
  }

  /** Tells the sides that want to know what happened since the last time. */
  #check(live: LiveReport | undefined, seconds: number): void {
    const curious = this.#sides.filter((side) => side.check !== undefined)
    if (curious.length === 0) return
    const before = this.#totals
    const after: ListenTotals = {
      ...agentTotals(this.agents),
      datagrams: this.#came.datagrams,
      bytes: this.#came.bytes,
      kernelDropped: live?.kernelDropped ?? null,
      queueDropped: live?.queueDropped ?? 0,
      refused: live?.refused ?? 0,
      issues: this.issues.total,
      failed: this.#sides.reduce((sum, side) => sum + side.state().failed, 0),
    }
    this.#totals = after
    if (before === undefined) return
    const facts = factsBetween(before, after, seconds)
    for (const side of curious) side.check!(facts, Date.now())
  }

  /** What was lost up to now; a walk over the agents, without their data sources. */
  lossSoFar(live: LiveReport | undefined): LossSoFar {
    const { lost, drops } = agentTotals(this.agents)
    const { kernelDropped = null, queueDropped = 0 } = live ?? {}
    return { lost, kernelDropped, queueDropped, ownDrops: drops }
  }

  /** All that is known now. Costs a walk over all agents: a few times a second at most. */
  snapshot(live: LiveReport | undefined): ListenSnapshot {
    const now = this.#nowMs()
    const agents = summarise(this.agents)
    const loss = lossOf(this.agents, agents)
    const seconds = (now - this.#startMs) / 1000
    const sent = loss.datagrams - loss.duplicates + loss.lost
    // Where no agent's numbers tell anything, nothing is known: that is not 0.
    const told = loss.lost > 0 || agents.length === 0 || agents.some((x) => x.lost !== null)
    // At first the start.
    const before = this.#marks.nearest(now - RATE_SECONDS * 1000)
    const { datagrams, bytes, samples } = this.#came
    return {
      seconds,
      datagrams,
      bytes,
      samples,
      kept: this.#kept(),
      history: [...this.#history],
      datagramsPerSecond: perSecond(datagrams - before.datagrams, now - before.ms),
      // What the kernel or the receiver drops shows as gaps in the agents' numbers: it is not added twice.
      lostShare: told && sent > 0 ? loss.lost / sent : null,
      loss: {
        lost: told ? loss.lost : null,
        flow: loss.flow,
        counters: loss.counters,
        discard: loss.discard,
        late: loss.late,
        duplicates: loss.duplicates,
        restarts: loss.restarts,
        ownDrops: loss.agent_drops,
        unknown: loss.unknown,
      },
      addresses: [...(live?.bound ?? [])],
      receiving: live === undefined ? null : receivingOf(live),
      sides: this.#sides.map((side) => side.state()),
      agents: this.#rows(agents, before, now),
      moreAgents: Math.max(0, agents.length - MOST_ROWS),
      forgotten: loss.agents_forgotten,
      issues: this.issues.total,
      issueKinds: this.issues.kinds(),
      newestIssues: this.issues.newest(),
    }
  }

  /** Counts of what came: those of here, unless something was taken out before. */
  get #came(): Thinned['came'] {
    return this.#thinned?.came ?? this
  }

  #kept(): KeptState | null {
    if (this.#thinned === undefined) return null
    const { datagrams, bytes, samples } = this
    return { oneIn: this.#thinned.oneIn, datagrams, bytes, samples }
  }

  #rows(agents: readonly AgentSummary[], before: Mark, now: number): AgentRow[] {
    const countsBefore = before.byAgent()
    const rate = (was: number | undefined, count: number): number => perSecond(count - (was ?? 0), now - before.ms)
    return [...agents]
      .sort((a, b) => b.datagrams - a.datagrams)
      .slice(0, MOST_ROWS)
      .map((x): AgentRow => {
        const rateOff = x.sources.some((source) => source.rate_off === true)
        const was = countsBefore.get(agentKey(x.agent, x.sub_agent))
        return {
          agent: x.agent,
          hostName: x.hostname,
          subAgent: x.sub_agent,
          datagramsPerSecond: rate(was?.datagrams, x.datagrams),
          flowPerSecond: rate(was?.flow, x.flow.samples),
          countersPerSecond: rate(was?.counters, x.counters.samples),
          discardsPerSecond: rate(was?.discard, x.discard.samples),
          rateLeast: x.configured_rate_min,
          rateMost: x.configured_rate_max,
          rateOff: x.sources.some((source) => source.rate_off !== null) ? rateOff : null,
          effectiveRate: x.effective_rate,
          datagrams: x.datagrams,
          flow: kindOf(x.flow),
          counters: kindOf(x.counters),
          discard: kindOf(x.discard),
          otherSamples: x.text_samples + x.other_samples,
          lost: x.lost,
          late: x.late,
          duplicates: x.duplicates,
          ownDrops: x.agent_drops,
          restarts: x.restarts,
          uptimeMs: x.uptime_ms,
          firstTime: x.first_time,
          lastTime: x.last_time,
        }
      })
  }
}

/** Never below 0: an agent that was forgotten and is heard again counts anew. */
const perSecond = (count: number, ms: number): number => (ms > 0 ? (Math.max(0, count) / ms) * 1000 : 0)

const kindOf = ({ samples, lost }: KindSummary): KindTotals => ({ samples, lost })

function receivingOf(live: LiveReport): ReceivingState {
  const { receiver, why, bufferAsked, bufferGranted, queueDropped, refused, refusedSenders } = live
  const kernelDropped = live.kernelDropped ?? null
  return { receiver, why, bufferAsked, bufferGranted, kernelDropped, queueDropped, refused, refusedSenders }
}
