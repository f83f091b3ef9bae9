// Owns what is asked of ports, as texts and numbers that can go to a thread, and reading the files that it needs. See analysis.ts
// for the folder. Start at PortsQuery.

import { type LanguageFiles, loadLanguageData } from '../expression/data/load.ts'
import type { LanguageData } from '../expression/data.ts'
import { loadTopology } from '../topo/load-topology.ts'
import type { Topology } from '../topo/topology.ts'
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
export interface PortsFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly topology: string | undefined
  readonly files: LanguageFiles
}

/** What does not change while it runs. */
export interface PortsSettings {
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly topology: Topology | undefined
  /** What the filter's functions look things up in; ports are added. */
  readonly data: LanguageData
}

/** @throws InputError for a file that can't be read, or is of another form */
export async function loadPortsSettings({ topology, files, ...rest }: PortsFiles): Promise<PortsSettings> {
  return {
    ...rest,
    topology: topology === undefined ? undefined : await loadTopology(topology),
    data: await loadLanguageData(files),
  }
}
