// Owns what the commands of analyses share: captures or addresses in, then a screen, or output and an exit code. Knows no analysis.
// Start at AnalysisCommand.
//
// A new one, `sonde drops`, is
//
//   lib/drops/           an Analysis (lib/analysis/analysis.ts): engine, columns, facts, metrics
//   lib/ui/drops-run.ts  what it loads: its own, and `export * from './analysis-run.ts'`, in which loadSettings reads --topology
//                        and look-up files
//   commands/drops.ts    static args = captureArgs, static flags = { ...its own, ...analysisFlags }, and
//
//     async run(): Promise<void> {
//       const { args, flags } = await this.parse(Drops)
//       const load = await import('../lib/ui/drops-run.ts')
//       await this.analyse(load, args.file, flags, async ({ source, view, isRecorded }) => ({
//         analysis: load.dropsAnalysis({ windowMs: flags.window ?? (isRecorded ? 'all' : WINDOW_MS) }, source, view.width),
//       }))
//     }
//
// With a screen its plan has `screen` too, and there are, as in lib/ports and lib/ui/ports*, which is the smallest of them:
//
//   lib/drops/           in-worker.ts, worker.ts, watched.ts: the thread, in which lib/analysis/watch.ts runs; snapshot.ts:
//                        RunState (RunClock), CommandAnswer (CommandAnswers) and its own
//   lib/ui/drops-screen.ts  a page: framed, runParts, silenceLines (analysis-page.ts), FilterPrompt, windowPrompt, notesPage
//   lib/ui/drops-live.ts    brings both together: runWatchThread

import { analysisFormat, analysisInput, type InputFlags, inputName } from './analysis-flags.ts'
import { BaseCommand } from './base-command.ts'
import { timeBounds } from './flags.ts'
import type { Analysis } from './lib/analysis/analysis.ts'
import type { AnalysisFormat, AnalysisInput, ReadingOptions } from './lib/analysis/options.ts'
import type { WatchOptions } from './lib/analysis/watch-thread.ts'
import { exitCode } from './lib/errors.ts'
import type { Prefix } from './lib/parse/address.ts'
import type { View } from './lib/print/style.ts'
import type { Topology } from './lib/topo/topology.ts'
import { checkedUnseen, screenWanted } from './lib/ui/screen/wanted.ts'
import type { Terminal } from './lib/ui/terminal.ts'
import { type PublishFlags, publishOptions } from './serve-flags.ts'

/** What a command loads. */
type Load = typeof import('./lib/ui/analysis-run.ts')

/** Flags of where text goes. */
interface PrintFlags {
  readonly quiet: boolean
  readonly verbose: boolean
  readonly 'no-color': boolean
  readonly output: string | undefined
  readonly utc: boolean
  readonly format: AnalysisFormat | undefined
}

/** analysisFlags, and --topology, where a command has them. */
interface Flags extends PrintFlags, InputFlags, PublishFlags {
  readonly agent: Prefix[] | undefined
  readonly since: string | undefined
  readonly until: string | undefined
  readonly limit: number | undefined
  readonly topology?: string | undefined
  readonly 'no-ui'?: boolean
  readonly 'fail-if'?: string[] | undefined
}

/** Where text goes, and how it looks. */
interface Print {
  readonly terminal: Terminal
  readonly view: View
  readonly format: AnalysisFormat
}

/** What the flags came to. */
export interface AnalysisRun {
  readonly terminal: Terminal
  readonly view: View
  readonly format: AnalysisFormat
  readonly input: AnalysisInput
  readonly isRecorded: boolean
  /** The input in headings. */
  readonly source: string
  /** A screen is shown where there is one. */
  readonly onScreen: boolean
}

/** What a command makes of that. All that is wrong in its files and texts is thrown before: there may be a screen afterwards. */
export interface AnalysisPlan<Window, Row> {
  readonly analysis: Analysis<Window, Row>
  /** What --topology had, where it is to be said what is doubtful in it. */
  readonly topology?: Topology | undefined
  /** Files that are read beside the input and --topology: --output must not write over them. */
  readonly files?: readonly (string | undefined)[]
  /** Left out or undefined: there is none, or not with these flags. */
  readonly screen?: AnalysisScreen | undefined
  /** Its own answer as an exit code, asked at the end; the highest counts. */
  readonly answer?: () => number
}

export interface AnalysisScreen {
  /** Of the windows that are printed where --fail-if keeps the screen away. */
  readonly windowMs: number | 'all'
  /** Between two states on the screen. */
  readonly everyMs: number
  /** Until it is quit or `stop`. @param task what its thread is started with; its question is added */
  show(task: WatchOptions, terminal: Terminal, stop: AbortSignal): Promise<void>
}

/** The class of a command that analyses captures or what comes live. */
export abstract class AnalysisCommand extends BaseCommand {
  /** Whether it can work on what the kernel of this host drops: `--input kernel:`. */
  protected readonly takesKernel: boolean = false

  /** From flags to the exit code. @param files the argument of the command */
  protected analyse<Window, Row>(
    load: Load,
    files: readonly string[] | undefined,
    flags: Flags,
    plan: (run: AnalysisRun) => Promise<AnalysisPlan<Window, Row>>,
  ): Promise<void> {
    return atTerminal(load, flags, async ({ terminal, view, format }) => {
      const input = analysisInput(files ?? [], flags, this.takesKernel)
      const source = inputName(input)
      const isRecorded = input.kind === 'recorded'
      const command = this.id?.replaceAll(':', ' ') ?? ''
      const publish = await publishOptions(flags, { command, version: this.config.version, isRecorded })
      const agents = flags.agent ?? []
      const options: ReadingOptions = { input, agents, ...timeBounds(flags), limit: flags.limit, publish }
      const failIf = flags['fail-if'] ?? []
      const refused =
        isRecorded || flags['no-ui'] === true || outputPath(flags) !== undefined || flags.format !== undefined
      const wanted = screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })
      const onScreen = wanted && failIf.length === 0
      const made = await plan({ terminal, view, format, input, isRecorded, source, onScreen })
      const { analysis, topology, screen, answer } = made
      if (topology !== undefined) {
        for (const { text } of load.checkTopology(topology)) terminal.note(`${flags.topology}: ${text}.`)
      }
      if (screen !== undefined && onScreen) {
        await screen.show({ options, source, everyMs: screen.everyMs }, terminal, this.stop)
        return
      }
      if (screen !== undefined && wanted) terminal.note(checkedUnseen(screen.windowMs))
      const paths = [...(isRecorded ? input.paths : []), flags.topology, ...(made.files ?? [])]
      const read = paths.filter((path) => path !== undefined)
      const all = { ...options, format, view, failIf, stop: this.stop }
      const code = await load.runAnalysis(analysis, all, terminal, () => load.openOutput(outputPath(flags), read))
      process.exitCode = Math.max(code, answer?.() ?? exitCode.good)
    })
  }

  /** A text in place of an analysis: what can be said without any sample. @param read files that --output must not write over */
  protected print(
    load: Load,
    flags: PrintFlags,
    read: readonly string[],
    make: (print: Print) => string | Promise<string>,
  ): Promise<void> {
    return atTerminal(load, flags, async (print) => {
      const text = await make(print)
      await load.writeText(text, load.openOutput(outputPath(flags), read))
    })
  }
}

/** Undefined: stdout. */
const outputPath = ({ output }: PrintFlags) => (output === '-' ? undefined : output)

async function atTerminal(load: Load, flags: PrintFlags, work: (print: Print) => Promise<void>): Promise<void> {
  const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
  try {
    const person = terminal.isTTY && outputPath(flags) === undefined
    const format = analysisFormat(flags.format, person)
    await work({ terminal, view: load.decodeView(terminal, flags.utc), format })
  } finally {
    terminal.close()
  }
}
