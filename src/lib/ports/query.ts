// Owns what is asked of ports, as texts and numbers that can go to a thread. See analysis.ts
// for the folder. Start at PortsQuery.

import type { Loaded, NamedFiles } from '../analysis/settings.ts'
import type { PortSort } from './snapshot.ts'

/** What a screen can change. */
export interface PortsQuery {
  readonly windowMs: number | 'all'
  readonly sort: PortSort
  /** Rows of a window; undefined: all. */
  readonly top: number | undefined
  /** As on the command line; '' for none. */
  readonly filter: string
}

/** As flags say it. */
export interface PortsFiles extends NamedFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
}

/** What does not change while it runs. */
export type PortsSettings = Loaded<PortsFiles>
