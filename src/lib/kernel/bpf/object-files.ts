// Owns finding the compiled objects that come with sonde. See bpf.ts for the folder.

import { readFileSync } from 'node:fs'
import { EnvironmentError } from '../../errors.ts'
import { type BpfObject, parseBpfObject } from './bpf-object.ts'
import { ObjectError } from './elf.ts'

/** Folders up from this file to look for `bpf/`: src/lib/kernel/bpf of the sources, dist/chunks of the bundles, or others. */
const UPWARDS = ['../../../bpf/', '../bpf/', './bpf/', '../../bpf/']

/**
 * Reads one of the objects that come with sonde: src/bpf/NAME.bpf.o, in a bundle dist/bpf/NAME.bpf.o.
 * @throws EnvironmentError where it is not there or damaged
 */
export function readBpfObject(name: string): BpfObject {
  const bytes = readFirst(UPWARDS.map((folder) => new URL(`${folder}${name}.bpf.o`, import.meta.url)))
  if (bytes === undefined) {
    throw new EnvironmentError(`The program ${name} for the kernel is not installed with sonde.`, [
      'Install sonde again.',
    ])
  }
  try {
    return parseBpfObject(name, bytes)
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error
    throw new EnvironmentError(
      `The program ${name} for the kernel is damaged: ${error.message}.`,
      ['Install sonde again.'],
      {
        cause: error,
      },
    )
  }
}

function readFirst(files: readonly URL[]): Uint8Array | undefined {
  for (const file of files) {
    try {
      return readFileSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}
