// Owns opening what a listener does beside printing, from plain options: in whatever thread the listener runs.
// Start at openSides.

import type { ListenOptions } from './options.ts'
import type { Side } from './side.ts'

/**
 * @param tell takes trouble, once each, and that it is over
 * @throws InputError, EnvironmentError where a file can't be written; what was opened before is closed
 */
export async function openSides(options: ListenOptions, tell: (line: string) => void): Promise<Side[]> {
  const sides: Side[] = []
  const { write, addresses } = options
  if (write !== undefined) {
    const { WriteSide } = await import('./write-side.ts')
    sides.push(await WriteSide.open({ ...write, tell }, addresses.length === 1 ? addresses[0] : undefined))
  }
  return sides
}
