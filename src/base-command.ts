// Owns what all commands share: the global flags, the signals that stop, and the one catch() for failures.
// Knows no command and no sFlow. Start with BaseCommand; the flags are in flags.ts, the words of a failure in failure.ts.

import { Command } from '@oclif/core/command'
import { reportFailure } from './failure.ts'
import { globalFlags } from './flags.ts'
import { withServeValue } from './serve-flags.ts'

/** Exit codes of a process that a signal ended, as shells give them: 128 + the signal's number. */
const exitOfSignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type StopSignal = keyof typeof exitOfSignal
/** Ctrl-C; a service manager; a terminal that was closed, or a connection to it. */
const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/**
 * A terminal that is closed sends SIGHUP more than once: to the foreground processes, again when its shell ends, and shells
 * hand it on. Within so long they are one.
 */
const HANG_UP_MS = 1000

/** How --help writes the value of a flag that has several. */
const isList = /,\.\.\.$|^(?:KEYS|VALUES|A,B,C)$/

/**
 * A reader that has gone, or a terminal that was closed (EIO), is no reason to lose what a capture or a collector still
 * gets. Records go through lib/sink, which reports what can't be written; these streams have messages, help and screens.
 */
function outliveReaders(): void {
  // oclif's own listener throws EIO, which would end the process.
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
  process.stderr.on('error', () => {})
}

/** The class of every command: `run()` reads flags, makes one call into lib and sets `process.exitCode`. */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags

  readonly #stop = new AbortController()
  #hungUpAt = Number.NEGATIVE_INFINITY
  readonly #onSignal = (signal: StopSignal): void => {
    if (signal === 'SIGHUP' && performance.now() - this.#hungUpAt < HANG_UP_MS) return
    if (this.#stop.signal.aborted) process.exit(exitOfSignal[signal])
    if (signal === 'SIGHUP') this.#hungUpAt = performance.now()
    this.#stop.abort()
  }

  /**
   * Aborted by the first Ctrl-C, SIGTERM or SIGHUP: flush, print the summary, end with exit code 0. A second one ends at once
   * (a second SIGHUP only where it is another hang-up).
   */
  protected get stop(): AbortSignal {
    return this.#stop.signal
  }

  protected override async init(): Promise<void> {
    this.argv = withServeValue(this.argv)
    await super.init()
    outliveReaders()
    for (const signal of stopSignals) process.on(signal, this.#onSignal)
  }

  protected override async catch(error: Error): Promise<void> {
    const noColour = this.argv.includes('--no-color') || ['1', 'true'].includes(process.env.SONDE_NO_COLOR ?? '')
    process.exitCode = reportFailure(error, {
      about: this.config.userAgent,
      command: this.id?.replaceAll(':', ' '),
      noColour,
      takesList: (name) => {
        const flag = this.ctor.flags[name]
        return flag?.type === 'option' && isList.test(`${flag.helpValue ?? ''}`)
      },
    })
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    for (const signal of stopSignals) process.off(signal, this.#onSignal)
    await super.finally(error)
  }
}
