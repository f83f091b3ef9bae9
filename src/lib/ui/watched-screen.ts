// Owns bringing live work in a thread and its screen in this one together. Loads ink and react with the screen: import what
// imports this with `await import()` only. Start at runWatchThread; runWatched is for other work than an analysis.

import type { WatchThread } from '../analysis/watch-thread.ts'
import type { ThreadReport } from '../threads/threads.ts'
import { type ScreenEnd, ScreenFeed } from './screen/screen.ts'
import type { Terminal } from './terminal.ts'

/**
 * Works until the screen is quit or `stop`; what was told meanwhile is printed when the terminal is back.
 * @param work until its signal is aborted @param screen shows what the feed gives until its signal is aborted
 * @returns what the work ends with
 * @throws as the work and the screen
 */
export async function runWatched<State, Result>(
  terminal: Terminal,
  stop: AbortSignal,
  work: (stop: AbortSignal, report: ThreadReport<State>) => Promise<Result>,
  screen: (feed: ScreenFeed<State>, stop: AbortSignal) => Promise<ScreenEnd>,
): Promise<Result> {
  const feed = new ScreenFeed<State>()
  const quit = new AbortController()
  const report = {
    tell: (line: string) => feed.tell(line),
    note: (line: string) => terminal.detail(line),
    detail: () => {},
    state: (state: State) => feed.snapshot(state),
  }
  const working = work(AbortSignal.any([stop, quit.signal]), report).finally(() => feed.end())
  // The failure is taken by the await below; until then it is not unhandled.
  working.catch(() => {})
  try {
    await screen(feed, stop)
  } finally {
    quit.abort()
  }
  const result = await working
  for (const line of feed.told) terminal.tell(line)
  return result
}

/**
 * The same for an analysis in its thread, which the screen sends commands to.
 * @param start makes the thread, which ends when its signal is aborted
 * @throws EnvironmentError where an address can't be had; InputError for texts and files that are not understood
 */
export function runWatchThread<Command, Snapshot>(
  terminal: Terminal,
  stop: AbortSignal,
  start: (stop: AbortSignal) => WatchThread<Command, Snapshot>,
  screen: (feed: ScreenFeed<Snapshot>, send: (command: Command) => void, stop: AbortSignal) => Promise<ScreenEnd>,
): Promise<Snapshot> {
  let thread: WatchThread<Command, Snapshot> | undefined
  return runWatched<Snapshot, Snapshot>(
    terminal,
    stop,
    (over, report) => {
      thread = start(over)
      return thread.run(report)
    },
    (feed, over) => screen(feed, (command) => thread?.command(command), over),
  )
}
