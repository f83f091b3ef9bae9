// Owns bringing a listener and its screen together: the work in a thread, the screen in this one. Loads ink and react:
// import it with `await import()` only. Start at listenOnScreen.

import { listenForScreen } from '../listen/listen.ts'
import type { ListenOptions } from '../listen/options.ts'
import type { ListenEnd } from '../listen/run.ts'
import type { ListenSnapshot } from '../listen/snapshot.ts'
import type { Sink } from '../sink/sink.ts'
import { runListenScreen } from './listen-screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatched } from './watched-screen.ts'

/**
 * Listens until the screen is quit or `options.stop`; what was told meanwhile is printed when the terminal is back.
 * @throws as the listener
 */
export function listenOnScreen(
  options: ListenOptions,
  workers: number,
  terminal: Terminal,
  sink: Sink,
): Promise<ListenEnd> {
  return runWatched<ListenSnapshot, ListenEnd>(
    terminal,
    options.stop,
    (stop, { tell, note, state }) =>
      listenForScreen({ ...options, stop }, workers, { tell, note, snapshot: state }, sink),
    (feed, stop) => runListenScreen(feed, terminal.colours, stop),
  )
}
