// Owns reading the files that flags of an analysis name: a topology, and what functions of the flow language look up. Knows no
// analysis. Start at loadSettings.

import { type LanguageFiles, loadLanguageData } from '../expression/data/load.ts'
import type { LanguageData } from '../expression/data.ts'
import { loadTopology } from '../topo/load-topology.ts'
import type { Topology } from '../topo/topology.ts'

/** As flags say it; it can go to a thread. */
export interface NamedFiles {
  readonly topology: string | undefined
  readonly files: LanguageFiles
}

/** What an analysis is given, with what is in the files in place of their names. */
export type Loaded<Given extends NamedFiles> = Omit<Given, keyof NamedFiles> & {
  readonly topology: Topology | undefined
  /** What functions look things up in; ports are added by who knows agents. */
  readonly data: LanguageData
}

/** @throws InputError for a file that can't be read, or is of another form */
export async function loadSettings<Given extends NamedFiles>(given: Given): Promise<Loaded<Given>> {
  const { topology, files, ...rest } = given
  return {
    ...rest,
    topology: topology === undefined ? undefined : await loadTopology(topology),
    data: await loadLanguageData(files),
  }
}
