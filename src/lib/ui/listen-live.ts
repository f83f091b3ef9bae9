// Owns bringing a listener and its screen together: the work in a thread, the screen in this one. Loads ink and react:
// import it with `await import()` only. Start at listenOnScreen.

import { listenForScreen } from '../listen/listen.ts'
import type { ListenOptions } from '../listen/options.ts'
import type { ListenSnapshot } from '../listen/snapshot.ts'
import type { Sink } from '../sink/sink.ts'
import { runListenScreen } from './listen-screen.ts'
import { ScreenFeed } from './screen/screen.ts'
import type { Terminal } from './terminal.ts'

/**
 * Listens until the screen is quit or `options.stop`; what was told meanwhile is printed when the terminal is back.
 * @returns the last state
 * @throws as the listener
 */
export async function listenOnScreen(options: ListenOptions, terminal: Terminal, sink: Sink): Promise<ListenSnapshot> {
  const feed = new ScreenFeed<ListenSnapshot>()
  const quit = new AbortController()
  const report = {
    tell: (line: string) => feed.tell(line),
    note: (line: string) => terminal.detail(line),
    snapshot: (snapshot: ListenSnapshot) => feed.snapshot(snapshot),
  }
  const stop = AbortSignal.any([options.stop, quit.signal])
  const work = listenForScreen({ ...options, stop }, report, sink).finally(() => feed.end())
  // The failure is taken by the await below; until then it is not unhandled.
  work.catch(() => {})
  try {
    await runListenScreen(feed, terminal.colours, options.stop)
  } finally {
    quit.abort()
  }
  const last = await work
  for (const line of feed.told) terminal.tell(line)
  return last
}
