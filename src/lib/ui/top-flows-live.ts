// Owns bringing top-flows and its screen together: the work in a thread, the screen in this one. Loads ink and react:
// import it with `await import()` only. Start at topFlowsOnScreen.

import { FlowsThread, type WatchTask } from '../top-flows/in-worker.ts'
import { recipes } from '../top-flows/recipes.ts'
import type { TopFlowsSnapshot } from '../top-flows/snapshot.ts'
import type { Terminal } from './terminal.ts'
import { runTopFlowsScreen } from './top-flows-screen.ts'
import { runWatchThread } from './watched-screen.ts'

/**
 * Counts until the screen is quit or `stop`.
 * @returns the last state
 * @throws EnvironmentError where an address can't be had; InputError for texts that are not understood
 */
export function topFlowsOnScreen(task: WatchTask, terminal: Terminal, stop: AbortSignal): Promise<TopFlowsSnapshot> {
  const choices = recipes.map(({ name, doc }) => ({ name, about: doc }))
  return runWatchThread(
    terminal,
    stop,
    (over) => new FlowsThread(task, over),
    (feed, send, over) => runTopFlowsScreen(feed, { send, recipes: choices }, terminal.colours, over),
  )
}
