// Owns what a flow engine is asked for. Knows no command: flags become these. Start at FlowOptions.

import type { Expression, Filter, LanguageData, ValueExpression } from '../expression/expression.ts'
import type { AddressWords } from '../parse/address.ts'

/** Where a packet enters the fabric; lib/topo has one. Addresses are four words, IPv4 as ::ffff:a.b.c.d. */
export interface EdgeDirectory {
  /** The port is of a node of the topology and no end of a link. */
  isEdge(agent: ArrayLike<number>, ifIndex: number, at?: number): boolean
  /** The agent is a node of the topology. */
  isNode?(agent: ArrayLike<number>, at?: number): boolean
  /** The port is an end of a link. */
  isCore?(agent: ArrayLike<number>, ifIndex: number, at?: number): boolean
}

/** A sampling rate that is used instead of what the samples say. */
export interface RateOverride {
  readonly agent: AddressWords
  /** Undefined: all data sources of the agent. */
  readonly source: { readonly type: number; readonly index: number } | undefined
  /** 1 in so many packets is sampled; 1 or more. */
  readonly rate: number
}

/**
 * How a packet that several switches saw is counted; see architecture.md 5. `core`: once a link of the topology that it went over, at the
 * switch where it arrives.
 */
export type Aggregation = 'edge' | 'core' | 'max' | 'sum'

export interface FlowOptions {
  /** None: all samples are one flow. */
  readonly keys: readonly Expression[]
  /** The first one ranks. At least one. */
  readonly values: readonly ValueExpression[]
  readonly filter: Filter | undefined
  readonly data: LanguageData
  /** By what is really sampled (loss and agent drops put right), or by the rate that samples say. */
  readonly scale: 'effective' | 'configured'
  /** Undefined: edge with a topology, sum with one agent, else max. */
  readonly agg: Aggregation | undefined
  /** Rows of their own for each agent, or each data source. */
  readonly by: 'agent' | 'interface' | undefined
  /** With `by` interface: what a port sampled on the way out counts there too, though it was sampled on entry. */
  readonly bothSides?: boolean
  /** Rank discarded packets (0:5) instead of sampled ones. */
  readonly dropped: boolean
  /** Rows of a window; all other keys are in (other). */
  readonly top: number
  /**
   * Pairs of key and data source that a window keeps exactly; at most 2^23. Beyond it those with least of the first
   * value are given up, see FlowWindow.bound.
   */
  readonly maxFlows: number
  readonly windowMs: number | 'all'
  /** A window stays open for so long after its end, by the time of samples. */
  readonly latenessMs: number
  /**
   * Time constant t of exponential smoothing: of samples at times u with values v and scale N the rate at time T is
   * Σ N v e^(-(T-u)/t) / (t (1 - e^(-(T-T0)/t))), with T0 the first sample's time; the scale is smoothed likewise. Values are then rates and averages; `windowMs` says
   * how often advance gives a window.
   */
  readonly smoothMs: number | undefined
  readonly topology: EdgeDirectory | undefined
  readonly rates: readonly RateOverride[]
}

/** What is usual; keys and values are the caller's. */
export const flowDefaults = {
  filter: undefined,
  scale: 'effective',
  agg: undefined,
  by: undefined,
  dropped: false,
  top: 20,
  maxFlows: 1_000_000,
  windowMs: 'all',
  latenessMs: 2000,
  smoothMs: undefined,
  topology: undefined,
  rates: [],
} as const
