// Owns `sonde decode` from options to exit code. Knows no terminal. Start at runDecode.

import { BugError } from '../errors.ts'
import type { DecodeOptions, DecodeReport } from './options.ts'

/**
 * Decodes the inputs and writes what was asked for.
 * @returns the exit code: 0, or 3 where the input was damaged
 * @throws InputError for an input that is missing, empty or foreign
 */
export async function runDecode(_options: DecodeOptions, _report: DecodeReport): Promise<number> {
  throw new BugError('sonde decode is not built yet.')
}
