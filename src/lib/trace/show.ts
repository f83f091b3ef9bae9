// Owns `sonde trace` from options to its end where lines are printed: form, sink, and what is told beside. Knows no terminal. See
// step.ts for the folder. Start at showLive.

import type { OpenTrace } from '../kernel/trace/trace-watch.ts'
import type { View } from '../print/style.ts'
import { openOutput } from '../sink/output.ts'
import { openText } from '../source/open.ts'
import type { TraceEnd, TraceHead } from './head.ts'
import type { RecordedOptions, Timestamp, TraceFormat, TraceOptions } from './options.ts'
import { linesForm, objectsForm, PrintedTrace, type TraceForm } from './print.ts'
import { readTrace } from './recorded.ts'
import { endLines, lossText, recordedEndLines, recordedLines, startLines } from './report.ts'
import { defaultTop } from './route-text.ts'
import { runTrace, type TraceProgress, type TraceSight } from './run.ts'
import { summaryForm } from './summary-form.ts'

/** Loss that goes on is told again after this time. */
const LOSS_MS = 10_000
/** Damaged lines that are told one by one; the others are counted. */
const MOST_DAMAGE = 10
/** Functions that could not be watched, in one line of --verbose. */
const MOST_NAMES = 40

/** How a trace is printed. */
export interface PrintChoice {
  readonly format: TraceFormat
  readonly summary: boolean
  /** Routes of a summary that are shown; undefined: the usual number. */
  readonly top: number | undefined
  readonly timestamp: Timestamp
  readonly tcpFlags: boolean
  readonly verbose: boolean
  readonly view: View
}

/** Where lines beside the output go. */
export interface Beside {
  /** Always told: loss, damage. */
  tell(line: string): void
  /** Not with --quiet. */
  note(line: string): void
  /** With --verbose. */
  detail(line: string): void
  progress(label: string, done: number, total: number | undefined, note: string): void
  /** Wipes the line of progress. */
  close(): void
}

export interface Showing {
  readonly terminal: Beside
  readonly print: PrintChoice
  /** Undefined: stdout. */
  readonly output: string | undefined
  readonly quiet: boolean
}

/**
 * Traces this kernel and prints it.
 * @throws as runTrace; InputError and EnvironmentError where the output can't be opened or written
 */
export async function showLive(
  options: TraceOptions,
  open: OpenTrace,
  { terminal, print, output, quiet, overSsh }: Showing & { readonly overSsh: boolean },
): Promise<void> {
  const form = formOf(print)
  const sink = openOutput(output, [])
  try {
    const printed = new PrintedTrace(form, sink)
    const report = {
      attaching: (attached: number, wanted: number) =>
        terminal.progress('attaching', attached, wanted, `${attached} of ${wanted} functions`),
      opened: (head: TraceHead, { refusedNames, notices }: Parameters<typeof startLines>[1]) => {
        terminal.close()
        for (const line of startLines(head, { refusedNames, notices })) terminal.note(line)
        if (refusedNames.length > 0) terminal.detail(`Not watched: ${someOf(refusedNames)}`)
        if (overSsh && isUnfiltered(options)) {
          terminal.note(
            'Without a filter, packets of this ssh session are traced, too: what is printed makes more of them.',
          )
        }
      },
    }
    await runTrace(options, open, report, new LiveTold(printed, terminal, quiet))
  } finally {
    await sink.close()
  }
}

/**
 * Prints a recorded trace.
 * @param path a file, or `-` for stdin
 * @returns whether it was whole: false where lines were damaged
 * @throws as readTrace and openText; InputError where output and input are the same
 */
export async function showRecorded(
  path: string,
  options: RecordedOptions,
  { terminal, print, output, quiet }: Showing,
): Promise<boolean> {
  const form = formOf(print)
  const input = await openText(path, 'the NDJSON of a trace', { signal: options.stop })
  const sink = openOutput(output, [path])
  try {
    const printed = new PrintedTrace(form, sink)
    let damaged = 0
    const report = {
      opened: (head: TraceHead | undefined) => {
        if (head === undefined) {
          terminal.note(
            `${input.name} lacks the first line of its trace: what was asked, and how it was traced, is not known.`,
          )
          return
        }
        const time = print.view.time(Number(head.time / 1_000_000_000n), Number(head.time % 1_000_000_000n))
        for (const line of recordedLines(head, time)) terminal.note(line)
      },
      damage: (problem: string) => {
        if (++damaged <= MOST_DAMAGE) terminal.tell(problem)
        if (damaged === MOST_DAMAGE) terminal.tell('More of it is counted only.')
      },
      progress: (done: number, total: number | undefined) => terminal.progress(input.name, done, total, ''),
    }
    const end = await readTrace(options, input, report, printed)
    terminal.close()
    for (const line of recordedEndLines(end, quiet)) terminal.tell(line)
    return end.damaged === 0
  } finally {
    await sink.close()
  }
}

function formOf({ format, summary, top = defaultTop, timestamp, tcpFlags, verbose, view }: PrintChoice): TraceForm {
  if (summary) return summaryForm(format, view, { top, verbose })
  return format === 'table' ? linesForm({ timestamp, tcpFlags, view }) : objectsForm(format)
}

function isUnfiltered({ wish }: TraceOptions): boolean {
  return (
    wish.filter === undefined && wish.interfaceName === undefined && wish.netns === undefined && wish.mark === undefined
  )
}

function someOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ')
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
}

/** Tells of loss while it happens, since at the end it may be too late to narrow the filter; and at the end what came of it. */
class LiveTold implements TraceSight {
  readonly #sight: TraceSight
  readonly #terminal: Beside
  readonly #quiet: boolean
  #told = 0
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(sight: TraceSight, terminal: Beside, quiet: boolean) {
    this.#sight = sight
    this.#terminal = terminal
    this.#quiet = quiet
  }

  begin(head: TraceHead | undefined): void {
    this.#sight.begin(head)
  }

  step(step: Parameters<TraceSight['step']>[0]): void {
    this.#sight.step(step)
  }

  turn(progress: TraceProgress): boolean | Promise<boolean> {
    const { lost } = progress
    const now = performance.now()
    if (lost > this.#told && now - this.#toldMs >= LOSS_MS) {
      this.#told = lost
      this.#toldMs = now
      this.#terminal.tell(`So far: ${lossText(lost)}`)
    }
    return this.#sight.turn(progress)
  }

  async end(end: TraceEnd): Promise<void> {
    await this.#sight.end(end)
    for (const line of endLines(end, this.#quiet)) this.#terminal.tell(line)
  }
}
