// Owns bringing live work in a thread and its screen in this one together. Loads ink and react with the screen: import what
// imports this with `await import()` only. Start at runWatched.

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
