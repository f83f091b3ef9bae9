// Owns what a flow engine gives: windows with ranked rows, estimates and what makes them doubtful, as plain values that can
// be sent to another thread. Knows no form of output. Start at FlowWindow.

import type { TopologyFit } from './fit.ts'
import type { Aggregation } from './options.ts'

/** One value of a row. Unknown is null, never 0. The error is of the sampling, at 95 %. */
export interface Estimate {
  /** In the window: bytes, frames ...; for avg, min, max and count the value itself. */
  readonly total: number | null
  /** Null for avg, min, max and count, and where the window has no length. */
  readonly perSecond: number | null
  /** Of the total row, 0 to 1; null for avg, min, max and count. */
  readonly share: number | null
  /** ± percent of the value: half the way between low and high where they are given. */
  readonly errorPct: number | null
  /** Bounds of `total`; null for avg, min and max. */
  readonly low: number | null
  readonly high: number | null
}

export type RowKind = 'flow' | 'other' | 'no key' | 'total'

/** A key's value as JSON would have it. */
export type KeyValue = string | number | bigint | boolean | null

export interface FlowRow {
  readonly kind: RowKind
  /** In the order of the keys; all null unless kind is `flow`. */
  readonly key: readonly KeyValue[]
  /** The same key, agent and data source have the same id in every window. Empty unless kind is `flow`. */
  readonly id: string
  /** With `by`: whose row it is. With agg `max`: the busiest agent. Else null. */
  readonly agent: string | null
  /** With `by` interface: `TYPE:INDEX`. */
  readonly dataSource: string | null
  /** Samples that the row rests on; smoothed ones count by their weight. */
  readonly samples: number
  /** In the order of the values; the first one ranks. */
  readonly values: readonly Estimate[]
}

/** A data source whose scale is doubtful. */
export interface SourceNote {
  readonly kind: 'rate off' | 'pool not measured' | 'no rate' | 'rate changed'
  readonly agent: string
  readonly dataSource: string
  readonly samples: number
  readonly configuredRate: number
  /** Null where it is not known. */
  readonly effectiveRate: number | null
}

/** What is missing in a window. Counts are of samples of the kind that is ranked. */
export interface WindowLoss {
  /** Samples that came; of them those that the filter let through. */
  readonly received: number
  readonly matched: number
  /** Missing by their sequence numbers. */
  readonly lost: number
  /** Dropped by agents themselves, as they say. */
  readonly agentDrops: number
  /** Came when their window was closed already, since the window before; they are in none. */
  readonly tooLate: number
  /** Came from more data sources (rates, ports) than a window can tell apart; they are in no row. */
  readonly unplaced: number
}

/** How exact a window is where there were more flows than it may keep. */
export interface FlowBound {
  readonly maxFlows: number
  /** The bound was reached: the smallest were given up, and are in (other). */
  readonly hit: boolean
  /**
   * A key that is in no row has at most so much of the first value at one data source, and a row is at most so much too low
   * there. By samples where the first value is an average, minimum, maximum or count. 0 unless hit.
   */
  readonly errorBound: number
  /** Texts of keys beyond what is remembered were all counted as (other). */
  readonly textsHit: boolean
}

export interface FlowWindow {
  /** Milliseconds since 1970; of `all` and smoothed windows the first and last sample. */
  readonly startMs: number
  readonly endMs: number
  /** What perSecond is by: shorter than the window where samples begin or end inside. */
  readonly seconds: number
  /** Titles. */
  readonly keys: readonly string[]
  readonly values: readonly string[]
  readonly agg: Aggregation
  /** How a packet that several switches saw was counted: `busiest switch`. */
  readonly aggLabel: string
  /** Ranked by the first value, ties by samples, then by key; `top` of them. */
  readonly rows: readonly FlowRow[]
  /** All other keys. */
  readonly other: FlowRow
  /** Samples that lack a key. */
  readonly noKey: FlowRow
  /** Rows, other and noKey: the sum of additive values, of all samples together for the others. */
  readonly total: FlowRow
  /** Distinct keys (with `by`: and agents, data sources); at least so many where bound.hit. */
  readonly flows: number
  readonly samples: number
  readonly bound: FlowBound
  readonly sources: readonly SourceNote[]
  readonly loss: WindowLoss
  /** Where a topology says (or would have said) what counts. */
  readonly fit: TopologyFit | undefined
}
