// Owns what is said where `kernel:` stands in place of a capture or an address. Loads nothing but errors: flags use it.

import { InputError } from '../errors.ts'

/** For `kernel:` where it can't be read. */
export function isNoCapture(path: string): InputError {
  return new InputError(
    `'${path}' is no capture and no address: what the kernel of this host drops is an input of sonde drops.`,
    ['sudo sonde drops --input kernel:', 'sudo sonde sample --drops prints it, or sends it to a collector.'],
  )
}
