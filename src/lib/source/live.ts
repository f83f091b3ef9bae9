// Owns how live input ends, and what is done meanwhile. Knows no sFlow. Start at receiveUntil.

import { setTimeout as wait } from 'node:timers/promises'
import type { Source } from './source.ts'
import { openUdp, type UdpOptions } from './udp.ts'

/**
 * Receives until `stop`; what waits in the sockets then was received, and is given before the source ends. Close it.
 * @throws EnvironmentError as openUdp
 */
export async function receiveUntil(stop: AbortSignal, options: UdpOptions): Promise<Source> {
  const source = await openUdp(options)
  const finish = () => (source.finish === undefined ? void source.close() : source.finish())
  stop.addEventListener('abort', finish, { once: true })
  if (stop.aborted) finish()
  return source
}

/** Calls `tick` every so often until `stop`. */
export async function tickUntil(stop: AbortSignal, everyMs: number, tick: () => void): Promise<void> {
  while (!stop.aborted) {
    try {
      await wait(everyMs, undefined, { signal: stop })
    } catch {
      return
    }
    tick()
  }
}
