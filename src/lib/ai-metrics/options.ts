// Owns what the engine is asked for. Knows no command: flags become these. See ai-metrics.ts for the folder. Start at AiOptions.

import type { GroupSet } from '../expression/data.ts'
import type { Aggregation, RateOverride } from '../flow/options.ts'
import type { PeriodMethod } from '../period/period.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import type { AiBy } from './rows.ts'

export interface AiOptions {
  readonly windowMs: number | 'all'
  /** A window stays open for so long after its end, by the time of samples. */
  readonly latenessMs: number
  /** Names of nodes and ports; and, where `hasTopology`, what is edge and what is core. */
  readonly index: TopologyIndex
  readonly hasTopology: boolean
  /** Undefined: edge with a topology that fits, sum with one agent, else max. */
  readonly agg: Aggregation | undefined
  readonly rates: readonly RateOverride[]
  /** Numbers as sFlow-RT's AI Metrics has them. */
  readonly compat: boolean
  readonly by: AiBy | undefined
  /** Sets that are tried in this order, with `by` group. */
  readonly groups: readonly GroupSet[]
  /** Kinds of operations, codes and reasons, and rows. */
  readonly top: number
  /** DSCP that marks trimmed packets; -1 for none. */
  readonly trimDscp: number
  /** Gets what enters the fabric. */
  readonly period: PeriodMethod
}

/** The reference's ai.trim.dscp. */
export const TRIM_DSCP = 11
/** The reference's ai.flow.t. */
export const COMPAT_T_MS = 2000
