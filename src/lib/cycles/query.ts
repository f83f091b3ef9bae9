// Owns what is asked of cycles, as texts and numbers that can go to a thread. See cycles.ts for the folder. Start at CyclesQuery.

import type { Loaded, NamedFiles } from '../analysis/settings.ts'
import type { Aggregation, RateOverride } from '../flow/options.ts'
import type { CycleMethod } from './snapshot.ts'

/** What a screen can change, and what it can't. */
export interface CyclesQuery {
  /** Keys of the flow language, `job`, or '' for all traffic as one. */
  readonly by: string
  /** As on the command line; '' for none: with jobs RoCE, else all samples. */
  readonly filter: string
  /** One value of the flow language: what a sample weighs. */
  readonly value: string
  readonly method: CycleMethod
  /** How far back it is looked: several lengths, or one in milliseconds. */
  readonly windowMs: number | 'auto'
  /** Periods that are looked for. */
  readonly minSeconds: number
  readonly maxSeconds: number
  /** Rows; undefined: all. */
  readonly top: number | undefined
  /** A result so often, milliseconds; `end`: one when all has come. */
  readonly everyMs: number | 'end'
  /** At its end, what was known of traffic that ended before is told. */
  readonly isRecorded: boolean
  readonly agg: Aggregation | undefined
}

/** As flags say it. */
export interface CyclesFiles extends NamedFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly rates: readonly RateOverride[]
}

/** What does not change while it runs. */
export type CyclesSettings = Loaded<CyclesFiles>
