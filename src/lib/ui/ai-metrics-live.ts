// Owns bringing ai-metrics and its screen together: the work in a thread, the screen in this one. Loads ink and react: import it
// with `await import()` only. Start at aiMetricsOnScreen.

import { type AiTask, AiThread, wholeSnapshots } from '../ai-metrics/in-worker.ts'
import type { AiCommand, AiSnapshot, AiState } from '../ai-metrics/snapshot.ts'
import { runAiScreen } from './ai-metrics-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatched } from './watched-screen.ts'

/**
 * Counts until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for files that are not understood
 */
export function aiMetricsOnScreen(task: AiTask, terminal: Terminal, stop: AbortSignal): Promise<AiState> {
  let thread: AiThread | undefined
  const send = (command: AiCommand) => thread?.command(command)
  return runWatched<AiSnapshot, AiState>(
    terminal,
    stop,
    (over, report) => {
      thread = new AiThread(task, over)
      return thread.run(wholeSnapshots(report))
    },
    (feed, over) => runAiScreen(feed, { send }, terminal.colours, over),
  )
}
