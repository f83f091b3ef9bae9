// Owns what is asked of a path, as texts and numbers that can go to a thread, and reading the files that it needs. See path.ts
// for the folder. Start at PathQuery.

import { type LanguageFiles, loadLanguageData } from '../expression/data/load.ts'
import type { LanguageData } from '../expression/data.ts'
import type { RateOverride } from '../flow/options.ts'
import { loadTopology } from '../topo/load-topology.ts'
import type { Topology } from '../topo/topology.ts'

/** What a screen can change. */
export interface PathQuery {
  /** As on the command line; '' for all packets. */
  readonly filter: string
  /** On a screen the time constant over which rates are smoothed. */
  readonly windowMs: number | 'all'
}

/** As flags say it; it can go to a thread. */
export interface PathFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
  readonly topology: string | undefined
  readonly files: LanguageFiles
}

/** What does not change while it runs. */
export interface PathSettings extends Omit<PathFiles, 'topology' | 'files'> {
  readonly topology: Topology | undefined
  /** What the filter's functions look things up in; ports are added. */
  readonly data: LanguageData
}

/** @throws InputError for a file that can't be read, or is of another form */
export async function loadPathSettings({ topology, files, ...rest }: PathFiles): Promise<PathSettings> {
  return {
    ...rest,
    topology: topology === undefined ? undefined : await loadTopology(topology),
    data: await loadLanguageData(files),
  }
}
