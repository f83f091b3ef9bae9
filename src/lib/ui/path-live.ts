// Owns bringing path and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at pathOnScreen.

import { PathThread, type WatchTask } from '../path/in-worker.ts'
import type { PathSnapshot } from '../path/snapshot.ts'
import { runPathScreen } from './path-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatched } from './watched-screen.ts'

/**
 * Counts until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for a filter that is not understood
 */
export function pathOnScreen(task: WatchTask, terminal: Terminal, stop: AbortSignal): Promise<PathSnapshot> {
  let thread: PathThread | undefined
  return runWatched<PathSnapshot, PathSnapshot>(
    terminal,
    stop,
    (over, report) => {
      thread = new PathThread(task, over)
      return thread.run(report)
    },
    (feed, over) => runPathScreen(feed, { send: (command) => thread?.command(command) }, terminal.colours, over),
  )
}
