// Owns what the HTTP paths of AI Metrics need to know, as an interface: the feature ai-metrics implements it. See serve.ts for
// the folder. Start at AiPoints.

import type { MetricTable } from '../metrics/metrics.ts'

/** A number under the reference's name (ai-metrics.md section 1); null is not known. The two tops are by key. */
export type AiPoint = number | null | Readonly<Record<string, number>>

/** `/trend/json`: one value a point and second, oldest first; all lists are as long as `times`. */
export interface AiTrend {
  /** How many are kept: 300. */
  readonly maxPoints: number
  /** Milliseconds since 1970. */
  readonly times: readonly number[]
  readonly trends: Readonly<Record<string, readonly (number | null)[]>>
}

/** `/period/json`; the baselines are empty until they have learned. */
export interface AiPeriod {
  /** Packets a second now, smoothed over 0.1 s. */
  readonly value: number
  /** Seconds; 0 for none. */
  readonly period: number
  /** 0 for none. */
  readonly threshold: number
  readonly baselineLoad: Readonly<Record<string, number>>
  readonly baselinePeriod: Readonly<Record<string, number>>
}

/** Asked when somebody asks; nothing is called between two questions. */
export interface AiPoints {
  /** All points of now, in the order of the reference. */
  points(): Readonly<Record<string, AiPoint>>
  /** @param afterMs only newer ones; undefined: all */
  trend(afterMs: number | undefined): AiTrend
  period(): AiPeriod
  /** `sflow_ai_*`, in the reference's order (ai-metrics.md section 3). */
  metrics(into: MetricTable): void
}
