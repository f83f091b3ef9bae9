// Owns what a screen sees of `sonde top-flows` and what it may ask, as plain values that go from thread to thread.
// Knows no screen and no engine. Start at TopFlowsSnapshot.

import type { CommandAnswer, EngineCommand } from '../analysis/command-answer.ts'
import type { RunState } from '../analysis/run-state.ts'

/** One value of a row. Unknown is null, never 0. */
export interface ValueEstimate {
  /** In the window: bytes, frames; for avg, min, max and count the value itself. */
  readonly total: number | null
  readonly perSecond: number | null
  /** Of the total row, 0 to 1. */
  readonly share: number | null
  /** ± at 95 %, percent of the value: half of what lies between low and high. */
  readonly errorPct: number | null
  /** Bounds of `total` at 95 %; null where there are none: averages, or nothing is known. */
  readonly low: number | null
  readonly high: number | null
}

export type RowKind = 'flow' | 'other' | 'no key' | 'total'

export interface SnapshotRow {
  readonly kind: RowKind
  /** The same for the same key (and agent, port) in every snapshot: to keep a row's place and the selection. */
  readonly id: string
  /** One text a key, as the data formats write it, not yet made safe for a terminal; null where it is missing. */
  readonly key: readonly (string | null)[]
  /** With --by: whose row it is. */
  readonly agent: string | null
  readonly dataSource: string | null
  readonly samples: number
  /** In the order of `TopFlowsSnapshot.values`; the first one ranks. */
  readonly values: readonly ValueEstimate[]
  /** First value a second, one for each of the last refreshes, oldest first; null where the row was not listed. */
  readonly history: readonly (number | null)[]
}

/** How a value is shown. */
export interface ValueTitle {
  /** As asked for: `bytes`, `avg:iptotallength`. */
  readonly text: string
  readonly statistic: 'rate' | 'avg' | 'min' | 'max' | 'count'
  /** `bytes` a second are shown as bits a second; `frames` as packets a second; null: as they are. */
  readonly unit: 'bytes' | 'frames' | null
}

export interface TopFlowsSnapshot extends RunState, CommandAnswer {
  readonly windowMs: number | 'all'
  /** Exponentially smoothed instead of windows. */
  readonly smoothMs: number | null
  /** What the rows speak of; null before the first sample. */
  readonly startMs: number | null
  readonly endMs: number | null
  /** How much of it has passed, of a window that goes on; null: it is over, or nothing has windows. */
  readonly soFarSeconds: number | null
  /** Expressions as text. */
  readonly keys: readonly string[]
  /** Short titles of the key columns, where a recipe has them; null: the texts are the titles. */
  readonly titles: readonly string[] | null
  readonly values: readonly ValueTitle[]
  readonly filter: string | null
  readonly recipe: string | null
  readonly by: 'agent' | 'interface' | null
  readonly dropped: boolean
  /** Ranked flows, at most as many as asked for; then (other), (no key) and total. */
  readonly rows: readonly SnapshotRow[]
  /** Distinct keys in the window. */
  readonly flows: number
  /** Samples in the window that the filter let through. */
  readonly samples: number
  /** Flow samples (with `dropped`: discards) since this was asked, and of them those that the filter let through. */
  readonly seen: number
  readonly matched: number
  /** How one packet that several switches saw is counted: `busiest switch`. */
  readonly agg: string
  /** What makes numbers doubtful, a sentence each: rates that are off, bounds that were hit. */
  readonly notes: readonly string[]
}

/** What is left out stays as it is. Texts as on the command line. */
export interface TopFlowsChange {
  readonly kind: 'set'
  readonly keys?: string
  readonly values?: string
  /** '' for none. */
  readonly filter?: string
  /** Replaces keys, values, filter and dropped. */
  readonly recipe?: string
  readonly windowMs?: number
  readonly smoothMs?: number | null
  readonly top?: number
  readonly by?: 'agent' | 'interface' | null
  readonly dropped?: boolean
}

export type TopFlowsCommand = EngineCommand<TopFlowsChange>
