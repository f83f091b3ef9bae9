// Owns bringing path and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at pathOnScreen.

import { PathThread, type WatchTask } from '../path/in-worker.ts'
import type { PathSnapshot } from '../path/snapshot.ts'
import { runPathScreen } from './path-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatchThread } from './watched-screen.ts'

/**
 * Counts until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for a filter that is not understood
 */
export function pathOnScreen(task: WatchTask, terminal: Terminal, stop: AbortSignal): Promise<PathSnapshot> {
  return runWatchThread(
    terminal,
    stop,
    (over) => new PathThread(task, over),
    (feed, send, over) => runPathScreen(feed, { send }, terminal.colours, over),
  )
}
