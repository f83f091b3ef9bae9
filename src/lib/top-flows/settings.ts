// Owns what top-flows is given beside its question, as flags say it. Start at SettingsFiles.

import { readFile } from 'node:fs/promises'
import type { NamedFiles } from '../analysis/settings.ts'
import { InputError } from '../errors.ts'
import type { FlowOptions, RateOverride } from '../flow/options.ts'

/** As flags say it; it can go to a thread. */
export interface SettingsFiles extends NamedFiles {
  readonly scale: FlowOptions['scale']
  readonly maxFlows: number
  readonly latenessMs: number
  readonly rates: readonly RateOverride[]
  readonly names: boolean
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
