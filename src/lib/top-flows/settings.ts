// Owns reading the files that top-flows is given, into what its engine needs. Start at loadSettings.

import { readFile } from 'node:fs/promises'
import { InputError } from '../errors.ts'
import { type LanguageFiles, loadLanguageData } from '../expression/data/load.ts'
import type { FlowOptions, RateOverride } from '../flow/options.ts'
import { readTopology } from '../topo/read-topology.ts'
import type { TopFlowsSettings } from './top-flows.ts'

/** As flags say it; it can go to a thread. */
export interface SettingsFiles {
  readonly scale: FlowOptions['scale']
  readonly maxFlows: number
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
  readonly names: boolean
  readonly topology: string | undefined
  readonly files: LanguageFiles
}

/** @throws InputError for a file that is missing or of another form */
export async function loadSettings({ topology, files, ...rest }: SettingsFiles): Promise<TopFlowsSettings> {
  return {
    ...rest,
    topology: topology === undefined ? undefined : readTopology(await readGiven(topology, '--topology'), topology),
    data: await loadLanguageData(files),
  }
}

/** The text of a file that a flag names. @throws InputError naming both */
export async function readGiven(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'that is a folder' : String(code ?? error)
    throw new InputError(`${flag} ${path} can't be read: ${why}.`)
  }
}
