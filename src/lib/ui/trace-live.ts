// Owns bringing a trace, of this kernel or recorded, and its screen together, both in this thread: the ring has room for what comes
// while a frame is drawn, and to hand a step to another thread costs more than to sort it in here. Loads ink and react: import it
// with `await import()` only. Start at traceOnScreen and recordedOnScreen.

import { once } from 'node:events'
import type { OpenTrace } from '../kernel/trace/trace-watch.ts'
import { openText } from '../source/open.ts'
import type { TraceEnd, TraceHead } from '../trace/head.ts'
import type { RecordedOptions, TraceOptions } from '../trace/options.ts'
import { type RecordedEnd, readTrace } from '../trace/recorded.ts'
import { endLines, recordedEndLines } from '../trace/report.ts'
import { runTrace, type TraceSight } from '../trace/run.ts'
import type { Terminal } from './terminal.ts'
import { TraceEye, type TraceState } from './trace/state.ts'
import { runTraceScreen, type TraceScreenOptions } from './trace-screen.ts'
import { runWatched } from './watched-screen.ts'

export interface OnScreenOptions extends TraceScreenOptions {
  /** Only loss and damage are told when the terminal is back. */
  readonly quiet: boolean
}

/** A screen without news for 3 s says so: what is over is not to look dead. */
const OVER_MS = 1000

/** What the screen says beside the packets. */
type Note = (line: string) => void

/**
 * Works until the screen is quit or `stop`. What ends earlier, by a limit or the recording's end, stays to be looked at until then.
 * @param recording name of the recording; undefined: it is this kernel
 */
function onScreen<End extends TraceEnd>(
  { utc }: OnScreenOptions,
  recording: string | undefined,
  terminal: Terminal,
  stop: AbortSignal,
  work: (sight: TraceSight, stop: AbortSignal, note: Note) => Promise<End>,
): Promise<End> {
  return runWatched<TraceState, End>(
    terminal,
    stop,
    async (over, report) => {
      const eye = new TraceEye({ recording, show: report.state })
      const end = await work(eye, over, (line) => eye.note(line))
      if (!over.aborted) {
        const again = setInterval(() => eye.end(end), OVER_MS)
        await once(over, 'abort').finally(() => clearInterval(again))
      }
      return end
    },
    (feed, signal) => runTraceScreen(feed, { utc }, terminal.colours, signal),
  )
}

/**
 * Traces this kernel on a screen until that is quit or `options.stop`; what came of it is told when the terminal is back.
 * @throws as runTrace
 */
export async function traceOnScreen(
  options: TraceOptions,
  open: OpenTrace,
  terminal: Terminal,
  screen: OnScreenOptions,
): Promise<void> {
  const end = await onScreen(screen, undefined, terminal, options.stop, (sight, stop, note) => {
    const report = {
      attaching: (attached: number, wanted: number) =>
        terminal.progress('attaching', attached, wanted, `${attached} of ${wanted} functions`),
      opened: (_: TraceHead, { notices }: { readonly notices: readonly string[] }) => {
        terminal.close()
        for (const notice of notices) note(notice)
      },
    }
    return runTrace({ ...options, stop }, open, report, sight)
  })
  for (const line of endLines(end, screen.quiet)) terminal.tell(line)
}

/**
 * Shows a recorded trace on a screen until that is quit.
 * @param path a file, or `-` for stdin
 * @returns whether it was whole: false where lines were damaged
 * @throws as readTrace and openText
 */
export async function recordedOnScreen(
  path: string,
  options: RecordedOptions,
  terminal: Terminal,
  screen: OnScreenOptions,
): Promise<boolean> {
  const input = await openText(path, 'the NDJSON of a trace', { signal: options.stop })
  const end = await onScreen<RecordedEnd>(screen, input.name, terminal, options.stop, (sight, stop, note) => {
    // How far it is one sees by the packets.
    const report = { opened: () => {}, damage: note, progress: () => {} }
    return readTrace({ ...options, stop }, input, report, sight)
  })
  for (const line of recordedEndLines(end, screen.quiet)) terminal.tell(line)
  return end.damaged === 0
}
