// Owns what is asked of drops, as texts and numbers that can go to a thread, and what is made of them. See drops.ts for the
// folder. Start at DropsQuery.

import type { Loaded, NamedFiles } from '../analysis/settings.ts'
import { type Expression, parseFilter, parseKeys } from '../expression/expression.ts'
import type { FlowOptions, RateOverride } from '../flow/options.ts'
import type { DropGrouping } from './groupings.ts'

/** What a screen can change. */
export interface DropsQuery {
  /** What makes a row, beside `keys`; none with keys alone. */
  readonly by: readonly DropGrouping[]
  /** Keys of the flow language; '' for none. */
  readonly keys: string
  /** As on the command line; '' for all. */
  readonly filter: string
  /** Rows of a window; all others are one. */
  readonly top: number
  readonly windowMs: number | 'all'
  /** Culprits that are told of a place; 0: they are not looked for. */
  readonly culprits: number
  /** Flows in the shape of sFlow-RT's exporter too. */
  readonly exported: boolean
}

/** As flags say it; it can go to a thread. */
export interface DropsFiles extends NamedFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
}

/** What does not change while it runs. */
export type DropsSettings = Loaded<DropsFiles>

/** What is asked, as the flow language has it. */
export interface DropsQuestion {
  readonly query: DropsQuery
  readonly further: readonly Expression[]
  readonly filter: FlowOptions['filter']
}

/** @throws InputError that shows the place in `--keys` or `--filter` */
export function parseDropsQuery(query: DropsQuery): DropsQuestion {
  return {
    query,
    further: query.keys === '' ? [] : parseKeys(query.keys, '--keys'),
    filter: query.filter === '' ? undefined : parseFilter(query.filter, '--filter'),
  }
}
