// Owns saying that files and addresses are not read together. Start at refuseMixture.

import { InputError } from '../errors.ts'

/**
 * Tells inputs apart: addresses to listen at, or files.
 * @throws InputError where both are given
 */
export function refuseMixture(inputs: readonly string[], isLive: (input: string) => boolean): void {
  if (inputs.some(isLive) && !inputs.every(isLive)) {
    throw new InputError('Recorded and live input can not be mixed.', ['Give files, or addresses such as udp://:6343.'])
  }
}
