// Owns bringing a status and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at statusOnScreen.

import { type StatusTask, StatusThread } from '../topo-status/in-worker.ts'
import type { StatusSnapshot } from '../topo-status/snapshot.ts'
import type { Terminal } from './terminal.ts'
import { runStatusScreen } from './topo-status-screen.ts'
import { runWatchThread } from './watched-screen.ts'

/**
 * Watches until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had
 */
export function statusOnScreen(task: StatusTask, terminal: Terminal, stop: AbortSignal): Promise<StatusSnapshot> {
  return runWatchThread(
    terminal,
    stop,
    (over) => new StatusThread(task, over),
    (feed, _send, over) => runStatusScreen(feed, terminal.colours, over),
  )
}
