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
import type { Side } from './side.ts'
import type { AgentRow, KeptState, KindTotals, ListenSnapshot, ReceivingState } from './snapshot.ts'

/** Seconds of history that a snapshot carries, and over which rates are taken. */
const HISTORY = 60
const RATE_SECONDS = 5
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

/** Counts of one agent at one moment. */
interface Mark {
  readonly ms: number
  readonly datagrams: ReadonlyMap<string, Counts>
}
type Counts = Pick<AgentSummary, 'datagrams' | 'flow' | 'counters' | 'discard'>

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
  #marks: Mark[] = []
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

  /** Call about once a second: closes the second in the history, lets the sides write out and look. */
  tick(live: LiveReport | undefined): void {
    const now = this.#nowMs()
    this.issues.tick()
    for (const side of this.#sides) side.tick()
    const seconds = (now - this.#secondMs) / 1000
    if (seconds < 0.5) return
    this.#check(live, seconds)
    const { datagrams } = this.#came
    this.#history.push((datagrams - this.#secondDatagrams) / seconds)
    if (this.#history.length > HISTORY) this.#history.shift()
    this.#secondMs = now
    this.#secondDatagrams = datagrams
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

  /** All that is known now. Costs a walk over all agents: a few times a second at most. */
  snapshot(live: LiveReport | undefined): ListenSnapshot {
    const now = this.#nowMs()
    const agents = summarise(this.agents)
    const loss = lossOf(this.agents, agents)
    const seconds = (now - this.#startMs) / 1000
    const sent = loss.datagrams - loss.duplicates + loss.lost
    const recent = this.#history.slice(-RATE_SECONDS)
    const { datagrams, bytes, samples } = this.#came
    return {
      seconds,
      datagrams,
      bytes,
      samples,
      kept: this.#kept(),
      history: [...this.#history],
      datagramsPerSecond:
        recent.length > 0 ? recent.reduce((a, b) => a + b, 0) / recent.length : datagrams / Math.max(seconds, 0.001),
      // What the kernel or the receiver drops shows as gaps in the agents' numbers: it is not added twice.
      lostShare: sent > 0 ? loss.lost / sent : null,
      loss: {
        lost: loss.lost,
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
      agents: this.#rows(agents, now),
      moreAgents: Math.max(0, agents.length - MOST_ROWS),
      forgotten: loss.agents_forgotten,
      issues: this.issues.total,
      issueKinds: [...this.issues.counts].map(([kind, count]) => ({ kind, count })),
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

  #rows(agents: readonly AgentSummary[], now: number): AgentRow[] {
    const key = (agent: AgentSummary) => `${agent.agent}/${agent.sub_agent}`
    const before = this.#marks.find((mark) => now - mark.ms <= RATE_SECONDS * 1000)
    const rate = (agent: AgentSummary, count: (x: Counts) => number): number => {
      const from = before?.datagrams.get(key(agent))
      const ms = now - (from === undefined ? this.#startMs : before!.ms)
      return ms > 0 ? ((count(agent) - (from === undefined ? 0 : count(from))) / ms) * 1000 : 0
    }
    const rows = [...agents]
      .sort((a, b) => b.datagrams - a.datagrams)
      .slice(0, MOST_ROWS)
      .map((x): AgentRow => {
        const rateOff = x.sources.some((source) => source.rate_off === true)
        return {
          agent: x.agent,
          hostName: x.hostname,
          subAgent: x.sub_agent,
          datagramsPerSecond: rate(x, (c) => c.datagrams),
          flowPerSecond: rate(x, (c) => c.flow.samples),
          countersPerSecond: rate(x, (c) => c.counters.samples),
          discardsPerSecond: rate(x, (c) => c.discard.samples),
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
    this.#marks = this.#marks.filter((mark) => now - mark.ms <= RATE_SECONDS * 1000)
    this.#marks.push({ ms: now, datagrams: new Map(agents.map((x) => [key(x), x])) })
    return rows
  }
}

const kindOf = ({ samples, lost }: KindSummary): KindTotals => ({ samples, lost })

function receivingOf(live: LiveReport): ReceivingState {
  const { receiver, why, bufferAsked, bufferGranted, kernelDropped, queueDropped, refused } = live
  return { receiver, why, bufferAsked, bufferGranted, kernelDropped: kernelDropped ?? null, queueDropped, refused }
}
