// Owns bringing ports and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at portsOnScreen.

import { PortsThread, type WatchTask } from '../ports/in-worker.ts'
import type { PortsSnapshot } from '../ports/snapshot.ts'
import { runPortsScreen } from './ports-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatchThread } from './watched-screen.ts'

/**
 * Counts until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for a filter that is not understood
 */
export function portsOnScreen(task: WatchTask, terminal: Terminal, stop: AbortSignal): Promise<PortsSnapshot> {
  return runWatchThread(
    terminal,
    stop,
    (over) => new PortsThread(task, over),
    (feed, send, over) => runPortsScreen(feed, { send }, terminal.colours, over),
  )
}
