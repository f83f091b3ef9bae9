// Owns what a screen sees of `sonde ai-metrics` and what it may ask, as plain values that go from thread to thread. Knows no
// screen and no engine. See ai-metrics.ts for the folder. Start at AiSnapshot.

import type { CommandAnswer, EngineCommand } from '../analysis/command-answer.ts'
import type { RunState } from '../analysis/run-state.ts'
import type { PeriodState, PeriodTrend } from '../period/period.ts'
import type { AiBy, AiWindow } from './rows.ts'

/** The reference's history: five minutes in steps of a second. */
export const TREND_POINTS = 300

/** Numbers that are drawn over time, by their keys in metrics/ai-metric-names.ts and our own. */
export const trendKeys = [
  'bps',
  'rdma_ops',
  'rdma_bytes',
  'aeth_credits_avg',
  'aeth_credits_min',
  'aeth_credits_max',
  'core_min_bps',
  'core_q1_bps',
  'core_med_bps',
  'core_q3_bps',
  'core_max_bps',
  'edge_min_bps',
  'edge_q1_bps',
  'edge_med_bps',
  'edge_q3_bps',
  'edge_max_bps',
  'discards_in',
  'errors_in',
  'discards_out',
  'errors_out',
  'ecn_pps',
  'cnp_pps',
  'trim_pps',
  'nak_pps',
  'rnr_nak_pps',
  'messages_pps',
  'roce_pps',
  'period',
] as const
export type TrendKey = (typeof trendKeys)[number]

/** Those of them that are estimates by samples. */
export const trendErrorKeys = [
  'bps',
  'rdma_ops',
  'rdma_bytes',
  'aeth_credits_avg',
  'ecn_pps',
  'cnp_pps',
  'trim_pps',
] as const satisfies readonly TrendKey[]
export type TrendErrorKey = (typeof trendErrorKeys)[number]

/** One window a point, oldest first; null where it was not known. At most TREND_POINTS. */
export interface AiTrend {
  /** End of each window, milliseconds since 1970. */
  readonly times: readonly number[]
  readonly values: Readonly<Record<TrendKey, readonly (number | null)[]>>
  /** ± percent at 95 %. */
  readonly errors: Readonly<Record<TrendErrorKey, readonly (number | null)[]>>
  /** ± seconds at 95 %. */
  readonly periodErrors: readonly (number | null)[]
  /** False: marks and trimmed packets are lower bounds. */
  readonly ceComplete: readonly (boolean | null)[]
  /** Rates by name of the most frequent operations and drop reasons of all points, and `(other)`, if there are more. */
  readonly operations: ReadonlyMap<string, readonly (number | null)[]>
  readonly drops: ReadonlyMap<string, readonly (number | null)[]>
}

export interface AiSnapshot extends RunState, CommandAnswer {
  readonly windowMs: number
  readonly hasTopology: boolean
  /** Another object where there is another point. */
  readonly trend: AiTrend
  /** The last window that is over; null before. */
  readonly window: AiWindow | null
  /** Packets a second in steps of 100 ms, the last 30 s: the Period chart. Null where the method has none. */
  readonly fast: PeriodTrend | null
  /** As of now, between two windows too. */
  readonly period: PeriodState | null
  readonly agents: number
  readonly notes: readonly string[]
}

/** As it comes from the thread: null where the trend is the one of the snapshot before. */
export type AiState = Omit<AiSnapshot, 'trend' | 'window'> & {
  readonly news: Pick<AiSnapshot, 'trend' | 'window'> | null
}

/** What is left out stays as it is. */
export interface AiChange {
  readonly kind: 'set'
  /** Null: no rows. */
  readonly by?: AiBy | null
}

export type AiCommand = EngineCommand<AiChange>
