// Owns bringing period and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at periodOnScreen.

import { type CyclesTask, CyclesThread } from '../cycles/in-worker.ts'
import type { CyclesSnapshot } from '../cycles/snapshot.ts'
import { runPeriodScreen } from './period-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatchThread } from './watched-screen.ts'

/**
 * Looks for periods until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for texts that are not understood
 */
export function periodOnScreen(task: CyclesTask, terminal: Terminal, stop: AbortSignal): Promise<CyclesSnapshot> {
  return runWatchThread(
    terminal,
    stop,
    (over) => new CyclesThread(task, over),
    (feed, send, over) => runPeriodScreen(feed, { send }, terminal.colours, over),
  )
}
