// Owns bringing a sampling host and its screen together, both in this thread: the kernel's ring has room for what comes while a
// frame is drawn. Loads ink and react: import it with `await import()` only. Start at sampleOnScreen.

import type { HostGround } from '../sample/open-host.ts'
import type { SampleOptions } from '../sample/options.ts'
import type { SampleState } from '../sample/report.ts'
import { runSample } from '../sample/run.ts'
import { noSink } from '../sink/no-sink.ts'
import { SamplePage } from './sample-screen.ts'
import { runScreen } from './screen/screen.ts'
import type { Terminal } from './terminal.ts'
import { runWatched } from './watched-screen.ts'

const SCREEN_MS = 500

/**
 * Samples until the screen is quit or `options.stop`; what was told meanwhile is printed when the terminal is back.
 * @throws as runSample
 */
export function sampleOnScreen(options: SampleOptions, terminal: Terminal, ground: HostGround): Promise<SampleState> {
  return runWatched<SampleState, SampleState>(
    terminal,
    options.stop,
    (stop, report) =>
      runSample(
        { ...options, stop },
        undefined,
        { tell: report.tell, note: report.tell, watch: { everyMs: SCREEN_MS, state: report.state } },
        () => noSink,
        ground,
      ),
    (feed, signal) =>
      runScreen({ name: 'sonde sample', page: new SamplePage(), feed, colours: terminal.colours, signal }),
  )
}
