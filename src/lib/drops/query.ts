// Owns what is asked of drops, as texts and numbers that can go to a thread, and reading the files that it needs. See drops.ts
// for the folder. Start at DropsQuery.

import { type LanguageFiles, loadLanguageData } from '../expression/data/load.ts'
import type { LanguageData } from '../expression/data.ts'
import { type Expression, parseFilter, parseKeys } from '../expression/expression.ts'
import type { FlowOptions, RateOverride } from '../flow/options.ts'
import { loadTopology } from '../topo/load-topology.ts'
import type { Topology } from '../topo/topology.ts'
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
export interface DropsFiles {
  /** False: without a topology, agents and ports stay addresses and numbers. */
  readonly names: boolean
  readonly ignoreCase: boolean
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
  readonly topology: string | undefined
  readonly files: LanguageFiles
}

/** What does not change while it runs. */
export interface DropsSettings extends Omit<DropsFiles, 'topology' | 'files'> {
  readonly topology: Topology | undefined
  /** What the filter's and keys' functions look things up in; ports are added. */
  readonly data: LanguageData
}

/** @throws InputError for a file that can't be read, or is of another form */
export async function loadDropsSettings({ topology, files, ...rest }: DropsFiles): Promise<DropsSettings> {
  return {
    ...rest,
    topology: topology === undefined ? undefined : await loadTopology(topology),
    data: await loadLanguageData(files),
  }
}

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
