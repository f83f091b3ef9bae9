// Owns what a screen sees of `sonde ports` and what it may ask, as plain values that go from thread to thread. Knows no
// screen and no engine. Start at PortsSnapshot.

import type { CommandAnswer, EngineCommand } from '../analysis/command-answer.ts'
import type { RunState } from '../analysis/run-state.ts'
import type { PortRow } from '../port-rates/port-row.ts'

export const portSorts = ['utilization', 'rate', 'in', 'out', 'errors', 'discards', 'packets', 'ratio', 'name'] as const
export type PortSort = (typeof portSorts)[number]

export interface PortsSnapshot extends RunState, CommandAnswer {
  readonly windowMs: number | 'all'
  readonly startMs: number | null
  readonly endMs: number | null
  readonly sort: PortSort
  readonly filter: string | null
  /** At most as many as asked for, by `sort`. */
  readonly rows: readonly PortRow[]
  /** All that are known, and of them those that are down, have errors, discards, a sampling rate that is off. */
  readonly ports: number
  readonly down: number
  readonly withErrors: number
  readonly withDiscards: number
  readonly samplingOff: number
  readonly notes: readonly string[]
}

/** What is left out stays as it is. */
export interface PortsChange {
  readonly kind: 'set'
  readonly sort?: PortSort
  readonly top?: number
  /** As on the command line; '' for none. */
  readonly filter?: string
  readonly windowMs?: number
}

export type PortsCommand = EngineCommand<PortsChange>
