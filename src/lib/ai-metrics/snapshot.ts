// Owns what a screen sees of `sonde ai-metrics` and what it may ask, as plain values that go from thread to thread. Knows no
// screen and no engine. See ai-metrics.ts for the folder. Start at AiSnapshot.

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

/** One window a point, oldest first; null where it was not known. At most TREND_POINTS. */
export interface AiTrend {
  /** End of each window, milliseconds since 1970. */
  readonly times: readonly number[]
  readonly values: Readonly<Record<TrendKey, readonly (number | null)[]>>
  /** Operations and drop reasons that were among the top of any point: rates by name. */
  readonly operations: ReadonlyMap<string, readonly (number | null)[]>
  readonly drops: ReadonlyMap<string, readonly (number | null)[]>
}

/** Packets a second in steps of 100 ms, the last 30 s: the Period chart. */
export interface FastTrend {
  /** End of the last step. */
  readonly endMs: number
  readonly value: readonly (number | null)[]
  readonly threshold: readonly (number | null)[]
  readonly average: readonly (number | null)[]
}

export interface AiSnapshot {
  /** `udp://[::]:6343` or a file's name. */
  readonly source: string
  /** Since the start of the program. */
  readonly seconds: number
  readonly windowMs: number
  /** The last window that is over; null before. */
  readonly window: AiWindow | null
  readonly trend: AiTrend
  readonly fast: FastTrend
  readonly agents: number
  readonly datagrams: number
  readonly datagramsPerSecond: number
  /** Lost of all datagrams that were sent, 0 to 1; null before the first. */
  readonly lostShare: number | null
  readonly notes: readonly string[]
  /** Number of the last command that was done or refused; 0 before the first. */
  readonly answered: number
  readonly refused: { readonly message: string; readonly nextSteps: readonly string[] } | null
}

export type AiCommand =
  | { readonly kind: 'set'; readonly id: number; readonly by?: AiBy | null; readonly top?: number }
  | { readonly kind: 'reset'; readonly id: number }
