// Owns reading the topology that a flag names. See topology.ts for the folder. Start at loadTopology.

import { readFile } from 'node:fs/promises'
import { InputError } from '../errors.ts'
import { describeForeign } from './foreign-file.ts'
import { nearFile } from './near-file.ts'
import { readTopology } from './read-topology.ts'
import type { Topology } from './topology.ts'

/**
 * @param what the flag
 * @throws InputError for a file that can't be read, or is no topology; where it is cabling of another form, or a capture, it says
 *   what it is and what to do with it
 */
export async function loadTopology(path: string, what = '--topology'): Promise<Topology> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'that is a folder' : String(error)
    const meant = code === 'ENOENT' ? nearFile(path) : undefined
    throw new InputError(`${what} ${path} can't be read: ${why}.${meant === undefined ? '' : ` ${meant}`}`, [], {
      cause: error,
    })
  }
  return explained(bytes, path, what, () => readTopology(new TextDecoder().decode(bytes), path))
}

/**
 * What `read` gives; where it finds no topology, and the bytes are something else that is known, the error says what.
 * @param bytes of the file, at least its first 64 KiB
 * @param what the flag
 * @throws InputError
 */
export function explained<T>(bytes: Uint8Array, source: string, what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    // Only what is no topology is looked at: one may have any attributes.
    const foreign = error instanceof InputError ? describeForeign(bytes, source, what) : undefined
    if (foreign === undefined) throw error
    throw new InputError(`${what} ${source} is ${foreign.what}, needed is a topology as JSON.`, [foreign.step], {
      cause: error,
    })
  }
}
