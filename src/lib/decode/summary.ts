// Owns the counts of `sonde decode --summary`, as plain objects. Text for people is summary-text.ts.
// Start at Summary; the object is described in docs/src/summary.md.

import { AgentTable, SequenceStatus } from '../agents/agents.ts'
import { type LossSummary, lossOf } from '../agents/loss.ts'
import { type AgentSummary, summarise } from '../agents/summary.ts'
import { dropReasonName } from '../names/drop-reasons.ts'
import { RecordCheck } from '../print/record-check.ts'
import { counterRecords, flowRecords } from '../sflow/registry.ts'
import { SampleKind, sampleTypeOf } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch, SourceReport } from '../source/source.ts'
import { formatTag } from '../wire/record.ts'
import { TagCounts } from './tag-counts.ts'

/** A count by tag. `name` is null for a tag that is not declared. */
export interface TagCount {
  tag: string
  name: string | null
  count: number
}

/** What the input was, beside the samples themselves. */
export interface InputSummary {
  /** The file, or files, or `stdin`. */
  name: string
  /** Packets in the capture, and those that were sFlow datagrams of any version. */
  packets: number
  datagrams: number
  /** Datagrams that the capture's snaplen cut. */
  cut_by_capture: number
  /** Why packets were left out → how many. */
  skipped: Record<string, number>
  /** UDP packets to other ports, by port. */
  other_ports: Record<string, number>
  /** Damage of the container. */
  damage: { kind: string; at: number; problem: string; count: number }[]
}

/** Everything `--summary` tells. Keys are snake_case; null is unknown. */
export interface SummaryObject {
  input: InputSummary
  /** Version 5 datagrams; what arrived twice is in it, and in `loss.duplicates`. */
  datagrams: number
  /** Of the first and the last datagram by their times, ISO 8601 UTC with nine digits; null where there is none. */
  first_time: string | null
  last_time: string | null
  duration_s: number | null
  /** Samples by type, most first; those of duplicate datagrams, and duplicate samples, are only in `duplicate_samples`. */
  samples: TagCount[]
  samples_of_more_unknown_tags: number
  duplicate_samples: number
  /** Records by tag, most first; flow and counter records have tags of their own. */
  flow_records: TagCount[]
  counter_records: TagCount[]
  records_of_more_unknown_tags: number
  /** Discarded packets by reason, most first; null names are unassigned codes. */
  drop_reasons: { reason: number; name: string | null; count: number }[]
  drop_reasons_more: number
  loss: LossSummary
  /** What could not be decoded, by kind. */
  issues: Record<string, number>
  pool: PoolSummary
  agents: AgentSummary[]
}

/** What sample_pool is worth: how many data sources of flow samples have one that counts packets. */
export interface PoolSummary {
  measured: number
  /** The pool is just rate × samples. */
  not_measured: number
  /** Too few samples to tell, or a rate of 1 in 1. */
  not_known: number
  statement: string
}

/** What the run knows beside what passed through Summary. */
export interface SummaryInput {
  readonly name: string
  readonly report: SourceReport
  /** Issues by kind. */
  readonly issues: ReadonlyMap<string, number>
}

const SECOND = 1e9

const anySampleType = { has: (tag: number) => sampleTypeOf(tag) !== undefined }
const anyDropReason = { has: (code: number) => dropReasonName(code) !== undefined }

/** Counts what passes: every datagram, and of each the samples that were chosen. */
export class Summary {
  readonly #agents = new AgentTable()
  readonly #check = new RecordCheck()
  readonly #samples = new TagCounts(anySampleType)
  readonly #flow = new TagCounts(flowRecords)
  readonly #counters = new TagCounts(counterRecords)
  readonly #reasons = new TagCounts(anyDropReason)
  #datagrams = 0
  #duplicates = 0
  /** Seconds and nanoseconds of the earliest and latest datagram. */
  #first: readonly [number, number] = [Number.POSITIVE_INFINITY, 0]
  #last: readonly [number, number] = [-1, 0]

  /** Takes datagram `i` of the batch, which the walker has opened. */
  datagram(w: Walker, batch: Batch, i: number): void {
    const sec = batch.sec[i]!
    const nsec = batch.nsec[i]!
    this.#datagrams++
    this.#agents.datagram(w, sec, nsec)
    if (sec < this.#first[0] || (sec === this.#first[0] && nsec < this.#first[1])) this.#first = [sec, nsec]
    if (sec > this.#last[0] || (sec === this.#last[0] && nsec > this.#last[1])) this.#last = [sec, nsec]
  }

  /**
   * Takes the sample that the walker is at; tells the walker's issue sink of records that can't be decoded. One that is
   * not chosen counts for loss and names only.
   */
  sample(w: Walker, chosen = true): void {
    const status = this.#agents.sample(w)
    if (!chosen) return
    this.#check.sample(w)
    if (status === SequenceStatus.duplicate) {
      this.#duplicates++
      return
    }
    this.#samples.add(w.sampleTag)
    if (w.sampleBroken) return
    if (w.sampleKind === SampleKind.discard) this.#reasons.add(w.reason)
    const counts = w.sampleKind === SampleKind.counters ? this.#counters : this.#flow
    for (let i = 0; i < w.recordCount; i++) counts.add(w.recordTag[i]!)
  }

  /** All counts up to now. */
  toObject({ name, report, issues }: SummaryInput): SummaryObject {
    const agents = summarise(this.#agents)
    const some = this.#datagrams > 0
    const duration = this.#last[0] - this.#first[0] + (this.#last[1] - this.#first[1]) / SECOND
    return {
      input: inputOf(name, report),
      datagrams: this.#datagrams,
      first_time: some ? timeText(this.#first) : null,
      last_time: some ? timeText(this.#last) : null,
      duration_s: some ? Number(duration.toFixed(9)) : null,
      samples: named(this.#samples, (tag) => sampleTypeOf(tag)?.name),
      samples_of_more_unknown_tags: this.#samples.others,
      duplicate_samples: this.#duplicates,
      flow_records: named(this.#flow, (tag) => flowRecords.get(tag)?.name),
      counter_records: named(this.#counters, (tag) => counterRecords.get(tag)?.name),
      records_of_more_unknown_tags: this.#flow.others + this.#counters.others,
      drop_reasons: this.#reasons
        .list()
        .map(([reason, count]) => ({ reason, name: dropReasonName(reason) ?? null, count })),
      drop_reasons_more: this.#reasons.others,
      loss: lossOf(this.#agents, agents),
      issues: Object.fromEntries(issues),
      pool: poolOf(agents),
      agents,
    }
  }
}

function named(counts: TagCounts, nameOf: (tag: number) => string | undefined): TagCount[] {
  return counts.list().map(([tag, count]) => ({ tag: formatTag(tag), name: nameOf(tag) ?? null, count }))
}

function inputOf(name: string, report: SourceReport): InputSummary {
  return {
    name,
    packets: report.packets,
    datagrams: report.datagrams,
    cut_by_capture: report.cut,
    skipped: Object.fromEntries(report.skipped),
    other_ports: Object.fromEntries(report.otherPorts),
    damage: report.issues.map(({ kind, at, problem, count }) => ({ kind, at, problem, count })),
  }
}

function poolOf(agents: readonly AgentSummary[]): PoolSummary {
  const pools = agents.flatMap((x) => x.sources).filter((x) => x.kind === 'flow')
  const measured = pools.filter((x) => x.pool_measured === true).length
  const not_measured = pools.filter((x) => x.pool_measured === false).length
  const not_known = pools.length - measured - not_measured
  return { measured, not_measured, not_known, statement: poolStatement(measured, not_measured, not_known) }
}

function poolStatement(measured: number, fabricated: number, untold: number): string {
  const all = measured + fabricated + untold
  if (all === 0) return 'no flow samples, so no pool'
  if (fabricated > 0) {
    if (fabricated === all) return 'pool is rate × samples on all sources: no measurement of the true rate'
    const which = measured === 0 ? 'all sources with enough samples to tell' : 'some sources'
    const there = measured === 0 ? '' : ' there'
    return `pool is rate × samples on ${which} (${fabricated} of ${all}): no measurement of the true rate${there}`
  }
  if (measured === 0) return 'too few samples to tell whether the pool measures the true rate'
  return measured === all
    ? 'pool counts packets on all sources'
    : `pool counts packets on ${measured} of ${all} sources, the others have too few samples to tell`
}

function timeText([sec, nsec]: readonly [number, number]): string {
  return `${new Date(sec * 1000).toISOString().slice(0, 19)}.${String(nsec).padStart(9, '0')}Z`
}
