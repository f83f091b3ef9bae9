// Owns what is asked of a path, as texts and numbers that can go to a thread. See path.ts
// for the folder. Start at PathQuery.

import type { Loaded, NamedFiles } from '../analysis/settings.ts'
import type { RateOverride } from '../flow/options.ts'

/** What a screen can change. */
export interface PathQuery {
  /** As on the command line; '' for all packets. */
  readonly filter: string
  /** On a screen the time constant over which rates are smoothed. */
  readonly windowMs: number | 'all'
}

/** As flags say it; it can go to a thread. */
export interface PathFiles extends NamedFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
}

/** What does not change while it runs. */
export type PathSettings = Loaded<PathFiles>
