// Owns what all commands share: the global flags, Ctrl-C and SIGTERM, and the one catch() for failures.
// Knows no command and no sFlow. Start with BaseCommand; the flags are in flags.ts, the words of a failure in failure.ts.

import { Command } from '@oclif/core/command'
import { reportFailure } from './failure.ts'
import { globalFlags } from './flags.ts'

/** Exit codes of a process that a signal ended, as shells give them: 128 + the signal's number. */
const exitOfSignal = { SIGINT: 130, SIGTERM: 143 } as const

/** The class of every command: `run()` reads flags, makes one call into lib and sets `process.exitCode`. */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags

  readonly #stop = new AbortController()
  readonly #onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (this.#stop.signal.aborted) process.exit(exitOfSignal[signal])
    this.#stop.abort()
  }

  /**
   * Aborted by the first Ctrl-C or SIGTERM: flush, print the summary, end with exit code 0. A second one ends at once.
   */
  protected get stop(): AbortSignal {
    return this.#stop.signal
  }

  protected override async init(): Promise<void> {
    await super.init()
    process.on('SIGINT', this.#onSignal)
    process.on('SIGTERM', this.#onSignal)
  }

  protected override async catch(error: Error): Promise<void> {
    const noColour = this.argv.includes('--no-color') || ['1', 'true'].includes(process.env.SONDE_NO_COLOR ?? '')
    process.exitCode = reportFailure(error, {
      about: this.config.userAgent,
      command: this.id?.replaceAll(':', ' '),
      noColour,
    })
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    process.off('SIGINT', this.#onSignal)
    process.off('SIGTERM', this.#onSignal)
    await super.finally(error)
  }
}
