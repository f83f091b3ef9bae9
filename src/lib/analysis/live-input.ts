// Owns opening what comes live: sockets, or the kernel of this host. Knows no analysis. Start at openLive.

import { receiveUntil } from '../source/live.ts'
import type { Source } from '../source/source.ts'
import type { LiveInput } from './options.ts'

/**
 * Hears until `stop`; what waits then is given before the source ends. Close it.
 * @param blocking false where something else runs in this thread that must not stand still while nothing comes
 * @throws EnvironmentError where an address can't be had, or the kernel does not permit it; InputError for a namespace that there is not
 */
export async function openLive(stop: AbortSignal, input: LiveInput, blocking = true): Promise<Source> {
  if (input.kind === 'live') {
    const { addresses, bufferBytes } = input
    return receiveUntil(stop, { addresses, bufferBytes, ...(!blocking && { blocking }) })
  }
  const { openKernelSource } = await import('../host-agent/kernel-source.ts')
  const source = await openKernelSource(input)
  stop.addEventListener('abort', () => source.finish?.(), { once: true })
  if (stop.aborted) source.finish?.()
  return source
}
