// Owns reading the topology that a flag names. See topology.ts for the folder. Start at loadTopology.

import { readFile } from 'node:fs/promises'
import { InputError } from '../errors.ts'
import { readTopology } from './read-topology.ts'
import type { Topology } from './topology.ts'

/**
 * @param what the flag
 * @throws InputError for a file that can't be read, or is no topology
 */
export async function loadTopology(path: string, what = '--topology'): Promise<Topology> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'that is a folder' : String(error)
    throw new InputError(`${what} ${path} can't be read: ${why}.`, [], { cause: error })
  }
  return readTopology(text, path)
}
