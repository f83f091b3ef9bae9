// Owns bringing drops and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at dropsOnScreen.

import { DropsThread, type WatchTask } from '../drops/in-worker.ts'
import type { DropsSnapshot } from '../drops/snapshot.ts'
import { runDropsScreen } from './drops-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatchThread } from './watched-screen.ts'

/**
 * Counts until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for texts that are not understood
 */
export function dropsOnScreen(task: WatchTask, terminal: Terminal, stop: AbortSignal): Promise<DropsSnapshot> {
  return runWatchThread(
    terminal,
    stop,
    (over) => new DropsThread(task, over),
    (feed, send, over) => runDropsScreen(feed, { send }, terminal.colours, over),
  )
}
